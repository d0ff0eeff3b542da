import { formatId, idOf } from "./identifiers.js";
import type { Lookup } from "./lookup-log.js";
import { answered } from "./lookup-log.js";
import type { Timeline } from "./timeline.js";

export type Verdict = Right | Wrong | NotAnswered;

interface Right {
  readonly _tag: "Right";
}

interface Wrong {
  readonly _tag: "Wrong";
  readonly reason: WrongReason;
  /** Who might have been named. */
  readonly allowed: ReadonlyArray<string>;
}

interface NotAnswered {
  readonly _tag: "NotAnswered";
}

/**
 * It was no member at any instant between question and answer; it was one, but of no range with this key; the id is not
 * its.
 */
export type WrongReason = "gone" | "not-the-owner" | "id-is-not-the-address's";

/**
 * Whether an answer names a node that was alive and may have held the claim at some instant between question and
 * answer. In a quiet ring that is the one node that the sorted list of ids names.
 */
export function judge(timeline: Timeline, lookup: Lookup): Verdict {
  if (!answered(lookup)) return { _tag: "NotAnswered" };
  const { owner, ownerId } = lookup.outcome;
  const candidates = timeline.candidates(lookup.keyId, lookup.sentAt, lookup.settledAt);
  const allowed = [...candidates];
  if (idOf(owner) !== ownerId) return { _tag: "Wrong", reason: "id-is-not-the-address's", allowed };
  if (candidates.has(owner)) return { _tag: "Right" };
  const present = timeline.present(owner, lookup.sentAt, lookup.settledAt);
  return { _tag: "Wrong", reason: present ? "not-the-owner" : "gone", allowed };
}

/** The owner of this key, if one node alone could own it, and certainly did, from `from` to `to`; else null. */
export function untouchedOwner(timeline: Timeline, keyId: bigint, from: number, to: number): string | null {
  const [only, another] = [...timeline.candidates(keyId, from, to)];
  if (only === undefined || another !== undefined) return null;
  return timeline.untouched(only, from, to) ? only : null;
}

/** One line of evidence. */
export function describe(lookup: Lookup, zero: number): string {
  const { outcome } = lookup;
  const said =
    outcome._tag === "Answered"
      ? `${outcome.owner} (epoch ${outcome.epoch}, lease ${Math.round(outcome.leaseMs)} ms, hops ${outcome.hops})`
      : `${outcome.code ?? "no code"}: ${outcome.message}`;
  const from = (lookup.sentAt - zero).toFixed(1);
  const to = (lookup.settledAt - zero).toFixed(1);
  return `${formatId(lookup.keyId)} via ${lookup.via} [${from} .. ${to} ms] -> ${said}`;
}
