import type { Config, RingParameters } from "../config.js";
import type { Millis } from "../message.js";

// The waits of the protocol, all in terms of the ring's interval I and lease L.

/** How much two clocks may differ in speed while a lease runs: one part in twenty. */
export const drift = 1.05;

/** L': how long an heir waits after it last served a node that fell silent, before it takes the node's range. */
export function patienceMs(ring: RingParameters): Millis {
  return ring.leaseMs * drift;
}

/**
 * W: after so long no lease can be left that was granted, through whatever chain of nodes, by one that has been silent
 * since: a lease, and an interval for each node that might stand between.
 */
export function longPatienceMs(ring: RingParameters): Millis {
  return (ring.leaseMs + (ring.successors + 1) * ring.intervalMs) * drift;
}

/**
 * How long the heir may take to acknowledge what will be left after a split, before that is given up: more than an
 * interval.
 */
export function splitPatienceMs(ring: RingParameters): Millis {
  return 1.5 * ring.intervalMs;
}

/** How long a lease may outlast that of the node which granted it: its rest and an interval is granted at most. */
export function outlastMs(ring: RingParameters): Millis {
  return ring.intervalMs * drift;
}

/** How long a node that did not answer is not used again, unless it speaks. */
export function suspicionMs(ring: RingParameters): Millis {
  return 3 * ring.intervalMs;
}

/**
 * The least time for an answer of a node that confirms nothing. If the queue of a busy peer has no place for a new
 * connection, the system tries again after one second, and after three: with one retry of ours there is time for both.
 */
const unconfirmedTryMs = 2_500;

/**
 * How long an answer may take between neighbours. One retry follows before the peer is suspected. Where nodes confirm
 * nothing more time is given: no lease runs out meanwhile, an answer may take several connections, and a live peer
 * that is given up too early does harm, since another then answers for its keys and nobody objects.
 */
export function answerTimeoutMs({ ring, dialect }: Config, roundTripMs: Millis): Millis {
  if (!dialect.confirms) return Math.max(ring.intervalMs, unconfirmedTryMs);
  return Math.min(ring.intervalMs / 2, ring.intervalMs / 4 + 4 * roundTripMs);
}
