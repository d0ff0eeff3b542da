import type { Clock } from "../ports.js";
import { onAborted } from "./aborts.js";

/** Resolves after `ms` milliseconds, or as soon as the signal is aborted: who waits looks which it was. */
export function pause(clock: Clock, ms: number, over: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    if (over?.aborted === true) return resolve();
    const forget =
      over === null
        ? null
        : onAborted(over, () => {
            cancelTimer();
            resolve();
          });
    const cancelTimer = clock.after(ms, () => {
      forget?.();
      resolve();
    });
  });
}
