import { left, right } from "fp-ts/lib/Either.js";
import type { Announcement, DropReason, Effect, OperationError, OperationResult } from "./effect.js";
import type { OperationId } from "./event.js";
import type { Epoch, Message, Millis, RequestId } from "./message.js";
import type { Ownership } from "./ownership.js";
import type { Address } from "./peer.js";
import * as pending from "./pending.js";
import { nextUint32 } from "./random.js";
import type { Purpose, Request } from "./request.js";
import type { NodeState, Pointers, Timers } from "./state.js";

/**
 * One call of `step` while it runs: the state so far and the effects so far. The fields are assigned to, the values in
 * them never change; nothing of a turn outlives its step.
 */
export interface Turn {
  state: NodeState;
  readonly effects: Effect[];
  readonly at: Millis;
  readonly wall: Millis;
  /** Something changed that the head of the successor list should hear of, or answer for, before the next interval. */
  askWanted: boolean;
}

export function send(turn: Turn, to: Address, message: Message): void {
  turn.effects.push({ _tag: "Send", to, message });
}

export function announce(turn: Turn, change: Announcement): void {
  turn.effects.push({ _tag: "Announced", change });
}

export function succeed(turn: Turn, operation: OperationId, result: OperationResult): void {
  turn.effects.push({ _tag: "Settled", operation, result: right(result) });
}

export function fail(turn: Turn, operation: OperationId, error: OperationError): void {
  turn.effects.push({ _tag: "Settled", operation, result: left(error) });
}

export function drop(turn: Turn, from: Address, message: Message["_tag"], reason: DropReason): void {
  turn.effects.push({ _tag: "Dropped", from, message, reason });
}

/** "I am not in the ring": not yet, or no longer. */
export function refuse(turn: Turn, to: Address, rid: RequestId): void {
  const code = turn.state.phase._tag === "Gone" ? "gone" : "not-member";
  send(turn, to, { _tag: "Refused", rid, code, detail: "" });
}

/**
 * Remembers that something was asked of `to` until `expiresAt`. Gives the request's number, which the message must
 * carry; null where as many are pending as may be. Users' requests leave room for the ring's own: however much is looked
 * up, leases are asked for and granted.
 */
export function expect(
  turn: Turn,
  to: Address | null,
  expiresAt: Millis,
  purpose: Purpose,
): RequestId | null {
  const ofUsers = purpose._tag === "Lookup" || purpose._tag === "Inspect";
  if (ofUsers && turn.state.pending.size >= turn.state.config.limits.pendingMax) return null;
  const rid = pending.nextRid(turn.state.pending, draw(turn));
  if (rid === null) return null;
  const entry: Request = { rid, expiresAt, sentAt: turn.at, to, purpose };
  const next = pending.insert(turn.state.pending, entry);
  if (next === null) return null;
  setPending(turn, next);
  return rid;
}

/** 32 random bits. */
export function draw(turn: Turn): number {
  const { state } = turn;
  const [bits, random] = nextUint32(state.random);
  turn.state = withParts(state, state.pointers, state.ownership, state.pending, random, state.timers);
  return bits;
}

/** A duration, give or take the configured share, so that nodes don't march in step. */
export function jittered(turn: Turn, ms: Millis): Millis {
  const share = turn.state.config.jitter;
  return share === 0 ? ms : ms * (1 - share + (2 * share * draw(turn)) / 0x1_0000_0000);
}

/** The epoch of a new act: above all that is known, and at least the wall clock. */
export function nextEpoch(turn: Turn, known: Epoch = 0): Epoch {
  const epoch = Math.max(turn.state.epochSeen + 1, known + 1, calendar(turn));
  turn.state = { ...turn.state, epochSeen: epoch };
  return epoch;
}

/**
 * The highest epoch that a peer's word may bring: a hundred years past the wall clock, so that a node whose clock was never
 * set can still join. Past it counters would run out.
 */
export function plausibleEpoch(turn: Turn, epoch: Epoch): boolean {
  return epoch <= calendar(turn) + 3_155_760_000_000;
}

/** The wall clock in whole milliseconds; however wrong it is, it leaves epochs room to count on from. */
function calendar(turn: Turn): Millis {
  return Math.min(Math.max(0, Math.floor(turn.wall)), 2 ** 52);
}

export function setPending(turn: Turn, next: NodeState["pending"]): void {
  const { state } = turn;
  turn.state = withParts(state, state.pointers, state.ownership, next, state.random, state.timers);
}

export function setOwnership(turn: Turn, change: Partial<Ownership>): void {
  const { state } = turn;
  const was = state.ownership;
  const ownership: Ownership = {
    token: change.token === undefined ? was.token : change.token,
    acknowledged: change.acknowledged === undefined ? was.acknowledged : change.acknowledged,
    leaseUntil: change.leaseUntil ?? was.leaseUntil,
    office: change.office ?? was.office,
    before: change.before === undefined ? was.before : change.before,
    gapSince: change.gapSince ?? was.gapSince,
    split: change.split === undefined ? was.split : change.split,
    handingOver: change.handingOver ?? was.handingOver,
    circle: change.circle === undefined ? was.circle : change.circle,
    circlesPassed: change.circlesPassed ?? was.circlesPassed,
    cause: change.cause ?? was.cause,
    announced: change.announced === undefined ? was.announced : change.announced,
  };
  turn.state = withParts(state, state.pointers, ownership, state.pending, state.random, state.timers);
}

export function setPointers(turn: Turn, change: Partial<Pointers>): void {
  const { state } = turn;
  const was = state.pointers;
  const pointers: Pointers = {
    successors: change.successors ?? was.successors,
    predecessor: change.predecessor === undefined ? was.predecessor : change.predecessor,
    predecessorHeardAt: change.predecessorHeardAt ?? was.predecessorHeardAt,
    fingers: change.fingers ?? was.fingers,
    heirUnreachable: change.heirUnreachable ?? was.heirUnreachable,
  };
  turn.state = withParts(state, pointers, state.ownership, state.pending, state.random, state.timers);
}

export function setTimers(turn: Turn, change: Partial<Timers>): void {
  const { state } = turn;
  const was = state.timers;
  const timers: Timers = {
    stabilizeAt: change.stabilizeAt ?? was.stabilizeAt,
    fingersAt: change.fingersAt ?? was.fingersAt,
    fingerIndex: change.fingerIndex ?? was.fingerIndex,
    fingersHurry: change.fingersHurry ?? was.fingersHurry,
    introduceAt: change.introduceAt ?? was.introduceAt,
    at: change.at ?? was.at,
    wall: change.wall ?? was.wall,
    isolatedSince: change.isolatedSince === undefined ? was.isolatedSince : change.isolatedSince,
  };
  turn.state = withParts(state, state.pointers, state.ownership, state.pending, state.random, timers);
}

/**
 * Written out, as are the parts above, since every event comes through here several times: a spread costs twenty times as
 * much, and gives values of many shapes, which are slower to read as well.
 */
function withParts(
  state: NodeState,
  pointers: Pointers,
  ownership: Ownership,
  requests: NodeState["pending"],
  random: NodeState["random"],
  timers: Timers,
): NodeState {
  return {
    config: state.config,
    self: state.self,
    phase: state.phase,
    pointers,
    ownership,
    remembered: state.remembered,
    contacts: state.contacts,
    routes: state.routes,
    pending: requests,
    random,
    timers,
    epochSeen: state.epochSeen,
    roundTripMs: state.roundTripMs,
  };
}
