import type { Before } from "../holding.js";
import { distance, inRange } from "../identifier.js";
import type { Ask, Verdict } from "../message.js";
import { holdsWholeRing, isStranded, leased, tokenStart } from "../ownership.js";
import type { Peer } from "../peer.js";
import { processAddress, sameProcess } from "../peer.js";
import { deadSince, isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { ownOwnership, refuse, send, setOwnership } from "../turn.js";
import { drift, longPatienceMs, patienceMs } from "./durations.js";
import { ping } from "./failure.js";
import { beginSplit, isServed, repeatHand, wait, waitSoon } from "./hand.js";
import { acknowledge, fits } from "./lease.js";
import { head } from "./pointers.js";
import { checkPredecessor, rectify } from "./rectify.js";
import { handBack, isRenewedAlone, meetStranger } from "./renewal.js";
import { depth, knownMs, noted, revised, sameReport, upToSelf, wasInherited } from "./reports.js";
import { noLease } from "./unconfirmed.js";

/**
 * The heir. Whoever asks a node for a lease is served by it if its token ends where this node's own begins, is admitted
 * if its place lies inside, and has to wait otherwise.
 */

/**
 * An `Ask` from a peer that its transport vouches for. Answered first, with the neighbours as they were; then noted.
 */
export function onAsk(turn: Turn, from: Peer, ask: Ask): void {
  if (!isMember(turn.state) || stepsAside(turn, from)) {
    refuse(turn, from.address, ask.rid);
    return;
  }
  if (from.id === turn.state.self.id) {
    const detail = turn.state.self.address;
    send(turn, from.address, { _tag: "Refused", rid: ask.rid, code: "id-taken", detail });
    return;
  }
  const { predecessor, successors } = turn.state.pointers;
  const verdict = turn.state.config.dialect.confirms ? judge(turn, from, ask) : noLease;
  if (verdict !== null) {
    send(turn, from.address, { _tag: "Answer", rid: ask.rid, verdict, predecessor, successors });
  }
  if (ask.token !== null) rectify(turn, from);
}

/**
 * Whether this node is stranded, and so refuses the asker, which then turns to the next of its list. Its own successor
 * it refuses only a lease later: that one may have nobody else to turn to; or only the link to the heir is cut, and it
 * will have to turn there.
 */
function stepsAside({ state, at }: Turn, from: Peer): boolean {
  const waitMs = head(state)?.address === from.address ? patienceMs(state.config.ring) : 0;
  return isStranded(state, at - waitMs);
}

/** Null: answered later, when this node's own heir knows. */
function judge(turn: Turn, from: Peer, ask: Ask): Verdict | null {
  const { ownership, self, config } = turn.state;
  const token = ownership.token;
  if (token === null || ownership.handingOver) return wait;
  if (!holdsWholeRing(turn.state) && from.id === tokenStart(turn.state, token)) return serve(turn, from, ask);
  if (inRange(config.space, from.id, self.id, token.length)) return beginSplit(turn, from, ask);
  learnPart(turn, from, ask);
  doubtNeighbours(turn);
  const { before } = turn.state.ownership;
  return { _tag: "Wait", soon: before === null || deadSince(turn.state, before.report.peer) !== null };
}

/**
 * The asker lies inside the range of the node beneath, as far as this one knows, but under a later epoch: it was
 * admitted there since, and the holder has at most what lies between the asker and itself. That is learned only where
 * the holder can't say so itself: it is dead, or has never spoken to this node and the asker is served. An asker that
 * nobody serves may have slept since it was admitted, and others may be served in its place: then nothing here is taken
 * before W since the holder's death.
 */
function learnPart(turn: Turn, from: Peer, ask: Ask): void {
  const { before } = turn.state.ownership;
  if (before === null || ask.token === null) return;
  const { peer, token } = before.report;
  const { space, ring } = turn.state.config;
  const died = deadSince(turn.state, peer);
  const served = isServed(turn, ask);
  if (died === null && !(served && wasInherited(before))) return;
  if (from.id === peer.id || !inRange(space, from.id, peer.id, token.length)) return;
  const length = distance(space, from.id, peer.id);
  if (ask.token.epoch <= token.epoch || length + ask.token.length > token.length) return;
  const report = { ...before.report, token: { ...token, length } };
  const chain = [{ peer: from, token: ask.token, handed: false }, ...upToSelf(turn.state, ask.beneath)];
  const beneath = chain.slice(0, depth(turn.state));
  if (served || died === null) {
    setOwnership(turn, { before: revised(before, { report, beneath }) });
    return;
  }
  const notBefore = Math.max(before.notBefore, died + longPatienceMs(ring));
  setOwnership(turn, {
    before: revised(before, { report, beneath, notBefore }),
    hungUntil: Math.max(turn.state.ownership.hungUntil, died),
  });
}

/** The asker is where this node's token begins: this node is its heir. */
function serve(turn: Turn, from: Peer, ask: Ask): Verdict | null {
  const before = turn.state.ownership.before;
  if (before === null) return meetStranger(turn, from, ask);
  const held = before.report;
  if (held.peer.address !== from.address || from.incarnation < held.peer.incarnation) return wait;
  // Its earlier life is over: it is admitted when what that held has been taken, which may have to wait.
  if (from.incarnation > held.peer.incarnation) return waitSoon;
  if (held.handed && !took(turn, before, ask)) {
    // Handed over while both were without a lease: the asker has been served elsewhere since, and knows better.
    if (!leased(turn.state.ownership, turn.at) && isServed(turn, ask)) return waitSoon;
    return repeatHand(turn, before, ask);
  }
  // Who has shown that it took its token has one: an `Ask` without is an old one that was overtaken.
  if (ask.token === null || ask.token.epoch < held.token.epoch) return wait;
  if (!fits(turn.state, ask)) return wait;
  // It has had no lease for longer than it has been known here: before that another may have held its range.
  if (ask.unleasedMs > knownMs(before, turn.at) && !isRenewedAlone(turn, from, ask.token, held)) {
    return handBack(turn, from, ask, ask.token);
  }
  if (turn.state.ownership.split !== null && sameProcess(from.address, turn.state.self.address)) return wait;
  const beneath = upToSelf(turn.state, ask.beneath);
  const report = { peer: held.peer, token: ask.token, handed: false };
  ownOwnership(turn).before = noted(report, beneath, turn.at, before, ask.unleasedMs === 0);
  return acknowledge(turn, from, ask.token.epoch !== held.token.epoch);
}

/**
 * Whether the asker shows that it has what it was handed: as it was handed; by another, who is gone, less what it
 * handed on since.
 */
function took(turn: Turn, before: Before, ask: Ask): boolean {
  const { token } = before.report;
  const asked = ask.token;
  if (asked === null || asked.length > token.length) return false;
  // Two acts of different nodes may come by one epoch in the same millisecond: the length has to be right, too.
  if (asked.epoch === token.epoch && asked.length === token.length)
    return wasInherited(before) || isFromHand(turn, before, ask);
  return wasInherited(before) && asked.epoch > token.epoch;
}

/** One that took the hand has had no lease since then at most, or reports of who lies beneath what the hand told. */
function isFromHand({ state, at }: Turn, before: Before, ask: Ask): boolean {
  if (ask.unleasedMs <= 1 + (at - before.lastAt) * drift) return true;
  const [told] = before.beneath;
  return told === undefined || sameReport(told, upToSelf(state, ask.beneath)[0]);
}

/** Somebody farther away takes this node for its successor: whoever should stand between may be dead. */
function doubtNeighbours(turn: Turn): void {
  checkPredecessor(turn, turn.state.config.ring.intervalMs / 2);
  const { before } = turn.state.ownership;
  const { predecessor } = turn.state.pointers;
  if (before === null || turn.at - before.lastAt < turn.state.config.ring.intervalMs / 2) return;
  const holder = before.report.peer;
  if (predecessor === null || processAddress(predecessor.address) !== processAddress(holder.address))
    ping(turn, holder);
}
