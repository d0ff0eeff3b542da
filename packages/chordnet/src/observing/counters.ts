import type { DropReason } from "@chordnet/core";
import type { FailureReason } from "@chordnet/transport";

/** What the runtime counts, from its start: plain numbers, told by `status()`. */
export interface Counters {
  framesIn: number;
  framesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Frames that are no message of this protocol. */
  undecodable: number;
  /** Frames that came before this node knew its ring. */
  early: number;
  timers: number;
  lookups: number;
  lookupsFailed: number;
  evictions: number;
  connected: number;
  disconnected: number;
  rejectedByUs: number;
  rejectedByThem: number;
  /** Messages that had no effect, by the reason. */
  readonly dropped: Partial<Record<DropReason, number>>;
  /** Frames that came back, by the reason. */
  readonly sendFailed: Partial<Record<FailureReason, number>>;
  /** Steps that threw: a bug, whose event counts as lost. */
  faults: number;
}

export function noCounts(): Counters {
  return {
    framesIn: 0,
    framesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    undecodable: 0,
    early: 0,
    timers: 0,
    lookups: 0,
    lookupsFailed: 0,
    evictions: 0,
    connected: 0,
    disconnected: 0,
    rejectedByUs: 0,
    rejectedByThem: 0,
    dropped: {},
    sendFailed: {},
    faults: 0,
  };
}

/** One level of names, as metrics have them: `dropped.stale`, `sendFailed.refused`. */
export function flatCounts(counters: Counters): Readonly<Record<string, number>> {
  const flat: Record<string, number> = {};
  for (const [name, value] of Object.entries(counters)) {
    if (typeof value === "number") flat[name] = value;
    else for (const [reason, count] of Object.entries(value)) flat[`${name}.${reason}`] = Number(count);
  }
  return flat;
}
