import { between } from "../identifier.js";
import type { Peer } from "../peer.js";
import { usable } from "../state.js";
import type { Turn } from "../turn.js";
import { ownPointers, setPointers } from "../turn.js";
import { ping } from "./failure.js";
import { samePeer } from "./pointers.js";

/**
 * Rectify (Zave 2016): a member says that this node is its successor. It becomes the predecessor if it is nearer than
 * the present one, or the present one is dead; where it is not nearer, the present one is asked whether it lives.
 */
export function rectify(turn: Turn, notifier: Peer): void {
  const { self, pointers } = turn.state;
  const present = pointers.predecessor;
  if (present !== null && present.address === notifier.address) {
    if (samePeer(present, notifier)) ownPointers(turn).predecessorHeardAt = turn.at;
    else setPointers(turn, { predecessor: notifier, predecessorHeardAt: turn.at });
    return;
  }
  if (
    present === null ||
    !usable(turn.state, present, turn.at) ||
    between(present.id, notifier.id, self.id)
  ) {
    setPointers(turn, { predecessor: notifier, predecessorHeardAt: turn.at });
    return;
  }
  checkPredecessor(turn, turn.state.config.ring.intervalMs / 2);
}

/** Asks a predecessor that has said nothing for so long whether it lives. */
export function checkPredecessor(turn: Turn, silentForMs: number): void {
  const { predecessor, predecessorHeardAt } = turn.state.pointers;
  if (predecessor !== null && turn.at - predecessorHeardAt >= silentForMs) ping(turn, predecessor);
}
