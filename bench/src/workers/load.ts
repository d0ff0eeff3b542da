import { quantile } from "../figures/rounds.js";

/** Does one of its work, and says when it is done. */
export type Work = (place: number, done: () => void) => void;

export interface LoadSetting {
  /** How many are under way all the time. 1: one after another. */
  readonly inFlight: number;
  /** How many in all, however long they take: what comes after is the same on a busy machine. */
  readonly count: number;
}

export interface Measured {
  readonly perS: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Keeps so many under way until all are done. */
export function load(work: Work, { inFlight, count }: LoadSetting): Promise<Measured> {
  const latenciesMs: number[] = [];
  const begin = performance.now();
  let place = 0;
  return new Promise((resolve) => {
    const next = (): void => {
      if (place === count) return;
      const at = performance.now();
      work(place++, () => {
        const now = performance.now();
        if (latenciesMs.push(now - at) === count) resolve(measured(latenciesMs, now - begin));
        else next();
      });
    };
    for (let i = 0; i < inFlight; i++) next();
  });
}

function measured(latenciesMs: ReadonlyArray<number>, ms: number): Measured {
  return {
    perS: (1000 * latenciesMs.length) / ms,
    p50Us: 1000 * quantile(latenciesMs, 0.5),
    p99Us: 1000 * quantile(latenciesMs, 0.99),
  };
}
