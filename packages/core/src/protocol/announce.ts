import type { Id } from "../identifier.js";
import { rangeStart } from "../identifier.js";
import type { Token } from "../message.js";
import { claimedToken, needsNoHeir } from "../ownership.js";
import type { NodeState } from "../state.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { announce, ownTimers, setOwnership } from "../turn.js";
import { askEverybody, isCutOff } from "./alone.js";
import { patienceMs } from "./durations.js";
import { head, samePeer } from "./pointers.js";
import { wouldBeAlone } from "./takeover.js";

/** What a turn changed that applications want to know of: found by comparing, so that no change can be forgotten. */
export function announceChanges(turn: Turn, earlier: NodeState): void {
  tellPointers(turn, earlier);
  tellIsolation(turn);
  tellRange(turn);
}

function tellPointers(turn: Turn, earlier: NodeState): void {
  const was = earlier.pointers;
  const is = turn.state.pointers;
  if (was === is) return;
  const from = head(earlier);
  const to = head(turn.state);
  if (!samePeer(from, to)) announce(turn, { _tag: "SuccessorChanged", from, to });
  if (!samePeer(was.predecessor, is.predecessor)) {
    announce(turn, { _tag: "PredecessorChanged", from: was.predecessor, to: is.predecessor });
  }
}

/** Isolated: a member of a ring of more than one, with nobody left to talk to. */
function tellIsolation(turn: Turn): void {
  const { timers } = turn.state;
  const isolated = isMember(turn.state) && isCutOff(turn.state) && needsOthers(turn);
  if (isolated && timers.isolatedSince === null) {
    ownTimers(turn).isolatedSince = turn.at;
    askEverybody(turn);
    announce(turn, { _tag: "Isolated" });
  } else if (!isolated && timers.isolatedSince !== null) ownTimers(turn).isolatedSince = null;
}

/**
 * Whether this node can't go on without other processes. Without siblings: unless the whole ring is its own. With
 * siblings: once these alone lease it nothing, or the holder of the only range that is neither its own nor theirs has
 * been silent for as long as a lease.
 */
function needsOthers({ state, at }: Turn): boolean {
  const { token, leaseUntil, gapSince, before } = state.ownership;
  const { ring } = state.config;
  if (head(state) === null) return !needsNoHeir(state.ownership);
  if (before !== null && wouldBeAlone(state, before) && at >= before.lastAt + patienceMs(ring)) return true;
  // A node that was stopped, or has just been handed its token, has an interval to get a lease on it.
  return token !== null && at >= Math.max(leaseUntil, gapSince) + ring.intervalMs;
}

/** Ranges end at this node's id: a claim changes only at its far end. */
function tellRange(turn: Turn): void {
  const { ownership, self, config } = turn.state;
  const was = ownership.announced;
  const is = claimedToken(turn.state, turn.at, was);
  if (is === was) return;
  const before = was?.length ?? 0n;
  const now = is?.length ?? 0n;
  setOwnership(turn, { announced: is });
  if (before === now) return;
  const lapsed = now === 0n && ownership.token !== null && !ownership.handingOver;
  const { reason, peer } = lapsed ? ({ reason: "lapse", peer: null } as const) : ownership.cause;
  const edge = (length: bigint): Id => rangeStart(config.space, self.id, length);
  const epoch = (is ?? (was as Token)).epoch;
  const [start, end] = now > before ? [edge(now), edge(before)] : [edge(before), edge(now)];
  announce(turn, { _tag: now > before ? "RangeGained" : "RangeLost", start, end, peer, reason, epoch });
  if (lapsed) setOwnership(turn, { cause: { reason, peer } });
}
