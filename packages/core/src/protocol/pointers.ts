import { between, distance } from "../identifier.js";
import type { Peer } from "../peer.js";
import type { NodeState } from "../state.js";
import { usable } from "../state.js";
import type { Turn } from "../turn.js";
import { noteHint, setPointers } from "../turn.js";

/** Successor lists: whom a node talks to clockwise. SIGCOMM 2001, section 4.5; Zave 2016. */

/** The first live node clockwise, as far as is known; null: nobody is left. */
export function head(state: NodeState): Peer | null {
  return state.pointers.successors[0] ?? null;
}

/** Whether the peer would be a nearer successor than the present one. */
export function nearerSuccessor(state: NodeState, peer: Peer): boolean {
  if (peer.id === state.self.id) return false;
  const present = head(state);
  return present === null || between(state.self.id, peer.id, present.id);
}

/** Makes `first`, which has answered, the successor, and its list the rest of ours: `first ++ list`, r long. */
export function adopt(turn: Turn, first: Peer, list: ReadonlyArray<Peer>): void {
  const { config, self, pointers } = turn.state;
  if (isKnown(pointers.successors, first, list, config.ring.successors)) return;
  const successors: Peer[] = [];
  let reached = 0n;
  for (const peer of [first, ...list]) {
    const away = distance(config.space, self.id, peer.id);
    if (away <= reached) break;
    reached = away;
    if (peer === first || usable(turn.state, peer, turn.at)) successors.push(peer);
    if (successors.length === config.ring.successors) break;
  }
  if (sameList(successors, pointers.successors)) return;
  // An array that grew has room for many.
  setPointers(turn, { successors: successors.slice() });
  noteHints(turn, successors);
}

/**
 * Most answers tell what a full list says already. Nobody in it has to be looked at: who is no longer usable is taken
 * out at once.
 */
function isKnown(known: ReadonlyArray<Peer>, first: Peer, list: ReadonlyArray<Peer>, most: number): boolean {
  if (known.length !== most || list.length < most - 1) return false;
  for (let i = 0; i < most; i++) {
    if (!samePeer(known[i] as Peer, i === 0 ? first : (list[i - 1] as Peer))) return false;
  }
  return true;
}

/** What lies between two neighbours is the second one's: a hint for lookups, for when they are no longer successors. */
function noteHints(turn: Turn, successors: ReadonlyArray<Peer>): void {
  let start = turn.state.self.id;
  for (const peer of successors) {
    noteHint(turn, { peer, length: distance(turn.state.config.space, start, peer.id) });
    start = peer.id;
  }
}

function sameList(a: ReadonlyArray<Peer>, b: ReadonlyArray<Peer>): boolean {
  return a.length === b.length && a.every((peer, i) => samePeer(peer, b[i] as Peer));
}

/** The same life of the same node; or nobody both times. */
export function samePeer(a: Peer | null, b: Peer | null): boolean {
  return a === b || (a !== null && b !== null && a.address === b.address && a.incarnation === b.incarnation);
}
