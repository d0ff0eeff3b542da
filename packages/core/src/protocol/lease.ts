import { inRange } from "../identifier.js";
import type { Ask, Millis, Verdict } from "../message.js";
import type { Peer } from "../peer.js";
import { processAddress } from "../peer.js";
import type { AskPurpose, Before, NodeState, Request } from "../state.js";
import { confirmed, holdsWholeRing, isMember, leased, tokenStart } from "../state.js";
import { nextEpoch, refuse, send, setOwnership } from "../turn.js";
import type { Turn } from "../turn.js";
import { ping } from "./failure.js";
import { beginSplit, completeSplit, repeatHand } from "./hand.js";
import { settleMembership } from "./membership.js";
import { checkPredecessor, rectify } from "./rectify.js";
import { restartWaits, takeOver } from "./takeover.js";

/**
 * Leases. A node claims its range only while its heir, the node whose token begins where this one's ends, has promised
 * to wait. The heir promises nothing to anybody else: the tokens tile the ring, and so two nodes can't both be served.
 */

/** An `Ask` from a peer that its transport vouches for. Answered first, with the neighbours as they were; then noted. */
export function onAsk(turn: Turn, from: Peer, ask: Ask): void {
  if (!isMember(turn.state)) {
    refuse(turn, from.address, ask.rid);
    return;
  }
  if (from.id === turn.state.self.id) {
    const detail = turn.state.self.address;
    send(turn, from.address, { _tag: "Refused", rid: ask.rid, code: "id-taken", detail });
    return;
  }
  const { predecessor, successors } = turn.state.pointers;
  const verdict = judge(turn, from, ask);
  if (verdict !== null) {
    send(turn, from.address, { _tag: "Answer", rid: ask.rid, verdict, predecessor, successors });
  }
  if (ask.token !== null) rectify(turn, from);
}

/** The heir's answer arrived: the lease runs from when it was asked for, so that no clock need agree with another. */
export function acceptGrant(turn: Turn, leaseMs: Millis, request: Request, purpose: AskPurpose): void {
  const { ownership, config } = turn.state;
  if (ownership.token === null || purpose.token === null || purpose.office !== ownership.office) return;
  if (ownership.handingOver) return;
  const leaseUntil = request.sentAt + Math.min(leaseMs, config.ring.leaseMs);
  if (leaseUntil <= turn.at || ownership.leaseUntil === Number.POSITIVE_INFINITY) return;
  const regained = !leased(ownership, turn.at);
  const confirmsSplit = ownership.split !== null && purpose.token.epoch === ownership.split.rest.epoch;
  const confirmsAll = purpose.token.epoch === ownership.token.epoch;
  setOwnership(turn, {
    leaseUntil: Math.max(regained ? leaseUntil : ownership.leaseUntil, leaseUntil),
    claimed: confirmsSplit ? ownership.claimed : shorter(purpose.token.length, ownership.token.length),
    confirmed: confirmsAll ? ownership.token.epoch : ownership.confirmed,
    circle: null,
  });
  if (regained) restartWaits(turn);
  if (confirmsSplit) completeSplit(turn);
  settleMembership(turn);
}

const wait: Verdict = { _tag: "Wait", soon: false };
const waitSoon: Verdict = { _tag: "Wait", soon: true };

/** Null: answered later, when this node's own heir knows. */
function judge(turn: Turn, from: Peer, ask: Ask): Verdict | null {
  const { ownership, self, config } = turn.state;
  const token = ownership.token;
  if (token === null || ownership.handingOver) return wait;
  if (!holdsWholeRing(turn.state) && from.id === tokenStart(turn.state, token)) return serve(turn, from, ask);
  if (inRange(config.space, from.id, self.id, token.length)) return beginSplit(turn, from, ask.rid);
  doubtNeighbours(turn);
  return wait;
}

/** The asker is where this node's token begins: this node is its heir. */
function serve(turn: Turn, from: Peer, ask: Ask): Verdict | null {
  const before = turn.state.ownership.before;
  if (before === null) return meetStranger(turn, from, ask);
  const held = before.report;
  if (held.peer.address !== from.address || from.incarnation < held.peer.incarnation) return wait;
  if (from.incarnation > held.peer.incarnation) {
    takeOver(turn, before, "failure");
    return beginSplit(turn, from, ask.rid);
  }
  if (held.handed && ask.token?.epoch !== held.token.epoch) return repeatHand(turn, before);
  // Who has shown that it took its token has one: an `Ask` without is an old one that was overtaken.
  if (ask.token === null || ask.token.epoch < held.token.epoch) return wait;
  if (!fits(turn.state, ask)) return wait;
  note(turn, {
    report: { peer: held.peer, token: ask.token, handed: false },
    beneath: ask.beneath.filter((report) => report.peer.id !== turn.state.self.id),
    lastAt: turn.at,
    notBefore: Number.NEGATIVE_INFINITY,
  });
  return grant(turn);
}

/**
 * Nothing is known of what ends where this token begins. Who has held it all along may say so; others start from
 * nothing. In a total outage all have been unleased for long: their word is noted, and a `Circle` must prove it.
 */
function meetStranger(turn: Turn, from: Peer, ask: Ask): Verdict {
  const common = { lastAt: turn.at, notBefore: Number.NEGATIVE_INFINITY };
  const outage = !leased(turn.state.ownership, turn.at);
  if (ask.token !== null && (outage || !ask.stale) && fits(turn.state, ask)) {
    note(turn, { report: { peer: from, token: ask.token, handed: false }, beneath: ask.beneath, ...common });
    return grant(turn);
  }
  if (outage) return wait;
  const token = { epoch: nextEpoch(turn, ask.token?.epoch), length: 0n };
  note(turn, { report: { peer: from, token, handed: true }, beneath: [], ...common });
  turn.askWanted = true;
  return { _tag: "Handed", token, beneath: [] };
}

/** The asker's token and ours together are no more than the ring. */
function fits(state: NodeState, ask: Ask): boolean {
  const own = state.ownership.token;
  return own !== null && ask.token !== null && ask.token.length + own.length <= state.config.space.size;
}

function note(turn: Turn, before: Before): void {
  setOwnership(turn, { before });
}

/**
 * A lease, at most as long as one's own has left and an interval: so one lapse does not bring down the whole ring, and
 * a chain of grants without a lease behind it stays bounded.
 */
function grant(turn: Turn): Verdict {
  const { ownership, config } = turn.state;
  if (!confirmed(ownership)) return leased(ownership, turn.at) ? waitSoon : wait;
  const restMs = ownership.leaseUntil - turn.at + config.ring.intervalMs;
  const leaseMs = Math.floor(Math.min(config.ring.leaseMs, restMs));
  return leaseMs > 0 ? { _tag: "Granted", leaseMs } : wait;
}

/** Somebody farther away takes this node for its successor: whoever should stand between may be dead. */
function doubtNeighbours(turn: Turn): void {
  checkPredecessor(turn, turn.state.config.ring.intervalMs / 2);
  const { before } = turn.state.ownership;
  const { predecessor } = turn.state.pointers;
  if (before === null || turn.at - before.lastAt < turn.state.config.ring.intervalMs / 2) return;
  const holder = before.report.peer;
  if (predecessor === null || processAddress(predecessor.address) !== processAddress(holder.address)) ping(turn, holder);
}

function shorter(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
