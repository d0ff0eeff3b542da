import type { CallOptions } from "./api.js";
import { badOption, object, timeout } from "./checks.js";
import { ChordNetError, isChordNetError } from "./errors/errors.js";
import type { Clock } from "./ports.js";
import { onAborted } from "./waiting/aborts.js";

/** One call of the API: how long it may take, and how its caller gives up. */
export interface Call {
  /** For messages: `lookup`, `join`, … */
  readonly what: string;
  /** The one address that is asked, where there is one. */
  readonly about?: string;
  readonly timeoutMs: number;
  /** On the runtime's clock. */
  readonly deadline: number;
  readonly signal: AbortSignal | null;
}

/** The options that all calls have, and those that have more. */
const callNames: ReadonlyArray<string> = ["signal", "timeoutMs"];
export const lookupNames: ReadonlyArray<string> = [...callNames, "mode"];
export const lookupsNames: ReadonlyArray<string> = [...lookupNames, "concurrency"];
export const statusNames: ReadonlyArray<string> = [...callNames, "address"];

/**
 * Reads a call's options; `now`: by the runtime's clock. Throws `BAD_OPTION`, or `ABORTED` where the signal has been
 * aborted before.
 */
export function beginCall(
  now: number,
  what: string,
  options: CallOptions | undefined,
  timeoutMs: number,
  names: ReadonlyArray<string> = callNames,
): Call {
  if (options === undefined) return { what, timeoutMs, deadline: now + timeoutMs, signal: null };
  object(`the options of ${what}`, options, names);
  const signal = options.signal ?? null;
  const allowedMs = timeout("timeoutMs", options.timeoutMs ?? timeoutMs);
  if (signal !== null && typeof signal.addEventListener !== "function")
    throw badOption("signal", signal, "an AbortSignal");
  if (signal?.aborted === true) throw aborted(what, signal);
  return { what, timeoutMs: allowedMs, deadline: now + allowedMs, signal };
}

/** The options of a part of a call: the same signal, and what is left of its time (at least a millisecond). */
export function restOf(
  clock: Clock,
  call: Call,
): { readonly signal: AbortSignal | undefined; readonly timeoutMs: number } {
  return { signal: call.signal ?? undefined, timeoutMs: Math.max(1, call.deadline - clock.now()) };
}

function aborted(what: string, signal: AbortSignal): ChordNetError {
  return new ChordNetError("ABORTED", { what }, { cause: signal.reason });
}

export function timedOut(call: Call): ChordNetError {
  return new ChordNetError("TIMEOUT", { what: call.what, timeoutMs: call.timeoutMs });
}

/** Whether it is this call that had no time left, and not a part of it. */
export function ranOut(error: ChordNetError, { what }: Pick<Call, "what">): boolean {
  return isChordNetError(error, "TIMEOUT") && error.data.what === what;
}

/**
 * Tells when the caller gives up: its signal is aborted, or its time is over. Returns how to stop watching, to be
 * called when the answer is there.
 */
export function onGivenUp(clock: Clock, call: Call, give: (error: ChordNetError) => void): () => void {
  const { signal } = call;
  const over = (error: ChordNetError): void => {
    stop();
    give(error);
  };
  const left = call.deadline - clock.now();
  const cancelTimer = Number.isFinite(left) ? clock.after(left, () => over(timedOut(call))) : null;
  const ignoreSignal = signal === null ? null : onAborted(signal, () => over(aborted(call.what, signal)));
  const stop = (): void => {
    cancelTimer?.();
    ignoreSignal?.();
  };
  return stop;
}

/** Awaits `task`, but no longer than the caller does; what comes later is dropped. */
export function within<A>(clock: Clock, call: Call, task: Promise<A>): Promise<A> {
  return new Promise((resolve, reject) => {
    const stop = onGivenUp(clock, call, reject);
    task.finally(stop).then(resolve, reject);
  });
}
