import { isChordNetError } from "../errors/errors.js";
import type { Clock, Metrics } from "../ports.js";

/** Does the work and tells how long it took, and how it ended. */
export async function timed<A>(
  metrics: Metrics,
  clock: Clock,
  operation: string,
  work: () => Promise<A>,
): Promise<A> {
  const took = stopwatch(metrics, clock, operation);
  try {
    const result = await work();
    took(null);
    return result;
  } catch (error) {
    took(error);
    throw error;
  }
}

/** Is told how it ended: with what error, null: none. */
export type Took = (error: unknown) => void;

/** Measures from now on until the returned function is called. */
export function stopwatch(metrics: Metrics, clock: Clock, operation: string): Took {
  const since = clock.now();
  return (error) => {
    const outcome = error === null ? "ok" : isChordNetError(error) ? error.code : "error";
    metrics.took(operation, (clock.now() - since) / 1000, outcome);
  };
}
