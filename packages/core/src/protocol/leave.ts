import type { LeaveRequested } from "../event.js";
import type { Before } from "../holding.js";
import { inRange } from "../identifier.js";
import type { Depart, Leave, Left, Millis, Token } from "../message.js";
import { confirmed, holdsWholeRing, leased, tokenStart } from "../ownership.js";
import type { Peer } from "../peer.js";
import { fraction } from "../random.js";
import type { Purpose } from "../request.js";
import type { Leaving } from "../state.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { announce, draw, expect, fail, nextEpoch, own, send, setOwnership, succeed } from "../turn.js";
import { answerTimeoutMs } from "./durations.js";
import { bury, ping, roundTripMs } from "./failure.js";
import { head, nearerSuccessor, samePeer } from "./pointers.js";
import { reportedBeneath, revised, upToSelf, wasInherited } from "./reports.js";
import { consider } from "./stabilize.js";
import { takeOver } from "./takeover.js";

/**
 * A graceful leave: stop claiming, hand the range to the heir, and tell the neighbours once it has it. What is not
 * accepted within the deadline counts as a crash.
 */
export function leave(turn: Turn, asked: LeaveRequested): void {
  const { phase } = turn.state;
  if (phase._tag !== "Member") {
    fail(turn, asked.operation, { _tag: "NotMember" });
    return;
  }
  const leaving = {
    _tag: "Leaving",
    operation: asked.operation,
    deadline: asked.deadline,
    retryAt: turn.at,
  } as const;
  own(turn).phase = leaving;
  tryToLeave(turn);
}

/** Hands over, if all that this node holds is confirmed and nothing else is changing hands. */
export function tryToLeave(turn: Turn): void {
  const { phase, ownership, config } = turn.state;
  if (phase._tag !== "Leaving" || turn.at < phase.retryAt) return;
  if (turn.at >= phase.deadline) {
    depart(turn, null);
    return;
  }
  if (holdsWholeRing(turn.state) || ownership.token === null || !config.dialect.confirms) {
    depart(turn, null);
    return;
  }
  const soon = turn.at + config.ring.intervalMs / 20;
  tryAgainAt(turn, phase, soon);
  const heir = head(turn.state);
  if (heir === null || ownership.handingOver || ownership.split !== null) return;
  if (!leased(ownership, turn.at) || !confirmed(ownership)) return;
  if (ownership.before?.report.handed === true) return;
  const token = { epoch: nextEpoch(turn), length: ownership.token.length };
  if (!sendLeave(turn, heir, { token, beneath: reportedBeneath(turn.state) }, false)) return;
  const cause = { reason: "leave", peer: heir } as const;
  setOwnership(turn, { handingOver: true, term: ownership.term + 1, cause });
}

/** To the heir: a neighbour goes, and has stopped claiming. */
export function onLeave(turn: Turn, from: Peer, message: Leave): void {
  const accepted = inherits(turn, from, message);
  const { before } = turn.state.ownership;
  if (!accepted && before !== null && samePeer(before.report.peer, from)) {
    const refused = Math.max(before.refused, message.token.epoch);
    setOwnership(turn, { before: revised(before, { refused }) });
  }
  send(turn, from.address, { _tag: "Left", rid: message.rid, accepted });
}

/** The heir took it, or can't now: then this node goes on as its owner. */
export function onLeft(
  turn: Turn,
  answer: Left,
  purpose: Extract<Purpose, { readonly _tag: "Leave" }>,
): void {
  const { phase, ownership } = turn.state;
  if (phase._tag !== "Leaving" || ownership.token === null) return;
  if (answer.accepted) {
    depart(turn, purpose.heir);
    return;
  }
  resume(turn, purpose.again ? turn.at : ownership.leaseUntil);
}

/** No answer to the handover. It may have been accepted, so nothing is claimed any more: the same again. */
export function onLeaveTimeout(turn: Turn, purpose: Extract<Purpose, { readonly _tag: "Leave" }>): void {
  const { phase } = turn.state;
  if (phase._tag !== "Leaving") return;
  if (turn.at >= phase.deadline) {
    depart(turn, null);
    return;
  }
  const heir = head(turn.state);
  if (heir !== null && samePeer(heir, purpose.heir)) {
    sendLeave(turn, heir, purpose.message, true);
  } else resume(turn, turn.at);
}

/** The handover did not go out. What was sent before may have arrived. */
export function onLeaveUnsent(turn: Turn, purpose: Extract<Purpose, { readonly _tag: "Leave" }>): void {
  if (turn.state.phase._tag !== "Leaving") return;
  resume(turn, purpose.again ? turn.at : turn.state.ownership.leaseUntil);
}

/** A neighbour is gone, and names those beyond it. */
export function onDepart(turn: Turn, from: Peer, message: Depart): void {
  const wasHead = head(turn.state)?.address === from.address;
  const wasPredecessor = turn.state.pointers.predecessor?.address === from.address;
  bury(turn, from.address, from.incarnation, "left");
  const [next] = message.successors;
  if (wasHead && next !== undefined && nearerSuccessor(turn.state, next)) consider(turn, next);
  const beyond = message.predecessor;
  if (wasPredecessor && beyond !== null && beyond.id !== turn.state.self.id) ping(turn, beyond);
}

function sendLeave(turn: Turn, heir: Peer, what: Pick<Leave, "token" | "beneath">, again: boolean): boolean {
  const message: Leave = { _tag: "Leave", rid: 0, token: what.token, beneath: what.beneath };
  const timeoutMs = answerTimeoutMs(turn.state.config, roundTripMs(turn.state, heir.address));
  const purpose = { _tag: "Leave", heir, message, again } as const;
  const rid = expect(turn, heir.address, turn.at + timeoutMs, purpose);
  if (rid !== null) send(turn, heir.address, { ...message, rid });
  return rid !== null;
}

/**
 * This node is the heir of the one who goes, knows its token as it is, and can have its own heir confirm the growth. It
 * may be about to leave itself: then it hands on more.
 */
function inherits(turn: Turn, from: Peer, message: Leave): boolean {
  const { ownership } = turn.state;
  const { token, before } = ownership;
  if (before !== null && samePeer(before.report.peer, from) && message.token.epoch <= before.refused)
    return false;
  if (!isMember(turn.state) || token === null || ownership.handingOver) return false;
  if (before === null || !samePeer(before.report.peer, from)) return wasTaken(turn, from, token, before);
  // A copy of what was accepted: it asked while the answer was on its way, and was handed its range anew.
  if (before.report.handed && message.token.epoch < before.report.token.epoch) return true;
  const tiles = !holdsWholeRing(turn.state) && tokenStart(turn.state, token) === from.id;
  if (!tiles || ownership.split !== null || message.token.epoch < before.report.token.epoch) return false;
  if (!leased(ownership, turn.at) || !confirmed(ownership)) return false;
  const report = { ...before.report, token: message.token };
  takeOver(turn, revised(before, { report, beneath: upToSelf(turn.state, message.beneath) }), "leave");
  return true;
}

/**
 * It was accepted before, and the answer was lost or is on its way: its range is this node's, or was handed on since.
 */
function wasTaken({ state }: Turn, from: Peer, token: Token, before: Before | null): boolean {
  const beyond = before === null || wasInherited(before) ? 0n : before.report.token.length;
  return inRange(state.config.space, from.id, state.self.id, token.length + beyond);
}

/**
 * Goes on as the owner. An heir that refused won't take the range by a copy of that message any more, so the lease
 * still counts. Where an earlier copy may have been accepted and the answer lost, a new lease is needed. A little later
 * again, when whatever the heir is busy with is done; and not all at the same time.
 */
function resume(turn: Turn, leaseUntil: Millis): void {
  const { ownership, phase, config } = turn.state;
  if (ownership.token === null || phase._tag !== "Leaving") return;
  setOwnership(turn, {
    leaseUntil,
    term: ownership.term + 1,
    handingOver: false,
    cause: { reason: "lapse", peer: null },
  });
  turn.askWanted = true;
  const pauseMs = (config.ring.intervalMs / 4) * (0.5 + fraction(draw(turn)));
  tryAgainAt(turn, phase, turn.at + pauseMs);
}

/** Written out: phases are of few shapes (see `goOn` of the joining). */
function tryAgainAt(turn: Turn, { operation, deadline }: Leaving, at: Millis): void {
  own(turn).phase = { _tag: "Leaving", operation, deadline, retryAt: Math.min(at, deadline) };
}

function depart(turn: Turn, heir: Peer | null): void {
  const { phase, pointers } = turn.state;
  if (phase._tag !== "Leaving") return;
  const { predecessor, successors } = pointers;
  if (heir !== null) {
    const told = new Map(
      [...successors.slice(0, 1), ...(predecessor === null ? [] : [predecessor])].map((p) => [p.address, p]),
    );
    for (const address of told.keys()) send(turn, address, { _tag: "Depart", predecessor, successors });
  }
  setOwnership(turn, {
    token: null,
    acknowledged: null,
    handingOver: false,
    before: null,
    cause: { reason: "leave", peer: heir },
  });
  own(turn).phase = { _tag: "Gone" };
  succeed(turn, phase.operation, { _tag: "HandedOver", to: heir });
  announce(turn, { _tag: "Departed" });
}
