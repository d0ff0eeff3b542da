import type { Before } from "../holding.js";
import type { Distance } from "../identifier.js";
import { distance, inRange } from "../identifier.js";
import type { Ask, Millis, Report, Token, Verdict } from "../message.js";
import {
  confirmed,
  holdsWholeRing,
  isStranded,
  leased,
  needsNoHeir,
  processHoldsRing,
  tokenStart,
  within,
} from "../ownership.js";
import type { Peer } from "../peer.js";
import { processAddress, sameProcess } from "../peer.js";
import type { AskPurpose, Request } from "../request.js";
import type { NodeState } from "../state.js";
import { deadSince, isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { nextEpoch, ownOwnership, refuse, send, setOwnership } from "../turn.js";
import { isAlone } from "./alone.js";
import { drift, longPatienceMs, patienceMs } from "./durations.js";
import { ping } from "./failure.js";
import { beginSplit, completeSplit, isServed, repeatHand, waitSoon } from "./hand.js";
import { settleMembership } from "./membership.js";
import { head, samePeer } from "./pointers.js";
import { checkPredecessor, rectify } from "./rectify.js";
import { depth, handed, knownMs, noted, revised, sameReport, upToSelf, wasInherited } from "./reports.js";
import { restartWaits } from "./takeover.js";
import { noLease } from "./unconfirmed.js";

/**
 * Leases. A node claims its range only while its heir, the node whose token begins where this one's ends, has promised
 * to wait. The heir promises nothing to anybody else: the tokens tile the ring, and so two nodes can't both be served.
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
 * Stranded, it sends those who ask on to their next successor. Where it takes who asks for its own, one of the two has
 * nobody else, or the heir that was named is only out of its reach: it does so a while later, when that is known.
 */
function stepsAside({ state, at }: Turn, from: Peer): boolean {
  const waitMs = head(state)?.address === from.address ? patienceMs(state.config.ring) : 0;
  return isStranded(state, at - waitMs);
}

/**
 * The heir's answer arrived: it knows the token as it was reported. The lease runs from when it was asked for, so that
 * no clock need agree with another; a lease of nothing only acknowledges.
 */
export function acceptGrant(turn: Turn, leaseMs: Millis, request: Request, purpose: AskPurpose): void {
  const { ownership, config } = turn.state;
  const { token, split } = ownership;
  if (token === null || purpose.token === null || purpose.office !== ownership.office) return;
  if (ownership.handingOver || needsNoHeir(ownership)) return;
  const running = leased(ownership, turn.at);
  const granted = request.sentAt + Math.min(leaseMs, config.ring.leaseMs);
  const regained = !running && granted > turn.at;
  const knowsSplit = split !== null && purpose.token.epoch === split.rest.epoch;
  const isKnown = !knowsSplit && (running || regained || countsAlone(turn.state));
  const next = ownOwnership(turn);
  if (running) next.leaseUntil = Math.max(ownership.leaseUntil, granted);
  else if (regained) next.leaseUntil = granted;
  if (isKnown) next.acknowledged = within(token, later(purpose.token, ownership.acknowledged));
  if (regained) next.circle = null;
  // The first lease of a token that was handed anew, and empty, says nothing of what lies beneath it.
  const first = token.length === 0n && turn.at < ownership.leaseUntil + config.ring.intervalMs;
  if (regained && !first) restartWaits(turn);
  if (!running && !regained) return;
  if (knowsSplit) completeSplit(turn);
  settleMembership(turn);
}

/**
 * Whether an acknowledgement counts that comes without a lease. Not before the first lease of a token that was handed
 * over: whoever handed it may have had none itself, and its own heir, who knows nothing of this node, takes all of that
 * range when it is silent. Where nobody is elsewhere, nobody can.
 */
function countsAlone(state: NodeState): boolean {
  return state.ownership.acknowledged !== null || processHoldsRing(state);
}

function later(a: Token, b: Token | null): Token {
  return b === null || a.epoch > b.epoch ? a : b;
}

const wait: Verdict = { _tag: "Wait", soon: false };

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
 * Whoever is served inside a range that is known by another's word alone, and under a later epoch, was admitted there
 * since: the holder, which has not spoken, has at most what lies after that one. Where the holder is dead, so was
 * whoever asks under a later epoch; but one that nobody serves may have slept since, and others may be served there.
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
    // Handed out while both were without a lease; it is served elsewhere since, or about to be, and knows better.
    if (!leased(turn.state.ownership, turn.at) && isServed(turn, ask)) return waitSoon;
    return repeatHand(turn, before, ask);
  }
  // Who has shown that it took its token has one: an `Ask` without is an old one that was overtaken.
  if (ask.token === null || ask.token.epoch < held.token.epoch) return wait;
  if (!fits(turn.state, ask)) return wait;
  // Another may have held it meanwhile and be forgotten: since then it is known here by nobody's word but its own.
  if (ask.unleasedMs > knownMs(before, turn.at) && !isRenewedAlone(turn, from, ask.token, held)) {
    return handBack(turn, from, ask, ask.token);
  }
  if (turn.state.ownership.split !== null && sameProcess(from.address, turn.state.self.address)) return wait;
  const beneath = upToSelf(turn.state, ask.beneath);
  const report = { peer: held.peer, token: ask.token, handed: false };
  ownOwnership(turn).before = noted(report, beneath, turn.at, before);
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

/** Who took what it was handed is without a lease from then at most, or knows of who lies beneath what it was told. */
function isFromHand({ state, at }: Turn, before: Before, ask: Ask): boolean {
  if (ask.unleasedMs <= 1 + (at - before.lastAt) * drift) return true;
  const [told] = before.beneath;
  return told === undefined || sameReport(told, upToSelf(state, ask.beneath)[0]);
}

/**
 * Virtual nodes that hold the whole ring between them and wake at once hand all of it anew at once, and each forgets
 * thereby what it handed. Where nobody else is left, once is enough: else they would do so for ever.
 */
function isRenewedAlone({ state, at }: Turn, from: Peer, token: Token, held: Report): boolean {
  const isSibling = sameProcess(from.address, state.self.address);
  return isSibling && token.epoch > held.token.epoch && processHoldsRing(state) && isAlone(state, at);
}

/**
 * Nothing is known of what ends where this token begins. Who has been leased all along may say so. Who has not for a
 * while has its range anew: another may have held it since and be gone, and no key may go back to an earlier epoch. Who
 * has not for long starts from nothing; but in a total outage all have not, and a `Circle` proves what they held. Who
 * has itself lost its lease of late can't tell whether it is one, and gives nothing yet.
 */
function meetStranger(turn: Turn, from: Peer, ask: Ask): Verdict {
  const outage = isOut(turn);
  const credible = ask.token !== null && fits(turn.state, ask);
  if (credible && ask.unleasedMs === 0) {
    const report = { peer: from, token: ask.token, handed: false };
    setOwnership(turn, { before: noted(report, upToSelf(turn.state, ask.beneath), turn.at, null) });
    return acknowledge(turn, from, true);
  }
  if (outage && !credible) return wait;
  if (!outage && !leased(turn.state.ownership, turn.at)) return waitSoon;
  const keeps = outage || ask.unleasedMs <= longPatienceMs(turn.state.config.ring);
  return credible && keeps ? handBack(turn, from, ask, ask.token) : handAnew(turn, from, ask, 0n, []);
}

/**
 * The asker's own range, but no farther than to whoever is known inside of it and was tested of late: that one may have
 * been admitted there while the asker had no lease, and has the rest. Nor than this node has learned since that it
 * goes. In a total outage nobody can have been admitted.
 */
function handBack(turn: Turn, from: Peer, ask: Ask, own: Token): Verdict {
  const { config, ownership } = turn.state;
  const { before } = ownership;
  if (before !== null && before.report.token.epoch === own.epoch && before.report.token.length < own.length)
    return handAnew(turn, from, ask, before.report.token.length, before.beneath);
  const inside = isOut(turn) ? null : knownInside(turn.state, from, own.length);
  if (inside === null) return handAnew(turn, from, ask, own.length, ask.beneath);
  const length = distance(config.space, inside.id, from.id);
  const rest = { epoch: nextEpoch(turn, own.epoch), length: own.length - length };
  return handAnew(turn, from, ask, length, [{ peer: inside, token: rest, handed: true }]);
}

/** The nearest before the end of a range of those that stand in it, and are known to be in this ring. */
function knownInside(state: NodeState, end: Peer, length: Distance): Peer | null {
  const { space } = state.config;
  const known = state.remembered.filter(({ standing }) => standing === "same").map(({ peer }) => peer);
  if (state.pointers.predecessor !== null) known.push(state.pointers.predecessor);
  let nearest: Peer | null = null;
  let free = length;
  for (const peer of known) {
    const far = distance(space, peer.id, end.id);
    if (far === 0n || far >= free || deadSince(state, peer) !== null) continue;
    nearest = peer;
    free = far;
  }
  return nearest;
}

/** Whether this may be a total outage: this node has had no lease for an interval. */
function isOut({ state, at }: Turn): boolean {
  return at >= state.ownership.leaseUntil + state.config.ring.intervalMs;
}

/** The asker's range, or none, under an epoch above all that is known. */
function handAnew(turn: Turn, from: Peer, ask: Ask, length: Distance, chain: ReadonlyArray<Report>): Verdict {
  const beneath = upToSelf(turn.state, chain);
  const token = { epoch: nextEpoch(turn, ask.token?.epoch), length };
  const { before } = turn.state.ownership;
  const refused = before !== null && samePeer(before.report.peer, from) ? before.refused : 0;
  setOwnership(turn, { before: revised(handed(from, token, beneath, turn.at), { refused }) });
  turn.askWanted = true;
  return { _tag: "Handed", token, beneath };
}

/**
 * The report was noted. One from this node's own process is as good as lost until a node elsewhere knows it, too, as
 * both die together: it is passed on, with a new epoch of this node's token, and acknowledged only when that one is.
 */
function acknowledge(turn: Turn, from: Peer, news: boolean): Verdict {
  const { self, ownership } = turn.state;
  if (ownership.token === null || !sameProcess(from.address, self.address) || processHoldsRing(turn.state))
    return grant(turn);
  if (news) {
    setOwnership(turn, { token: { ...ownership.token, epoch: nextEpoch(turn) } });
    turn.askWanted = true;
  }
  return confirmed(turn.state.ownership) ? grant(turn) : waitSoon;
}

/** The asker's token and ours together are no more than the ring. */
function fits(state: NodeState, ask: Ask): boolean {
  const own = state.ownership.token;
  return own !== null && ask.token !== null && ask.token.length + own.length <= state.config.space.size;
}

/**
 * A lease, at most as long as one's own has left and an interval: so one lapse does not bring down the whole ring, and
 * a chain of grants without a lease behind it stays bounded. Nothing while one's own heir does not know one's token:
 * two that both have just grown, and are each other's heirs, acknowledge first and grant then. Who has been without a
 * lease for longer does not even acknowledge: its range, and with it the asker, may be another's by now.
 */
function grant(turn: Turn): Verdict {
  const { ownership, config } = turn.state;
  const restMs = ownership.leaseUntil - turn.at + config.ring.intervalMs;
  if (restMs <= 0) return waitSoon;
  const leaseMs = confirmed(ownership) ? Math.floor(Math.min(config.ring.leaseMs, restMs)) : 0;
  return { _tag: "Granted", leaseMs };
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
