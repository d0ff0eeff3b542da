import type { Announcement, DropReason, Effect, OperationError, OperationResult } from "./effect.js";
import { left, right } from "./either.js";
import type { Clocked, OperationId } from "./event.js";
import type { Ownership } from "./holding.js";
import type { Epoch, Message, Millis, RequestId } from "./message.js";
import type { Address } from "./peer.js";
import * as pending from "./pending.js";
import { fraction, nextUint32 } from "./random.js";
import type { Purpose, Request } from "./request.js";
import type { RouteEntry, Routes } from "./routes.js";
import { isNews, learn } from "./routes.js";
import type { NodeState, Pointers, Timers } from "./state.js";

/**
 * One call of `step` while it runs: the state so far and the effects so far. The values in them never change, but for
 * the turn's own copy of the state; nothing of a turn outlives its step.
 */
export interface Turn {
  /** What the step began with. It stays as it is. */
  readonly given: NodeState;
  /** The one given, until something changes; from then on the turn's own copy. Written to through `own` alone. */
  state: NodeState;
  /** Null: none so far. */
  effects: Effect[] | null;
  readonly at: Millis;
  readonly wall: Millis;
  /** Something changed that the head of the successor list should hear of, or answer for, before the next interval. */
  askWanted: boolean;
}

export function turnOf(state: NodeState, { at, wall }: Clocked): Turn {
  return { given: state, state, effects: null, at, wall, askWanted: false };
}

/**
 * The state of this turn, to be changed: `own(turn).routes = routes`. The first change copies what was given, those
 * that follow write to that copy, which nobody else has before the step ends. So a turn that changes nothing copies
 * nothing, and one that changes much copies once.
 */
export function own(turn: Turn): Own<NodeState> {
  if (turn.state === turn.given) turn.state = copied(turn.given);
  return turn.state;
}

/** A value that nobody else has yet. */
export type Own<A> = { -readonly [Key in keyof A]: A[Key] };

/** Most turns have one effect or none, and an array that grows has room for many: it begins with the first. */
export function emit(turn: Turn, effect: Effect): void {
  if (turn.effects === null) turn.effects = [effect];
  else turn.effects.push(effect);
}

export function send(turn: Turn, to: Address, message: Message): void {
  emit(turn, { _tag: "Send", to, message });
}

export function announce(turn: Turn, change: Announcement): void {
  emit(turn, { _tag: "Announced", change });
}

export function succeed(turn: Turn, operation: OperationId, result: OperationResult): void {
  emit(turn, { _tag: "Settled", operation, result: right(result) });
}

export function fail(turn: Turn, operation: OperationId, error: OperationError): void {
  emit(turn, { _tag: "Settled", operation, result: left(error) });
}

export function drop(turn: Turn, from: Address, message: Message["_tag"], reason: DropReason): void {
  emit(turn, { _tag: "Dropped", from, message, reason });
}

/** "I am not in the ring": not yet, or no longer. */
export function refuse(turn: Turn, to: Address, rid: RequestId): void {
  const code = turn.state.phase._tag === "Gone" ? "gone" : "not-member";
  send(turn, to, { _tag: "Refused", rid, code, detail: "" });
}

/**
 * Remembers that something was asked of `to` until `expiresAt`. Gives the request's number, which the message must
 * carry; null where as many are pending as may be. Users' requests leave room for the ring's own: however much is
 * looked up, leases are asked for and granted.
 */
export function expect(
  turn: Turn,
  to: Address | null,
  expiresAt: Millis,
  purpose: Purpose,
): RequestId | null {
  const { _tag } = purpose;
  const ofUsers = _tag === "Lookup" || _tag === "Inspect";
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
  const drawn = nextUint32(turn.state.random);
  own(turn).random = drawn[1];
  return drawn[0];
}

/** Notes a hint for lookups. Random bits are drawn only where it is new, to choose which other hint gives way to it. */
export function noteHint(turn: Turn, entry: RouteEntry): void {
  if (isNews(turn.state.routes, entry)) own(turn).routes = learn(turn.state.routes, entry, draw(turn));
}

/** With these hints alone. */
export function keepHints(turn: Turn, kept: Routes): void {
  if (kept !== turn.state.routes) own(turn).routes = kept;
}

/** A duration, give or take the configured share, so that nodes don't march in step. */
export function jittered(turn: Turn, ms: Millis): Millis {
  const share = turn.state.config.jitter;
  return share === 0 ? ms : ms * (1 - share + 2 * share * fraction(draw(turn)));
}

/** The epoch of a new act: above all that is known, and at least the wall clock. */
export function nextEpoch(turn: Turn, known: Epoch = 0): Epoch {
  const epoch = Math.max(turn.state.epochSeen + 1, known + 1, calendar(turn));
  own(turn).epochSeen = epoch;
  return epoch;
}

/**
 * The highest epoch that a peer's word may bring: a hundred years past the wall clock, so that a node whose clock was
 * never set can still join. Past it counters would run out.
 */
export function plausibleEpoch(turn: Turn, epoch: Epoch): boolean {
  return epoch <= calendar(turn) + 3_155_760_000_000;
}

/** The wall clock in whole milliseconds; however wrong it is, it leaves epochs room to count on from. */
function calendar(turn: Turn): Millis {
  return Math.min(Math.max(0, Math.floor(turn.wall)), 2 ** 52);
}

export function setPending(turn: Turn, next: NodeState["pending"]): void {
  own(turn).pending = next;
}

/**
 * As `own`, for what is held: a copy for each change, so that what was read before stays as it was. Written to in place
 * where nearly every message changes something; elsewhere `setOwnership` reads better.
 */
export function ownOwnership(turn: Turn): Own<Ownership> {
  const was = turn.state.ownership;
  const ownership = {
    token: was.token,
    acknowledged: was.acknowledged,
    leaseUntil: was.leaseUntil,
    hungUntil: was.hungUntil,
    term: was.term,
    before: was.before,
    gapSince: was.gapSince,
    split: was.split,
    handingOver: was.handingOver,
    quorumUntil: was.quorumUntil,
    circle: was.circle,
    circlesPassed: was.circlesPassed,
    circleBeneath: was.circleBeneath,
    cause: was.cause,
    announced: was.announced,
  };
  own(turn).ownership = ownership;
  return ownership;
}

export function setOwnership(turn: Turn, change: Partial<Ownership>): void {
  Object.assign(ownOwnership(turn), change);
}

/** As `ownOwnership`, for the pointers. */
export function ownPointers(turn: Turn): Own<Pointers> {
  const was = turn.state.pointers;
  const pointers = {
    successors: was.successors,
    predecessor: was.predecessor,
    predecessorHeardAt: was.predecessorHeardAt,
    fingers: was.fingers,
    heirUnreachableSince: was.heirUnreachableSince,
    turnedAwaySince: was.turnedAwaySince,
  };
  own(turn).pointers = pointers;
  return pointers;
}

export function setPointers(turn: Turn, change: Partial<Pointers>): void {
  Object.assign(ownPointers(turn), change);
}

/** As `own`, for the timers, which change most often, and in parts: `ownTimers(turn).stabilizeAt = at`. */
export function ownTimers(turn: Turn): Own<Timers> {
  const state = own(turn);
  const was = state.timers;
  if (was !== turn.given.timers) return was;
  const timers = {
    stabilizeAt: was.stabilizeAt,
    fingersAt: was.fingersAt,
    fingerIndex: was.fingerIndex,
    fingersRest: was.fingersRest,
    introduceAt: was.introduceAt,
    at: was.at,
    wall: was.wall,
    isolatedSince: was.isolatedSince,
  };
  state.timers = timers;
  return timers;
}

/**
 * Written out, as are the parts above: a spread costs twenty times as much, and gives values of many shapes, which are
 * slower to read as well.
 */
export function copied(state: NodeState): Own<NodeState> {
  return {
    config: state.config,
    self: state.self,
    phase: state.phase,
    pointers: state.pointers,
    ownership: state.ownership,
    remembered: state.remembered,
    contacts: state.contacts,
    routes: state.routes,
    pending: state.pending,
    random: state.random,
    timers: state.timers,
    epochSeen: state.epochSeen,
    roundTripMs: state.roundTripMs,
    siblingsHold: state.siblingsHold,
  };
}
