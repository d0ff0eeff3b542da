import { between } from "../identifier.js";
import type { Answer } from "../message.js";
import { leased } from "../ownership.js";
import type { Peer } from "../peer.js";
import * as pending from "../pending.js";
import type { AskPurpose, Request } from "../request.js";
import type { NodeState } from "../state.js";
import { isMember, usable } from "../state.js";
import type { Turn } from "../turn.js";
import { drop, expect, jittered, ownTimers, send, setPointers } from "../turn.js";
import { answerTimeoutMs, longPatienceMs } from "./durations.js";
import { measured, roundTripMs } from "./failure.js";
import { acceptHand } from "./hand.js";
import { acceptGrant } from "./lease.js";
import { adopt, head, nearerSuccessor, samePeer } from "./pointers.js";
import { reportedBeneath, reportedToken } from "./reports.js";
import { enter } from "./unconfirmed.js";

/**
 * Stabilise (SIGCOMM 2001, figure 6; corrected by Zave 2016). Once an interval a node asks its successor, in one
 * message, for a lease on its range and for the successor's neighbours. If the successor's predecessor is nearer, that
 * one is asked next, and adopted only when it has answered.
 */
export function stabilize(turn: Turn): void {
  const { intervalMs } = turn.state.config.ring;
  ownTimers(turn).stabilizeAt = turn.at + jittered(turn, intervalMs);
  askHead(turn);
}

/** Asks the present successor now; the next time is an interval from now. */
export function askHead(turn: Turn): void {
  const successor = head(turn.state);
  if (successor === null) return;
  ownTimers(turn).stabilizeAt = turn.at + jittered(turn, turn.state.config.ring.intervalMs);
  ask(turn, successor, "head");
}

/** Asks a peer that may be a nearer successor; only its answer makes it one. */
export function consider(turn: Turn, peer: Peer): void {
  if (!nearerSuccessor(turn.state, peer) || !usable(turn.state, peer, turn.at)) return;
  if (!isAsked(turn.state, peer)) ask(turn, peer, "candidate");
}

/**
 * Whether an answer from this life of the peer is awaited. Every message makes its sender a candidate. Without this
 * check two nodes that talk much would ask each other once for each message; where answers are slow, the questions
 * would pile up and keep them slow.
 */
function isAsked(state: NodeState, peer: Peer): boolean {
  return pending
    .entries(state.pending)
    .some(({ purpose }) => purpose._tag === "Ask" && samePeer(purpose.peer, peer));
}

/** The one message of stabilise, notify, lease and admission. False: as many requests are pending as may be. */
export function ask(turn: Turn, peer: Peer, role: AskPurpose["role"], tries = 0): boolean {
  const { config, ownership } = turn.state;
  const token = reportedToken(turn.state);
  const timeoutMs = answerTimeoutMs(config, roundTripMs(turn.state, peer.address));
  const purpose: AskPurpose = { _tag: "Ask", peer, role, tries, term: ownership.term, token };
  const rid = expect(turn, peer.address, turn.at + timeoutMs, purpose);
  if (rid === null) return false;
  const unleased = token !== null && !leased(ownership, turn.at);
  const unleasedMs = unleased ? Math.max(1, Math.ceil(turn.at - ownership.leaseUntil)) : 0;
  send(turn, peer.address, { _tag: "Ask", rid, token, unleasedMs, beneath: reportedBeneath(turn.state) });
  return true;
}

/** The heir's answer, or a candidate's, or, to a newcomer, that of its id's owner. */
export function onAnswer(
  turn: Turn,
  from: Peer,
  answer: Answer,
  request: Request,
  purpose: AskPurpose,
): void {
  measured(turn, from.address, request);
  if (turn.state.phase._tag === "Joining" && answer.verdict._tag !== "Handed") {
    if (!turn.state.config.dialect.confirms) enter(turn, from, answer);
    return;
  }
  switch (answer.verdict._tag) {
    case "Granted":
      acceptGrant(turn, answer.verdict.leaseMs, request, purpose);
      askBy(turn, answer.verdict.leaseMs / 2);
      break;
    case "Handed":
      if (acceptHand(turn, from, answer.verdict, purpose, request.sentAt)) break;
      drop(turn, from.address, "Answer", "stale");
      askBy(turn, 0);
      break;
    case "Wait":
      if (answer.verdict.soon) askBy(turn, 0);
  }
  if (isMember(turn.state)) adoptAnswer(turn, from, answer, purpose);
}

/** Asks the head again within `afterMs`, but not so soon that the peer has no time to do what it has to. */
function askBy(turn: Turn, afterMs: number): void {
  const by = turn.at + Math.max(afterMs, turn.state.config.ring.intervalMs / 8);
  if (turn.state.timers.stabilizeAt > by) ownTimers(turn).stabilizeAt = by;
}

/**
 * Notes since when the heir has been out of reach (`isStranded`). A successor that serves this node is its heir. One
 * that does not may name a node between the two which this one has asked in vain: that is the heir. Once the successor
 * no longer names it, it is dead; if it was only out of reach, it comes in as a new successor.
 */
function noteHeir(turn: Turn, from: Peer, { verdict, predecessor }: Answer, wasHead: boolean): void {
  const { self, pointers } = turn.state;
  const named = verdict._tag === "Wait" && predecessor !== null && between(self.id, predecessor.id, from.id);
  const was = pointers.heirUnreachableSince;
  // In reach again, it may still turn this node away, for W, as one that never took what it was handed.
  const turnedAwaySince = pointers.turnedAwaySince ?? turn.at;
  const barredUntil = turnedAwaySince + longPatienceMs(turn.state.config.ring);
  const isBack = !wasHead || pointers.turnedAwaySince !== null;
  const isTurnedAway =
    !named && was !== null && isBack && verdict._tag === "Wait" && !verdict.soon && turn.at < barredUntil;
  // Whom a new successor names has nothing to do with whom the one before it named.
  const since = named && !wasHead ? null : was;
  const isOut = named ? since !== null || !usable(turn.state, predecessor, turn.at) : isTurnedAway;
  const heirUnreachableSince = isOut ? (since ?? turn.at) : null;
  if (heirUnreachableSince === was && isTurnedAway === (pointers.turnedAwaySince !== null)) return;
  setPointers(turn, { heirUnreachableSince, turnedAwaySince: isTurnedAway ? turnedAwaySince : null });
}

/**
 * StabilizeFromSuccessor and StabilizeFromPredecessor: both come down to adopting whoever answered, if it is nearest.
 */
function adoptAnswer(turn: Turn, from: Peer, answer: Answer, purpose: AskPurpose): void {
  const present = head(turn.state);
  const wasHead = present !== null && present.address === from.address;
  if (!wasHead && !nearerSuccessor(turn.state, from)) return;
  noteHeir(turn, from, answer, wasHead);
  const before = turn.state.pointers.successors;
  adopt(turn, from, answer.successors);
  // Lists are told backwards, a node at a time: while they change, don't wait a whole interval for each.
  if (turn.state.pointers.successors !== before) askBy(turn, 0);
  if (purpose.role === "head" && !wasHead) return;
  if (answer.predecessor !== null) consider(turn, answer.predecessor);
}
