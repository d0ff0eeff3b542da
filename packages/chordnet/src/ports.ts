/**
 * What the runtime takes from its surroundings, so that tests and simulations can give it something else.
 *
 * @category ports
 */

/** The time, and one way to wait. */
export interface Clock {
  /** Milliseconds that never go back. Where they start does not matter. */
  now(): number;
  /** The calendar's milliseconds since 1970. */
  wall(): number;
  /** Calls `wake` once, `ms` from now, unless the returned function is called before. */
  after(ms: number, wake: () => void): () => void;
}

/** Fills the bytes with what nobody can guess, as `crypto.getRandomValues` does. */
export type Random = (bytes: Uint8Array) => void;

/** Where log lines go: `console` is one. */
export interface Logger {
  debug(message: string, data?: unknown): void;
  info(message: string, data?: unknown): void;
  warn(message: string, data?: unknown): void;
  error(message: string, data?: unknown): void;
}

/** Told how long what the application asked for took; what is only counted is in `status().counters`. */
export interface Metrics {
  /** `operation`: `lookup`, `request`, `put`, …; `outcome`: `ok`, or the code of the error. */
  took(operation: string, seconds: number, outcome: string): void;
}

/** setTimeout's longest: past 2^31 - 1 ms it would fire at once. */
const timerMsMax = 2_147_483_647;

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(0, Math.ceil(ms)), timerMsMax));
    return () => clearTimeout(timer);
  },
};

/** A clock whose timers can be cancelled all at once: what has been closed must not wake up. */
export class OwnClock implements Clock {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  wall(): number {
    return this.#clock.wall();
  }

  after(ms: number, wake: () => void): () => void {
    const cancelTimer = this.#clock.after(ms, () => {
      this.#cancels.delete(cancel);
      wake();
    });
    const cancel = (): void => {
      this.#cancels.delete(cancel);
      cancelTimer();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  cancelAll(): void {
    for (const cancel of [...this.#cancels]) cancel();
  }
}

export const systemRandom: Random = pooled((bytes) => {
  globalThis.crypto.getRandomValues(bytes);
});

/** Asks for many bytes at once: platforms take long for few, and each request needs some. */
export function pooled(fill: Random, poolBytes = 4_096): Random {
  const pool = new Uint8Array(poolBytes);
  let used = poolBytes;
  return (bytes) => {
    if (bytes.length > poolBytes) return fill(bytes);
    if (used + bytes.length > poolBytes) {
      fill(pool);
      used = 0;
    }
    for (let i = 0; i < bytes.length; i += 1, used += 1) {
      bytes[i] = pool[used] as number;
      // Whoever reads this memory later learns nothing of what was given out.
      pool[used] = 0;
    }
  };
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
