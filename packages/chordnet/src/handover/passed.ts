import type { Address, Announcement, Arc, Arcs, Config } from "@chordnet/core";
import { formatId } from "@chordnet/core";
import { keyId } from "../key.js";
import type { Ending } from "../waiting/ending.js";
import type { HandoverRange } from "./api.js";

/** Keys `(start, end]` that changed hands, and the process at the other side. */
export interface Passed extends Arc {
  readonly peer: Address;
  readonly epoch: number;
}

export type Gained = Extract<Announcement, { readonly _tag: "RangeGained" }>;
export type Lost = Extract<Announcement, { readonly _tag: "RangeLost" }>;

/** As the application is told of it. */
export function told(
  { config, arcs }: { readonly config: Config; readonly arcs: Arcs },
  passed: Passed,
  { signal }: Ending,
): HandoverRange {
  return {
    from: formatId(config.space, passed.start),
    to: formatId(config.space, passed.end),
    epoch: passed.epoch,
    peer: passed.peer,
    signal,
    has: (key) => arcs.has(passed, keyId(config, key)),
  };
}
