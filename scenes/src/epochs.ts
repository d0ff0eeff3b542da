import type { AnsweredLookup, Lookup } from "./lookup-log.js";
import { answered } from "./lookup-log.js";

/** Two answers for one key that contradict each other. */
export interface Contradiction {
  readonly _tag: "EpochFell" | "DoubleClaim" | "TakenEarly";
  readonly earlier: AnsweredLookup;
  readonly later: AnsweredLookup;
}

/** A process that was stopped and went on: nothing can have happened in it between. */
export interface Pause {
  readonly address: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What the answers for one key must never show, whoever was asked:
 * - the epochs of ordered answers (one came before the other was asked) fall;
 * - two nodes confirm the key in one epoch. An epoch is one node's term, so x, then y, then x again needs three;
 * - a node confirms the key in a later epoch while a paused owner's confirmed lease still runs: a stopped process can't
 *   have handed anything over.
 */
export function contradictions(
  lookups: ReadonlyArray<Lookup>,
  pauses: ReadonlyArray<Pause> = [],
): ReadonlyArray<Contradiction> {
  const byKey = new Map<bigint, AnsweredLookup[]>();
  for (const lookup of lookups) {
    if (!answered(lookup)) continue;
    const list = byKey.get(lookup.keyId);
    if (list === undefined) byKey.set(lookup.keyId, [lookup]);
    else list.push(lookup);
  }
  return [...byKey.values()].flatMap((list) => [
    ...falls(list, pauses),
    ...doubleClaims(list),
    ...takenEarly(list, pauses),
  ]);
}

/**
 * The earliest instant at which the answer can have been confirmed: the question's, or, where the node that answered or
 * was asked lay stopped then, its waking.
 */
export function confirmedFrom(lookup: AnsweredLookup, pauses: ReadonlyArray<Pause>): number {
  let from = lookup.sentAt;
  for (const pause of pauses) {
    const concerned = pause.address === lookup.via || pause.address === lookup.outcome.owner;
    if (concerned && from >= pause.from && from < pause.to && lookup.settledAt >= pause.to) from = pause.to;
  }
  return from;
}

function falls(
  list: ReadonlyArray<AnsweredLookup>,
  pauses: ReadonlyArray<Pause>,
): ReadonlyArray<Contradiction> {
  const found: Contradiction[] = [];
  const asked = list.map((lookup) => ({ lookup, from: confirmedFrom(lookup, pauses) }));
  asked.sort((a, b) => a.from - b.from);
  const settled = [...list].sort((a, b) => a.settledAt - b.settledAt);
  let highest: AnsweredLookup | null = null;
  let next = 0;
  for (const { lookup, from } of asked) {
    for (; next < settled.length && (settled[next] as AnsweredLookup).settledAt < from; next += 1) {
      const before = settled[next] as AnsweredLookup;
      if (highest === null || before.outcome.epoch > highest.outcome.epoch) highest = before;
    }
    if (highest !== null && highest !== lookup && lookup.outcome.epoch < highest.outcome.epoch) {
      found.push({ _tag: "EpochFell", earlier: highest, later: lookup });
    }
  }
  return found;
}

function doubleClaims(list: ReadonlyArray<AnsweredLookup>): ReadonlyArray<Contradiction> {
  const found: Contradiction[] = [];
  const holders = new Map<number, AnsweredLookup>();
  for (const lookup of list) {
    const holder = holders.get(lookup.outcome.epoch);
    if (holder === undefined) holders.set(lookup.outcome.epoch, lookup);
    else if (holder.outcome.owner !== lookup.outcome.owner) {
      found.push({ _tag: "DoubleClaim", earlier: holder, later: lookup });
    }
  }
  return found;
}

function takenEarly(
  list: ReadonlyArray<AnsweredLookup>,
  pauses: ReadonlyArray<Pause>,
): ReadonlyArray<Contradiction> {
  return pauses.flatMap((pause) => {
    const own = list.filter(
      (lookup) =>
        lookup.outcome.owner === pause.address && lookup.sentAt < pause.from && leaseEnd(lookup) > pause.from,
    );
    const last = own.sort((a, b) => leaseEnd(b) - leaseEnd(a))[0];
    if (last === undefined) return [];
    // Asked after the stop, so confirmed after it; answered, so confirmed before the lease's end.
    const early = list.filter(
      (lookup) =>
        lookup.outcome.owner !== pause.address &&
        lookup.sentAt > pause.from &&
        lookup.settledAt < Math.min(leaseEnd(last), pause.to),
    );
    return early.map((later): Contradiction => ({ _tag: "TakenEarly", earlier: last, later }));
  });
}

function leaseEnd(lookup: AnsweredLookup): number {
  return lookup.sentAt + lookup.outcome.leaseMs;
}
