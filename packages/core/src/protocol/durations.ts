import type { Config, RingParameters } from "../config.js";
import type { Millis } from "../message.js";

// The waits of the protocol, all in terms of the ring's interval I and lease L.

/** How much two clocks may differ in speed while a lease runs: one part in twenty. */
const drift = 1.05;

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
 * Half of what nodes that confirm nothing wait for each other. A connection that a busy peer's queue had no place for
 * is tried again by the system after one second and after three.
 */
const unconfirmedTryMs = 2_500;

/**
 * How long an answer may take between neighbours. One retry follows before the peer is suspected. Where nodes confirm
 * nothing no lease runs out meanwhile, and to answer may take several connections: there is time, also for one of
 * them to be tried again, twice. And who is given up too early is gone round: another answers for its keys, and nobody
 * objects.
 */
export function answerTimeoutMs({ ring, dialect }: Config, roundTripMs: Millis): Millis {
  if (!dialect.confirms) return Math.max(ring.intervalMs, unconfirmedTryMs);
  return Math.min(ring.intervalMs / 2, ring.intervalMs / 4 + 4 * roundTripMs);
}
