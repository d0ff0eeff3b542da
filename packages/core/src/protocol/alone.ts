import type { Millis } from "../message.js";
import type { NodeState, Remembered } from "../state.js";
import { usable } from "../state.js";
import type { Turn } from "../turn.js";
import { longPatienceMs } from "./durations.js";
import { head } from "./pointers.js";

/** So often everybody was asked in vain before their silence is taken for death. */
const asksInVain = 4;

/**
 * Whether this node may conclude that it is alone: everybody that it remembers was asked since it lost its last pointer, and
 * refused; or W has passed, those who did not refuse were asked four times in vain, and silence may be taken for death.
 */
export function isAlone(state: NodeState, at: Millis): boolean {
  const { predecessor } = state.pointers;
  const { remembered } = state;
  if (head(state) !== null || (predecessor !== null && usable(state, predecessor, at))) return false;
  const since = state.timers.isolatedSince;
  const bySilence =
    state.config.aloneBySilence && since !== null && at >= since + longPatienceMs(state.config.ring);
  const refused = ({ standing, tries }: Remembered): boolean => standing === "refused" && tries > 0;
  const silent = ({ standing, tries }: Remembered): boolean => standing === "silent" && tries >= asksInVain;
  if (remembered.length > 0 && remembered.every(refused)) return true;
  return bySilence && remembered.every((entry) => refused(entry) || silent(entry));
}

/** Nobody is left to talk to: whatever came of it before, everybody is asked anew, but for those just proved dead. */
export function askEverybody(turn: Turn): void {
  const remembered = turn.state.remembered.map(
    (entry): Remembered =>
      entry.standing === "refused" && entry.askAt > turn.at && entry.tries === 1
        ? entry
        : { ...entry, tries: 0, askAt: turn.at },
  );
  turn.state = { ...turn.state, remembered };
}
