import { left } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import type { DialFailure, DialOptions } from "../driver.js";

/**
 * Part of a dial that ends exactly once: by itself, when its time is over, or when it is given up.
 *
 * @param begin starts it, and returns what undoes it, which is called where it failed. It settles later, not at once
 * @param late what is told to people where the time is over
 */
export const attempt = <A>(
  { timeoutMs, signal }: DialOptions,
  late: string,
  begin: (settle: (result: Either<DialFailure, A>) => void) => () => void,
): Promise<Either<DialFailure, A>> =>
  new Promise((resolve) => {
    let settled = false;
    const settle = (result: Either<DialFailure, A>): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      if (result._tag === "Left") undo();
      resolve(result);
    };
    const onAbort = (): void => settle(left({ reason: "timeout", detail: "given up" }));
    const timer = setTimeout(() => settle(left({ reason: "timeout", detail: late })), timeoutMs);
    const undo = begin(settle);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
