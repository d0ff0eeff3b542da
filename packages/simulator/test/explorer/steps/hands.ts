import type { Ask, Distance, Effect, NodeState, Ownership, Token, Verdict } from "@chordnet/core";
import { distance } from "@chordnet/core";
import { explorerConfig } from "../../../src/explorer/world.js";
import { all, peerAt } from "../induction.js";
import type { Law } from "./law.js";
import { heard, memberAtZero } from "./law.js";

const { space, ring } = explorerConfig(2);

/** Long enough for every wait of the protocol to be over. */
const longMs = 10 * (ring.leaseMs + ring.intervalMs);

/**
 * A node with a lease that knows nothing of its asker hands it nothing but a part of its own, whatever that one says
 * that it held long ago: others may have been given it since. What it held until now it may have anew, under a later
 * epoch, if it fits into the ring beside what the node holds.
 */
export const onlyOwnIsHanded: Law = {
  name: "what is handed was the giver's own, or the asker's until now",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    for (const own of all.slice(1)) {
      const holder = holding(node, BigInt(own) as Distance, now);
      for (const { from, ask } of asks()) {
        for (const verdict of verdicts(step(holder, heard(from, ask, now))[1])) {
          const handed = verdict._tag === "Handed" ? verdict.token.length : 0n;
          const behind = distance(space, peerAt(from).id, node.self.id);
          if (handed === 0n || behind + handed <= BigInt(own) || isRenewed(ask, verdict, own)) yield null;
          else
            yield `0 holds ${own} points, and hands ${handed} to ${from}, who says that it held ${ask.token?.length}`;
        }
      }
    }
  },
};

function isRenewed({ token, unleasedMs }: Ask, verdict: Verdict, own: number): boolean {
  if (verdict._tag !== "Handed" || token === null || unleasedMs === longMs) return false;
  const { epoch, length } = verdict.token;
  return length <= token.length && epoch > token.epoch && length + BigInt(own) <= space.size;
}

/**
 * Whoever has no lease is served as it is only by an heir that has known it by its own word since it had one: another
 * may have held its range meanwhile, and be gone.
 */
export const onlyKnownGoOn: Law = {
  name: "who was without a lease goes on under a later epoch where it is not known",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    for (const own of all.slice(1)) {
      const holder = holding(node, BigInt(own) as Distance, now);
      for (const { from, ask } of asks()) {
        if (ask.token === null || ask.unleasedMs === 0) continue;
        for (const { by, before } of barelyKnown(from, ask.token, now)) {
          const knowing = { ...holder, ownership: { ...holder.ownership, before } };
          for (const verdict of verdicts(step(knowing, heard(from, ask, now))[1])) {
            if (verdict._tag !== "Granted" || mayHaveTaken(before, ask)) yield null;
            else yield `0 serves ${from}, unleased for ${ask.unleasedMs} ms, of whom it knows ${by}`;
          }
        }
      }
    }
  },
};

function barelyKnown(from: number, token: Token, now: number) {
  return [
    { by: "nothing", before: null },
    { by: "by another's word", before: known(from, token, now, Number.POSITIVE_INFINITY) },
    { by: "by a word of now", before: known(from, token, now, now) },
    { by: "by what it handed it now", before: handedNow(from, token, now) },
  ];
}

/** It may have taken what it was handed, and counts as without a lease from then. */
function mayHaveTaken(before: Ownership["before"], { unleasedMs }: Ask): boolean {
  return before?.report.handed === true && unleasedMs !== longMs;
}

/** With somebody beneath, of whom the asker does not know. */
function handedNow(from: number, token: Token, now: number): Ownership["before"] {
  const report = { peer: peerAt(from), token, handed: true };
  const beneath = [
    { peer: peerAt((from + 7) % 8), token: { epoch: 1, length: 1n as Distance }, handed: false },
  ];
  const never = Number.NEGATIVE_INFINITY;
  return { report, beneath, lastAt: now, notBefore: never, knownSince: never, refused: 0 };
}

/**
 * A node without a lease may have slept, and others been handed meanwhile what it knows as its own: whoever had a lease
 * later than it is handed no more than it says that it holds. Nor does that one hand on what it was told in that way.
 */
export const noMoreThanHeldIsHanded: Law = {
  name: "who was leased later than the giver is handed no more than it holds",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    for (const own of all.slice(1)) {
      const holder = holding(node, BigInt(own) as Distance, now);
      for (const { from, ask } of asks()) {
        const { token, unleasedMs } = ask;
        if (token === null || unleasedMs === longMs) continue;
        for (const given of givers(from, own, now)) {
          const giver = { ...holder, ownership: { ...holder.ownership, ...given } };
          for (const verdict of verdicts(step(giver, heard(from, ask, now))[1])) {
            if (verdict._tag !== "Handed" || verdict.token.length <= token.length) yield null;
            else yield `0 hands ${verdict.token.length} points to ${from}, which holds ${token.length}`;
          }
        }
      }
    }
  },
};

/**
 * What a node without a lease is asked for may have been asked long ago: whoever was served then is served elsewhere.
 */
export const theServedAreHandedNothing: Law = {
  name: "a node without a lease hands nothing to one that is served",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    for (const own of all.slice(1)) {
      const holder = holding(node, BigInt(own) as Distance, now);
      for (const { from, ask } of asks()) {
        const isInside = distance(space, peerAt(from).id, node.self.id) < BigInt(own);
        if (!isInside || ask.unleasedMs > ring.intervalMs) continue;
        for (const leaseUntil of [now - ring.intervalMs, now - 3 * ring.intervalMs]) {
          const slept = { ...holder, ownership: { ...holder.ownership, leaseUntil } };
          const hands = verdicts(step(slept, heard(from, ask, now))[1]).some(({ _tag }) => _tag === "Handed");
          yield hands
            ? `0 hands a part of ${own} points to ${from}, unleased for ${ask.unleasedMs} ms`
            : null;
        }
      }
    }
  },
};

/** What is answered to those who ask. */
function verdicts(effects: ReadonlyArray<Effect>): ReadonlyArray<Verdict> {
  return effects.flatMap((effect) =>
    effect._tag === "Send" && effect.message._tag === "Answer" ? [effect.message.verdict] : [],
  );
}

/** One that slept; one that did, and handed the asker's range on; the asker's heir, which was told by such a one. */
function givers(from: number, own: number, now: number): Partial<Ownership>[] {
  const slept = { leaseUntil: now - 3 * ring.intervalMs };
  const handed = handedNow(from, { epoch: 3, length: space.size }, now);
  const told = handed === null ? null : { ...handed, notBefore: now, knownSince: Number.POSITIVE_INFINITY };
  const heir = from + own === all.length ? [{ leaseUntil: now, before: told }] : [];
  return [{ ...slept, before: null }, { ...slept, before: handed }, ...heir];
}

/** What lies beneath. Since infinity: by the word of somebody who served it until now. */
function known(from: number, token: Token, now: number, knownSince: number): Ownership["before"] {
  const report = { peer: peerAt(from), token, handed: false };
  const notBefore = knownSince === now ? Number.NEGATIVE_INFINITY : now;
  return { report, beneath: [], lastAt: now, notBefore, knownSince, refused: 0 };
}

/** A node that is leased, and knows nobody who holds what ends where its own begins. */
function holding(node: NodeState, length: Distance, now: number): NodeState {
  const token: Token = { epoch: 3, length };
  const lease = { leaseUntil: now + ring.leaseMs, acknowledged: token, split: null };
  return { ...node, ownership: { ...node.ownership, ...lease, token, before: null, gapSince: now } };
}

function* asks(): Generator<{ from: number; ask: Ask }> {
  for (const from of all.slice(1)) {
    for (const length of [0, ...all.map((point) => point + 1)]) {
      const token = { epoch: 2, length: BigInt(length) as Distance };
      for (const unleasedMs of [0, 1, 1.5 * ring.intervalMs, longMs]) {
        yield { from, ask: { _tag: "Ask", rid: 5, token, unleasedMs, beneath: [] } };
      }
    }
  }
}
