/** The ways in which a process is asked to stop. */
export interface Stops {
  /** Calls back at each request to stop, with a name for it; returns how to stop listening. */
  onRequest(listener: (request: string) => void): () => void;
  /** Ends the process at once. */
  exit(status: number): void;
}

/**
 * SIGTERM, SIGINT, or the end of the process that started this one over a channel (as `child_process.fork` does): a
 * node started so does not outlive its parent. `keeping`: what is requested before anybody listens is kept for who
 * does.
 */
export function processStops(process: NodeJS.Process, keeping: boolean): Stops {
  const hasParent = process.send !== undefined;
  const names = ["SIGTERM", "SIGINT", ...(hasParent ? ["disconnect"] : [])];
  const onEach = (told: (request: string) => void): (() => void) => {
    const listeners = names.map((name) => [name, () => told(name)] as const);
    for (const [name, listener] of listeners) process.on(name, listener);
    return () => {
      for (const [name, listener] of listeners) process.off(name, listener);
    };
  };
  const early: string[] = [];
  const keepNoMore = keeping ? onEach((request) => early.push(request)) : () => undefined;
  return {
    onRequest: (listener) => {
      const forget = onEach(listener);
      keepNoMore();
      const missed = hasParent && !process.connected && !early.includes("disconnect") ? ["disconnect"] : [];
      for (const request of [...early.splice(0), ...missed]) queueMicrotask(() => listener(request));
      return forget;
    },
    exit: (status) => process.exit(status),
  };
}

/** One request asks to leave in peace (`signal`, `requested`), a later one ends the process. */
export interface Stopping {
  readonly signal: AbortSignal;
  readonly requested: Promise<string>;
  forget(): void;
}

/** Who wraps a process, as npx and timeout do, signals it and its group: what comes so soon is the same request. */
const sameMs = 1_000;

/** As shells report an end by what was asked for first. */
const statusOf = (request: string): number => (request === "SIGINT" ? 130 : 143);

/** `now`: a steady clock. */
export function stopping(stops: Stops, now: () => number = () => performance.now()): Stopping {
  const controller = new AbortController();
  let first: { readonly request: string; readonly at: number } | null = null;
  let forget: () => void = () => undefined;
  const requested = new Promise<string>((resolve) => {
    forget = stops.onRequest((request) => {
      if (first !== null) {
        if (now() >= first.at + sameMs) stops.exit(statusOf(first.request));
        return;
      }
      first = { request, at: now() };
      controller.abort();
      resolve(request);
    });
  });
  return { signal: controller.signal, requested, forget: () => forget() };
}
