import type { Millis } from "../message.js";
import type { NodeState, Remembered } from "../state.js";
import { deadSince, usable } from "../state.js";
import type { Turn } from "../turn.js";
import { own } from "../turn.js";
import { longPatienceMs } from "./durations.js";
import { head } from "./pointers.js";

/** So often everybody was asked in vain before their silence is taken for death. */
const asksInVain = 4;

/**
 * Whether this node may conclude that it is alone: everybody that it remembers was asked since it lost its last
 * pointer, and refused, and whoever holds what lies beneath is known to be dead; or W has passed, those who did not
 * refuse were asked four times in vain, and silence may be taken for death.
 */
export function isAlone(state: NodeState, at: Millis): boolean {
  const { predecessor } = state.pointers;
  if (head(state) !== null || (predecessor !== null && usable(state, predecessor, at))) return false;
  const { remembered, ownership, config } = state;
  const below = ownership.before?.report.peer;
  const since = state.timers.isolatedSince;
  const bySilence = config.aloneBySilence && since !== null && at >= since + longPatienceMs(config.ring);
  const proved = below === undefined ? remembered.length > 0 : deadSince(state, below) !== null;
  if (!bySilence && !proved) return false;
  return areGone(remembered, bySilence);
}

/** Whether all of them refused, or, where silence may be taken for death, were asked in vain. */
export function areGone(remembered: ReadonlyArray<Remembered>, bySilence: boolean): boolean {
  return remembered.every(
    ({ standing, tries }) =>
      (standing === "refused" && tries > 0) || (standing === "silent" && bySilence && tries >= asksInVain),
  );
}

/** Nobody is left to talk to: whatever came of it before, everybody is asked anew, but for those just proved dead. */
export function askEverybody(turn: Turn): void {
  own(turn).remembered = turn.state.remembered.map(
    (entry): Remembered =>
      entry.standing === "refused" && entry.askAt > turn.at && entry.tries === 1
        ? entry
        : { ...entry, tries: 0, askAt: turn.at },
  );
}
