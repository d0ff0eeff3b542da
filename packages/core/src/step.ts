import type { Effect } from "./effect.js";
import type { Cancelled, Event, InspectRequested, LookupRequested } from "./event.js";
import type { Millis } from "./message.js";
import * as pending from "./pending.js";
import { announceChanges } from "./protocol/announce.js";
import { noticeTime, seeTime } from "./protocol/away.js";
import { sendCircle } from "./protocol/circle.js";
import { doubt } from "./protocol/failure.js";
import { dueFinger, hastenFingers } from "./protocol/fingers.js";
import { introduceOneself } from "./protocol/introduce.js";
import { cancelJoin, create, join, tryNextSeed } from "./protocol/join.js";
import { leave, tryToLeave } from "./protocol/leave.js";
import { cancelLookup, lookUp } from "./protocol/lookup.js";
import { rememberDropped } from "./protocol/memory.js";
import { askMembers, countMembers } from "./protocol/quorum.js";
import { doubtFingers, recoverHead } from "./protocol/recover.js";
import { checkPredecessor } from "./protocol/rectify.js";
import { askHead, stabilize } from "./protocol/stabilize.js";
import { ownershipDeadline, tendOwnership } from "./protocol/takeover.js";
import { followPointers } from "./protocol/unconfirmed.js";
import { receive } from "./receive.js";
import { expireRequests, onSendFailed } from "./setback.js";
import type { NodeState } from "./state.js";
import { isMember } from "./state.js";
import type { Turn } from "./turn.js";
import { expect, fail, send, setPending, turnOf } from "./turn.js";

/**
 * One node's next state and what is to be done, from what happened. Total for every event, deterministic, and without
 * side effects: `state` stays as it was.
 *
 * @example
 * const ring = configure(defaultRing)
 * const node = initialNode(ring, { url: "memory://a", index: 0, incarnation: 1, seed: [1, 2, 3, 4], at: 0, wall: 0 })
 * const [member, effects] = step(node, { _tag: "CreateRequested", operation: 1, at: 0, wall: 0 })
 * assert.ok(owns(member, id(ring.space, 42n), 0))
 * assert.strictEqual(effects[0]?._tag, "Settled")
 */
export function step(state: NodeState, event: Event): readonly [NodeState, ReadonlyArray<Effect>] {
  const turn = turnOf(state, event);
  noticeTime(turn);
  dispatch(turn, event);
  if (touchesRing(turn, state) || event._tag === "Ticked") conclude(turn, state);
  return [turn.state, turn.effects ?? nothing];
}

const nothing: ReadonlyArray<never> = [];

/**
 * When `Ticked` is due next; null: never, as things stand. The only timer that a shell needs. Where the deadline of
 * `earlier` is known, only what has changed since is looked at: in a lookup nothing but what is pending.
 */
export function nextDeadline(state: NodeState, earlier: NodeState | null = null): Millis | null {
  const { timers, phase } = state;
  let due = state.pending.earliest;
  if (isMember(state) && (earlier === null || waitsAnew(state, earlier))) {
    due = Math.min(due, timers.stabilizeAt, timers.fingersAt, ownershipDeadline(state, timers.at));
  }
  if (phase._tag === "Joining" || phase._tag === "Leaving") due = Math.min(due, phase.retryAt);
  return due === Number.POSITIVE_INFINITY ? null : due;
}

function waitsAnew(state: NodeState, earlier: NodeState): boolean {
  return (
    state.timers !== earlier.timers ||
    state.remembered !== earlier.remembered ||
    state.siblingsHold !== earlier.siblingsHold ||
    ringDiffers(state, earlier)
  );
}

function dispatch(turn: Turn, event: Event): void {
  switch (event._tag) {
    case "Received":
      return receive(turn, event);
    case "SendFailed":
      return onSendFailed(turn, event);
    case "Disconnected":
      return doubt(turn, event.process);
    case "Ticked":
      return tick(turn);
    case "CreateRequested":
      return create(turn, event.operation);
    case "JoinRequested":
      return join(turn, event);
    case "LookupRequested":
      return requestLookup(turn, event);
    case "InspectRequested":
      return requestInspection(turn, event);
    case "LeaveRequested":
      return leave(turn, event);
    case "Cancelled":
      return cancel(turn, event);
  }
}

/** Whatever is due by now; nothing, if nothing is. After a long pause each thing once. */
function tick(turn: Turn): void {
  seeTime(turn);
  expireRequests(turn);
  const { phase } = turn.state;
  if (phase._tag === "Joining") tryNextSeed(turn);
  if (phase._tag === "Leaving") tryToLeave(turn);
  if (!isMember(turn.state)) return;
  if (turn.at >= turn.state.timers.stabilizeAt) {
    stabilize(turn);
    checkPredecessor(turn, 1.5 * turn.state.config.ring.intervalMs);
    recoverHead(turn);
    doubtFingers(turn);
    introduceOneself(turn);
    sendCircle(turn);
    askMembers(turn);
  }
  if (turn.at >= turn.state.timers.fingersAt) fixFinger(turn);
}

function fixFinger(turn: Turn): void {
  const due = dueFinger(turn);
  if (due === null) return;
  const deadline = turn.at + 2 * turn.state.config.ring.intervalMs;
  const beneficiary = { _tag: "Finger", index: due.index } as const;
  lookUp(turn, { target: due.start, deadline, mode: "recursive", beneficiary });
}

/** What follows from any change in the ring: ranges fall due, the successor must hear, the application too. */
function conclude(turn: Turn, earlier: NodeState): void {
  rememberDropped(turn, earlier);
  if (isMember(turn.state)) {
    if (turn.state.pointers.successors !== earlier.pointers.successors) askMembers(turn);
    countMembers(turn);
    if (turn.state.config.dialect.confirms) tendOwnership(turn);
    else followPointers(turn);
    if (turn.askWanted) {
      askHead(turn);
      recoverHead(turn);
    }
    hastenFingers(turn, earlier);
  }
  announceChanges(turn, earlier);
}

function touchesRing(turn: Turn, earlier: NodeState): boolean {
  return turn.askWanted || ringDiffers(turn.state, earlier);
}

function ringDiffers(state: NodeState, earlier: NodeState): boolean {
  return (
    state.ownership !== earlier.ownership ||
    state.pointers !== earlier.pointers ||
    state.contacts !== earlier.contacts ||
    state.phase !== earlier.phase
  );
}

function requestLookup(turn: Turn, event: LookupRequested): void {
  const { target, deadline, mode, operation } = event;
  lookUp(turn, { target, deadline, mode, beneficiary: { _tag: "Application", operation } });
}

function requestInspection(turn: Turn, event: InspectRequested): void {
  const { address, deadline, operation } = event;
  const rid = expect(turn, address, deadline, { _tag: "Inspect", operation });
  if (rid === null)
    fail(turn, operation, { _tag: "Overloaded", pendingMax: turn.state.config.limits.pendingMax });
  else send(turn, address, { _tag: "Inspect", rid });
}

function cancel(turn: Turn, event: Cancelled): void {
  if (cancelJoin(turn, event.operation) || cancelLookup(turn, event.operation)) return;
  for (const request of pending.entries(turn.state.pending)) {
    const { purpose } = request;
    if (purpose._tag !== "Inspect" || purpose.operation !== event.operation) continue;
    setPending(turn, pending.remove(turn.state.pending, request.rid));
    fail(turn, event.operation, { _tag: "Cancelled" });
    return;
  }
}
