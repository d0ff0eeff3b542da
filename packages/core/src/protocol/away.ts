import { noDoubts } from "../contacts.js";
import type { Clocked } from "../event.js";
import type { Millis } from "../message.js";
import { needsNoHeir, processHoldsRing } from "../ownership.js";
import * as pending from "../pending.js";
import * as recent from "../recent.js";
import type { NodeState } from "../state.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { own, ownTimers, setOwnership, setPending, turnOf } from "../turn.js";
import { areGone } from "./alone.js";
import { countMembers } from "./quorum.js";
import { restartWaits } from "./takeover.js";

/**
 * A process that was stopped, or a machine that slept, finds on waking that time has passed: a timer is much too late,
 * or the calendar has run away from the monotonic clock, which stands still while a machine sleeps. What others granted
 * it is older by that. If it was long, it claims nothing until its heir has answered, and no silence of others from
 * before counts.
 */
export function noticeTime(turn: Turn): void {
  if (sawTime(turn.state, turn.at, turn.wall)) return;
  const { timers } = turn.state;
  const runaway = runawayMs(timers, turn.at, turn.wall);
  if (ranAway(turn.state, turn.at, turn.wall)) age(turn, runaway);
  if (isMember(turn.state) && wasAway(turn, turn.at - timers.at, runaway)) forget(turn);
  seeTime(turn);
}

/** Whether a node looked at the clocks so recently that they say nothing new. */
export function sawTime(state: NodeState, at: Millis, wall: Millis): boolean {
  const passed = at - state.timers.at;
  return passed < state.config.ring.intervalMs / 8 && passed >= 0 && !ranAway(state, at, wall);
}

/** The node as it sees itself at this time: the same, unless its machine slept since it looked at the clocks. */
export function nodeAt(state: NodeState, at: Millis, wall: Millis): NodeState {
  if (!ranAway(state, at, wall)) return state;
  const turn = turnOf(state, { at, wall });
  noticeTime(turn);
  return turn.state;
}

/** The clocks as they are now. */
export function seeTime(turn: Turn): void {
  const timers = ownTimers(turn);
  timers.at = turn.at;
  timers.wall = turn.wall;
}

/** The calendar has whole milliseconds, and is read a moment after the other clock: less than 2 ms means nothing. */
const runawayMsMin = 2;

function ranAway({ timers, config }: NodeState, at: Millis, wall: Millis): boolean {
  return runawayMs(timers, at, wall) >= Math.max(config.ring.intervalMs / 16, runawayMsMin);
}

/** How far the calendar has run away from the monotonic clock since a node looked at both. */
function runawayMs(last: Clocked, at: Millis, wall: Millis): Millis {
  return Math.abs(wall - last.wall - (at - last.at));
}

/** A node looks at its timers at least once an interval: more than that and half a lease, and it was away. */
function wasAway(turn: Turn, passed: Millis, runaway: Millis): boolean {
  const { intervalMs, leaseMs } = turn.state.config.ring;
  return passed > 1.25 * intervalMs + leaseMs / 2 || runaway > leaseMs / 2;
}

/**
 * The machine slept for so long, or its calendar was set: which of the two can't be told. What it was granted, or
 * promised, counts from when it asked, and is older than its clock says; what it waits for others counts as the clock
 * says.
 */
function age(turn: Turn, ms: Millis): void {
  const { ownership } = turn.state;
  const { leaseUntil, hungUntil, circle } = ownership;
  setOwnership(turn, {
    leaseUntil: leaseUntil - ms,
    hungUntil: needsNoHeir(ownership) ? hungUntil : Math.max(hungUntil, leaseUntil),
    circle: circle === null ? null : { ...circle, startedAt: circle.startedAt - ms },
  });
  own(turn).contacts = recent.mapped(turn.state.contacts, (doubts) =>
    doubts === noDoubts ? doubts : { ...doubts, answeredAt: doubts.answeredAt - ms },
  );
  countMembers(turn);
  for (const request of pending.entries(turn.state.pending)) {
    setPending(turn, pending.replace(turn.state.pending, { ...request, sentAt: request.sentAt - ms }));
  }
}

function forget(turn: Turn): void {
  const { ownership, config } = turn.state;
  // Who is alone because others were silent may be the one that they gave up meanwhile: it asks them again.
  const isLast = areGone(turn.state, false);
  if (!needsNoHeir(ownership) || !isLast) {
    // Virtual nodes that hold the whole ring must not lease it to each other before they have asked.
    const graceMs = processHoldsRing(turn.state) && !isLast ? config.ring.intervalMs : 0;
    setOwnership(turn, { leaseUntil: Math.min(ownership.leaseUntil, turn.at - graceMs) });
  }
  restartWaits(turn);
  for (const request of pending.entries(turn.state.pending)) {
    const { purpose } = request;
    const ofRing = purpose._tag === "Ping" || purpose._tag === "Introduce" || purpose._tag === "Ask";
    if (ofRing && !(purpose._tag === "Ask" && purpose.role === "admission")) {
      setPending(turn, pending.remove(turn.state.pending, request.rid));
    }
  }
  if (turn.state.timers.isolatedSince !== null) ownTimers(turn).isolatedSince = turn.at;
  turn.askWanted = true;
}
