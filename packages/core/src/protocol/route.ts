import type { Distance, Id } from "../identifier.js";
import { between, distance, inRange } from "../identifier.js";
import { isStranded } from "../ownership.js";
import type { Address } from "../peer.js";
import type { Candidate } from "../request.js";
import { ownerHint, precedingHint } from "../routes.js";
import type { NodeState } from "../state.js";
import { deadSince } from "../state.js";
import { chainOf } from "./reports.js";

/**
 * Where a lookup goes next: to whoever seems to own the target, else to the known node that lies nearest before it
 * (SIGCOMM 2001, section 4.3: closest preceding finger), or nearest behind it where that is closer. Null: this node
 * knows nobody nearer than itself.
 *
 * `atOrigin`: ranges that were seen once are believed only where the lookup starts, so that two stale memories can't
 * send it to and fro. `hops`: through how many nodes the lookup has come; 0 for who leads it itself, and leaves out
 * whom it has asked.
 */
export function nextHop(
  state: NodeState,
  target: Id,
  atOrigin: boolean,
  excluded: ReadonlyArray<Address>,
  hops = 0,
): Candidate | null {
  const { config, self, pointers, ownership, routes } = state;
  if (atOrigin) {
    const hint = ownerHint(routes, config.space, target);
    if (hint !== null && hint.peer.id !== self.id && !excluded.includes(hint.peer.address)) {
      return { peer: hint.peer, why: "route" };
    }
  }
  const near = neighbour(state, target, excluded, hops >= astrayHops);
  if (near !== null) return near;
  // Nobody stands between the target and this node: whoever lies before it would only send it back here.
  if (isNext(state, target) && !isStranded(state, state.timers.at)) return null;
  const preceding = closestPreceding(state, target, excluded);
  const predecessor = pointers.predecessor;
  if (predecessor === null || excluded.includes(predecessor.address)) return preceding;
  // Back from predecessor to predecessor is for what lies just behind: from farther away it would be half the ring.
  const away = distance(config.space, target, self.id);
  if (preceding !== null && ownership.before !== null && away >= coveredLength(state)) return preceding;
  const behind = distance(config.space, target, predecessor.id);
  if (behind >= away) return preceding;
  if (preceding !== null && distance(config.space, preceding.peer.id, target) <= behind) return preceding;
  return { peer: predecessor, why: "predecessor" };
}

/**
 * A lookup that has come through so many nodes goes in circles: more than twice what it takes in rings of ten thousand.
 * What is known at second hand of those farther on is up to r intervals old. Where many have come since, a lookup that
 * goes by it comes out too far behind the target to be led back, is sent round the ring, and comes by the same node.
 */
const astrayHops = 16;

/**
 * The owner, where it is one of the next r nodes, or one whose token is known to lie beneath this node's. `nearest`:
 * only the nearest on each side, which this node asks or serves itself. What it knows of the others comes by way of
 * these.
 */
function neighbour(
  state: NodeState,
  target: Id,
  excluded: ReadonlyArray<Address>,
  nearest: boolean,
): Candidate | null {
  const { config, self, pointers, ownership } = state;
  let start = self.id;
  for (const peer of pointers.successors) {
    if (!excluded.includes(peer.address)) {
      if (target === peer.id || between(start, target, peer.id)) return { peer, why: "successor" };
      if (nearest) break;
      start = peer.id;
    }
  }
  if (ownership.before === null) return null;
  const { report, beneath } = ownership.before;
  // In a small ring the reports go round to this node's own.
  const holder = (nearest ? [report] : [report, ...beneath]).find(
    ({ peer, token }) => peer.id !== self.id && inRange(config.space, target, peer.id, token.length),
  );
  if (holder === undefined || excluded.includes(holder.peer.address)) return null;
  return deadSince(state, holder.peer) === null ? { peer: holder.peer, why: "predecessor" } : null;
}

/** The known node that lies nearest before the target (SIGCOMM 2001, figure 5); null: none but this one. */
export function closestPreceding(
  state: NodeState,
  target: Id,
  excluded: ReadonlyArray<Address>,
): Candidate | null {
  const { self, pointers, routes } = state;
  let best: Candidate | null = null;
  for (const { peer } of pointers.fingers) {
    if (
      between(best === null ? self.id : best.peer.id, peer.id, target) &&
      !excluded.includes(peer.address)
    ) {
      best = { peer, why: "finger" };
    }
  }
  for (const peer of pointers.successors) {
    if (
      between(best === null ? self.id : best.peer.id, peer.id, target) &&
      !excluded.includes(peer.address)
    ) {
      best = { peer, why: "successor" };
    }
  }
  const seen = precedingHint(routes, best === null ? self.id : best.peer.id, target);
  return seen !== null && !excluded.includes(seen.peer.address) ? { peer: seen.peer, why: "route" } : best;
}

/** Whether this node is the first at or behind the target, as far as it knows. */
function isNext(state: NodeState, target: Id): boolean {
  const { config, self, pointers } = state;
  const away = distance(config.space, target, self.id);
  const { predecessor } = pointers;
  return (
    away < (predecessor === null ? coveredLength(state) : distance(config.space, predecessor.id, self.id))
  );
}

/** How far back this node's token and what lies beneath it reach, as far as that is known. */
function coveredLength({ ownership: { token, before } }: NodeState): Distance {
  let length = token?.length ?? 0n;
  for (const report of chainOf(before)) length += report.token.length;
  return length;
}
