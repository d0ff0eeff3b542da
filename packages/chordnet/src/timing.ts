import { isChordNetError } from "./errors.js";
import type { Clock, Metrics } from "./ports.js";

/** Does the work and tells how long it took, and how it ended. */
export async function timed<A>(
  metrics: Metrics,
  clock: Clock,
  operation: string,
  work: () => Promise<A>,
): Promise<A> {
  const since = clock.now();
  let outcome = "ok";
  try {
    return await work();
  } catch (error) {
    outcome = isChordNetError(error) ? error.code : "error";
    throw error;
  } finally {
    metrics.took(operation, (clock.now() - since) / 1000, outcome);
  }
}
