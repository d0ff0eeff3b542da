import { distance } from "../identifier.js";
import type { Peer } from "../peer.js";
import { usable } from "../state.js";
import type { Turn } from "../turn.js";
import { countedOn } from "./failure.js";
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
