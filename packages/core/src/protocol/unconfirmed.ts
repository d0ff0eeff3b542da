import type { Distance, Id } from "../identifier.js";
import { between, distance } from "../identifier.js";
import type { Answer, Verdict } from "../message.js";
import type { Address, Peer } from "../peer.js";
import type { NodeState } from "../state.js";
import type { Turn } from "../turn.js";
import { own, ownTimers, setOwnership } from "../turn.js";
import { areGone } from "./alone.js";
import { tellJoined } from "./membership.js";
import { adopt, head } from "./pointers.js";
import { closestPreceding } from "./route.js";

/**
 * Rings of nodes that confirm nothing and grant no lease: what a node owns is what its predecessor leaves it, as in the
 * SIGCOMM paper of 2001. No two nodes agree on it while pointers change, so nothing that is said here is a promise.
 */

/** All that such a node says to one who stabilises. */
export const noLease: Verdict = { _tag: "Granted", leaseMs: 0 };

/** Claims what lies between the predecessor and this node; without a predecessor all, if nobody else is left. */
export function followPointers(turn: Turn): void {
  const { ownership, pointers } = turn.state;
  const had = ownership.token?.length ?? 0n;
  const length = ownedLength(turn.state);
  if (length === had && (ownership.token?.epoch ?? 0) === 0) return;
  const token = length === 0n ? null : { epoch: 0, length };
  const lost = { reason: "join", peer: pointers.predecessor } as const;
  const gained = { reason: had === 0n ? "join" : "failure", peer: null } as const;
  setOwnership(turn, {
    token,
    acknowledged: token,
    leaseUntil: token === null ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    cause: length === had ? ownership.cause : length < had ? lost : gained,
  });
}

/** Whoever answered at the place that this newcomer was sent to is its successor: it is a member. */
export function enter(turn: Turn, successor: Peer, answer: Answer): void {
  const { phase } = turn.state;
  if (phase._tag !== "Joining") return;
  own(turn).phase = { _tag: "Member", settling: null };
  adopt(turn, successor, answer.successors);
  ownTimers(turn).fingersAt = turn.at;
  turn.askWanted = true;
  tellJoined(turn, phase.operation);
}

/** Where a lookup ends, or goes on: with the successor as the owner, by this node's own word, or by that of a peer. */
export type Way = { readonly _tag: "Owner" | "Ask"; readonly peer: Peer };

/**
 * `find_successor` (SIGCOMM 2001, figure 5): what lies between this node and its successor is the successor's; for the
 * rest the nearest node before it is asked, which looks further. A node's own identifier is its own, so it is not asked
 * for it. Null: nobody is known.
 */
export function wayTo(state: NodeState, target: Id, excluded: ReadonlyArray<Address>): Way | null {
  const successor = head(state);
  if (successor === null) return null;
  const isNext = target === successor.id || between(state.self.id, target, successor.id);
  if (isNext) return excluded.includes(successor.address) ? null : { _tag: "Owner", peer: successor };
  const preceding = closestPreceding(state, target, excluded);
  return preceding === null ? null : { _tag: "Ask", peer: preceding.peer };
}

function ownedLength(state: NodeState): Distance {
  const { config, pointers, self } = state;
  const { predecessor } = pointers;
  if (predecessor !== null) return distance(config.space, predecessor.id, self.id);
  const isLast = head(state) === null && areGone(state, config.aloneBySilence);
  return isLast ? config.space.size : 0n;
}
