import { distance } from "../identifier.js";
import { leased } from "../ownership.js";
import type { Peer } from "../peer.js";
import { usable } from "../state.js";
import type { Turn } from "../turn.js";
import { isElsewhere } from "./alone.js";
import { countedOn, ping } from "./failure.js";
import { head } from "./pointers.js";
import { ask } from "./stabilize.js";

/**
 * The whole successor list is gone: the nearest of all that are known is asked, until one answers. (Who is remembered
 * is asked too, as ever.)
 */
export function recoverHead(turn: Turn): void {
  if (head(turn.state) !== null) return;
  const { config, self, routes } = turn.state;
  const candidates = [...countedOn(turn.state), ...routes.entries.map((entry) => entry.peer)].filter(
    (peer) => peer.id !== self.id && usable(turn.state, peer, turn.at),
  );
  let nearest: Peer | null = null;
  for (const peer of candidates) {
    if (
      nearest === null ||
      distance(config.space, self.id, peer.id) < distance(config.space, self.id, nearest.id)
    ) {
      nearest = peer;
    }
  }
  if (nearest !== null) ask(turn, nearest, "candidate");
}

/**
 * No neighbour is left in another process, at most virtual nodes of its own: whether its fingers still lead elsewhere
 * is asked, since nobody else would for long.
 */
export function doubtFingers(turn: Turn): void {
  const { pointers, ownership, config } = turn.state;
  const { before } = ownership;
  const isSilent = before !== null && turn.at >= before.lastAt + config.ring.leaseMs / 2;
  if (leased(ownership, turn.at) && !isSilent) return;
  if ([...pointers.successors, pointers.predecessor].some((peer) => isElsewhere(turn.state, peer))) return;
  for (const { peer } of pointers.fingers) if (isElsewhere(turn.state, peer)) ping(turn, peer);
}
