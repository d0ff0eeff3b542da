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

/** One request asks to leave in peace (`signal`, `requested`), the second one ends the process. */
export interface Stopping {
  readonly signal: AbortSignal;
  readonly requested: Promise<string>;
  forget(): void;
}

/** As shells report an end by SIGINT. */
const impatientStatus = 130;

export function stopping(stops: Stops): Stopping {
  const controller = new AbortController();
  let forget: () => void = () => undefined;
  const requested = new Promise<string>((resolve) => {
    forget = stops.onRequest((request) => {
      if (controller.signal.aborted) stops.exit(impatientStatus);
      controller.abort();
      resolve(request);
    });
  });
  return { signal: controller.signal, requested, forget: () => forget() };
}
