import type { Clocked } from "../event.js";
import type { Millis } from "../message.js";
import { processHoldsRing } from "../ownership.js";
import * as pending from "../pending.js";
import type { NodeState } from "../state.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { ownTimers, setOwnership, setPending } from "../turn.js";
import { areGone } from "./alone.js";
import { restartWaits } from "./takeover.js";

/**
 * A process that was stopped, or a machine that slept, finds on waking that time has passed: a timer is much too late,
 * or the calendar has run away from the monotonic clock. It then claims nothing until its heir has answered, and no
 * silence of others from before counts.
 */
export function noticeTime(turn: Turn): void {
  if (sawTime(turn.state, turn.at, turn.wall)) return;
  if (isMember(turn.state) && wasAway(turn, turn.state.timers)) forget(turn);
  seeTime(turn);
}

/** Whether a node looked at the clocks so recently that they say nothing new. */
export function sawTime({ timers, config }: NodeState, at: Millis, wall: Millis): boolean {
  const { intervalMs } = config.ring;
  const passed = at - timers.at;
  return passed < intervalMs / 8 && passed >= 0 && Math.abs(wall - timers.wall) < intervalMs;
}

/** The clocks as they are now. */
export function seeTime(turn: Turn): void {
  const timers = ownTimers(turn);
  timers.at = turn.at;
  timers.wall = turn.wall;
}

/** A node looks at its timers at least once an interval: more than that and half a lease, and it was away. */
function wasAway(turn: Turn, last: Clocked): boolean {
  const { intervalMs, leaseMs } = turn.state.config.ring;
  const passed = turn.at - last.at;
  const jumped = Math.abs(turn.wall - last.wall - passed);
  return passed > 1.25 * intervalMs + leaseMs / 2 || jumped > leaseMs / 2;
}

function forget(turn: Turn): void {
  const { ownership, config } = turn.state;
  // Who is alone because others were silent may be the one that they gave up meanwhile: it asks them again.
  const isLast = areGone(turn.state, false);
  if (ownership.leaseUntil !== Number.POSITIVE_INFINITY || !isLast) {
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
