import type { Millis } from "../message.js";
import { processHoldsRing } from "../ownership.js";
import type { Peer } from "../peer.js";
import { sameProcess } from "../peer.js";
import type { NodeState, Remembered } from "../state.js";
import { deadSince, usable } from "../state.js";
import type { Turn } from "../turn.js";
import { own } from "../turn.js";
import { longPatienceMs } from "./durations.js";

/** How often everybody must have been asked in vain before silence counts as death. */
const asksInVain = 4;

/**
 * Whether this node may conclude that it is alone: everybody that it remembers was asked since it lost its last
 * pointer, and refused, and whoever holds what lies beneath is known to be dead; or W has passed, those who did not
 * refuse were asked four times in vain, and silence may be taken for death.
 */
export function isAlone(state: NodeState, at: Millis): boolean {
  const holder = state.ownership.before?.report.peer ?? null;
  const proved = isElsewhere(state, holder)
    ? deadSince(state, holder) !== null
    : processHoldsRing(state) || state.remembered.length > 0;
  return mayBeAlone(state, at, proved);
}

/** As `isAlone`, where it is proved that nobody holds what lies beneath. */
export function isLast(state: NodeState, at: Millis): boolean {
  return mayBeAlone(state, at, true);
}

function mayBeAlone(state: NodeState, at: Millis, proved: boolean): boolean {
  const { pointers, config, timers } = state;
  const { predecessor } = pointers;
  if (!isCutOff(state) || (isElsewhere(state, predecessor) && usable(state, predecessor, at))) return false;
  const since = timers.isolatedSince;
  const bySilence = config.aloneBySilence && since !== null && at >= since + longPatienceMs(config.ring);
  return (bySilence || proved) && areGone(state, bySilence);
}

/** Whether nobody outside of this node's own process is left to talk to, as far as it knows. */
export function isCutOff(state: NodeState): boolean {
  const { successors, predecessor, fingers } = state.pointers;
  if (successors.length === 0) return true;
  for (const peer of successors) if (isElsewhere(state, peer)) return false;
  return !isElsewhere(state, predecessor) && fingers.every(({ peer }) => !isElsewhere(state, peer));
}

/** Whether all that are remembered refused, or, where silence may be taken for death, were asked in vain. */
export function areGone(state: NodeState, bySilence: boolean): boolean {
  return state.remembered.every(
    ({ peer, standing, tries }) =>
      !isElsewhere(state, peer) ||
      (standing === "refused" && tries > 0) ||
      (standing === "silent" && bySilence && tries >= asksInVain),
  );
}

/** Whether the peer is of another process. */
export function isElsewhere({ self }: NodeState, peer: Peer | null): peer is Peer {
  return peer !== null && !sameProcess(peer.address, self.address);
}

/** Nobody is left to talk to: everybody is asked anew, whatever came of it before, but for those just proved dead. */
export function askEverybody(turn: Turn): void {
  own(turn).remembered = turn.state.remembered.map((entry): Remembered => {
    if (entry.standing === "refused" && entry.askAt > turn.at && entry.tries === 1) return entry;
    // Whoever was in this ring may have died since, and would be tested in its turn alone.
    const standing = entry.standing === "same" ? "untested" : entry.standing;
    return { ...entry, standing, tries: 0, askAt: turn.at };
  });
}
