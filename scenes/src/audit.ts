import { contradictions, type Pause } from "./epochs.js";
import type { Tally } from "./load.js";
import { graceMs } from "./load.js";
import type { Lookup } from "./lookup-log.js";
import type { Notebook } from "./notebook.js";
import { describe, judge, untouchedOwner } from "./oracle.js";
import { quantile, worst } from "./quantiles.js";
import type { Timeline } from "./timeline.js";

/** Lookups by what became of them, for the bounds that only one scene has. */
export interface Audited {
  readonly sent: number;
  readonly wrong: ReadonlyArray<Lookup>;
  readonly failed: ReadonlyArray<Lookup>;
}

/**
 * The bounds that hold in every scene: no wrong answer, every lookup answered or failed with a typed error within its
 * deadline, epochs of ordered answers that never fall, no key confirmed by two nodes as far as answers can show it (in
 * one epoch, or while the lease of a stopped owner ran), and at least 99.9 % of the lookups of keys whose owner was
 * untouched answered right (asked of nodes that were untouched themselves).
 */
export function audit(
  book: Notebook,
  timeline: Timeline,
  tallies: ReadonlyArray<Tally>,
  pauses: ReadonlyArray<Pause> = [],
): Audited {
  const zero = tallies[0]?.from ?? 0;
  const audited = auditAnswers(book, timeline, tallies);
  const lookups = tallies.flatMap((tally) => tally.lookups);
  showContradictions(book, lookups, pauses, zero);
  showUntouched(book, timeline, tallies, zero);
  return audited;
}

/** Of these bounds, those that concern each answer for itself. */
export function auditAnswers(book: Notebook, timeline: Timeline, tallies: ReadonlyArray<Tally>): Audited {
  const zero = tallies[0]?.from ?? 0;
  const lookups = tallies.flatMap((tally) => tally.lookups);
  const wrong = lookups.filter((lookup) => judge(timeline, lookup)._tag === "Wrong");
  const failed = lookups.filter((lookup) => lookup.outcome._tag === "Failed");
  const late = lookups.filter((lookup) => lookup.settledAt - lookup.sentAt > lookup.timeoutMs + graceMs);
  const untyped = failed.filter((lookup) => lookup.outcome._tag === "Failed" && lookup.outcome.code === null);
  showLookups(book, lookups, tallies, failed);
  showWrong(book, timeline, wrong, zero);
  book.exactly("wrong answers", wrong.length, 0);
  book.exactly(
    "lookups neither answered nor failed",
    sum(tallies, ({ lost }) => lost),
    0,
  );
  evident(book, "settled past its deadline", late, zero);
  evident(book, "failed without a code", untyped, zero);
  return { sent: lookups.length, wrong, failed };
}

function showLookups(
  book: Notebook,
  lookups: ReadonlyArray<Lookup>,
  tallies: ReadonlyArray<Tally>,
  failed: ReadonlyArray<Lookup>,
): void {
  const answered = lookups.filter((lookup) => lookup.outcome._tag === "Answered");
  const latencies = answered.map((lookup) => lookup.settledAt - lookup.sentAt);
  book.figure("lookups", lookups.length);
  book.figure("answered", answered.length);
  book.figure("failed", failed.length);
  book.figure("failedByCode", countedBy(failed, codeOf));
  book.figure(
    "failedByDeadlineMs",
    countedBy(failed, ({ timeoutMs }) => String(timeoutMs)),
  );
  book.figure("answeredMsP50", quantile(latencies, 0.5));
  book.figure("answeredMsP99", quantile(latencies, 0.99));
  book.figure("answeredMsWorst", worst(latencies));
  book.figure(
    "notSentSinceHarnessWasLate",
    sum(tallies, ({ skipped }) => skipped),
  );
  const p50 = quantile(latencies, 0.5).toFixed(1);
  const p99 = quantile(latencies, 0.99).toFixed(1);
  book.say(
    `${lookups.length} lookups, ${answered.length} answered (p50 ${p50} ms, p99 ${p99} ms), ${failed.length} failed`,
  );
}

function codeOf({ outcome }: Lookup): string {
  return (outcome._tag === "Failed" ? outcome.code : null) ?? "no code";
}

function countedBy(lookups: ReadonlyArray<Lookup>, kind: (lookup: Lookup) => string): ReadonlyArray<string> {
  const counts = new Map<string, number>();
  for (const lookup of lookups) counts.set(kind(lookup), (counts.get(kind(lookup)) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name}: ${count}`);
}

function showWrong(book: Notebook, timeline: Timeline, wrong: ReadonlyArray<Lookup>, zero: number): void {
  for (const lookup of wrong) {
    const verdict = judge(timeline, lookup);
    if (verdict._tag !== "Wrong") continue;
    const { reason, allowed } = verdict;
    book.evidence(`wrong, ${reason}`, `${describe(lookup, zero)}; allowed ${allowed.join(", ")}`);
  }
}

function evident(book: Notebook, what: string, lookups: ReadonlyArray<Lookup>, zero: number): void {
  for (const lookup of lookups) book.evidence(what, describe(lookup, zero));
  book.exactly(`lookups that ${what}`, lookups.length, 0);
}

function showContradictions(
  book: Notebook,
  lookups: ReadonlyArray<Lookup>,
  pauses: ReadonlyArray<Pause>,
  zero: number,
): void {
  const found = contradictions(lookups, pauses);
  for (const { _tag, earlier, later } of found) {
    book.evidence(_tag, `${describe(earlier, zero)}; then ${describe(later, zero)}`);
  }
  const count = (tag: string): number => found.filter(({ _tag }) => _tag === tag).length;
  book.exactly("epochs that fell", count("EpochFell"), 0);
  book.exactly(
    "keys that two nodes confirmed in one epoch, or in a stopped owner's lease",
    count("DoubleClaim") + count("TakenEarly"),
    0,
  );
}

function showUntouched(
  book: Notebook,
  timeline: Timeline,
  tallies: ReadonlyArray<Tally>,
  zero: number,
): void {
  let asked = 0;
  const missed: Lookup[] = [];
  for (const tally of tallies) {
    const until = tally.lookups.reduce((latest, { settledAt }) => Math.max(latest, settledAt), tally.to);
    const owners = new Map<bigint, string | null>();
    for (const lookup of tally.lookups) {
      let owner = owners.get(lookup.keyId);
      if (owner === undefined) {
        owner = untouchedOwner(timeline, lookup.keyId, tally.from, until);
        owners.set(lookup.keyId, owner);
      }
      if (owner === null || !timeline.untouched(lookup.via, lookup.sentAt, lookup.settledAt)) continue;
      asked += 1;
      if (lookup.outcome._tag !== "Answered" || lookup.outcome.owner !== owner) missed.push(lookup);
    }
  }
  for (const lookup of missed) book.evidence("untouched, not answered right", describe(lookup, zero));
  book.figure("untouchedLookups", asked);
  book.figure(
    "untouchedMissedByDeadlineMs",
    countedBy(missed, ({ timeoutMs }) => String(timeoutMs)),
  );
  if (asked > 0)
    book.atLeast("untouched keys answered right", (100 * (asked - missed.length)) / asked, 99.9, " %");
}

function sum<A>(list: ReadonlyArray<A>, of: (each: A) => number): number {
  return list.reduce((total, each) => total + of(each), 0);
}
