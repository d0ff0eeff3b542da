import type { Tally } from "./load.js";
import type { Lookup } from "./lookup-log.js";

/** How long after `instant` the last such lookup was sent, in milliseconds; 0 where there was none. */
export function lastSentAfter(instant: number, tally: Tally, is: (lookup: Lookup) => boolean): number {
  return tally.lookups.filter(is).reduce((last, { sentAt }) => Math.max(last, sentAt - instant), 0);
}

export function failed(lookup: Lookup): boolean {
  return lookup.outcome._tag === "Failed";
}

/** Failed, or answered only after this long: the asker was made to wait while the ring healed. */
export function failedOrTook(ms: number): (lookup: Lookup) => boolean {
  return (lookup) => failed(lookup) || lookup.settledAt - lookup.sentAt > ms;
}
