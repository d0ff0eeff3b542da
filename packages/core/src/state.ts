import type { Config } from "./config.js";
import { ringRequestsMax } from "./config.js";
import type { Contact, Contacts } from "./contacts.js";
import * as contacts from "./contacts.js";
import type { SeedTrouble } from "./effect.js";
import type { OperationId } from "./event.js";
import type { Ownership } from "./holding.js";
import type { Distance } from "./identifier.js";
import type { Epoch, Millis } from "./message.js";
import type { Address, Incarnation, Peer } from "./peer.js";
import { processAddress, virtualAddress } from "./peer.js";
import type { Pending } from "./pending.js";
import * as pending from "./pending.js";
import type { Random } from "./random.js";
import { seedRandom } from "./random.js";
import * as recent from "./recent.js";
import type { Request } from "./request.js";
import type { Routes } from "./routes.js";
import { emptyRoutes } from "./routes.js";

/**
 * Everything that one identifier knows. A value: `step` makes the next one and leaves this as it was.
 *
 * @category state
 */
export interface NodeState {
  readonly config: Config;
  readonly self: Peer;
  readonly phase: Phase;
  readonly pointers: Pointers;
  readonly ownership: Ownership;
  readonly remembered: ReadonlyArray<Remembered>;
  /** What is known of processes, and of virtual nodes that left theirs: the latest that was learned. */
  readonly contacts: Contacts;
  readonly routes: Routes;
  readonly pending: Pending<Request>;
  readonly random: Random;
  readonly timers: Timers;
  /** The highest epoch that was heard of. */
  readonly epochSeen: Epoch;
  /** Round trips of lookups, smoothed. */
  readonly roundTripMs: Millis;
  /** How much of the ring the other virtual nodes of its process hold between them. */
  readonly siblingsHold: Distance;
}

/** How many contacts are kept beyond as many as peers may be remembered. */
const contactsBeyond = 64;

/** Where a node stands in its life. */
export type Phase =
  | { readonly _tag: "Idle" }
  | Joining
  /** `settling`: the application's request to join or create that is answered with the first lease. */
  | { readonly _tag: "Member"; readonly settling: OperationId | null }
  | Leaving
  | { readonly _tag: "Gone" };

export interface Leaving {
  readonly _tag: "Leaving";
  readonly operation: OperationId;
  readonly deadline: Millis;
  readonly retryAt: Millis;
}

export interface Joining {
  readonly _tag: "Joining";
  readonly operation: OperationId;
  readonly seeds: ReadonlyArray<Address>;
  readonly orCreate: boolean;
  /** A member that spoke when no seed was in the ring, and is asked as a seed is; `at`: when the first such spoke. */
  readonly met: { readonly address: Address; readonly at: Millis } | null;
  /** Which seed is asked now or next. */
  readonly turn: number;
  /** When the next try starts; `Infinity` while one is under way. */
  readonly retryAt: Millis;
  /** What each seed said last. */
  readonly told: ReadonlyMap<Address, SeedTrouble>;
  /** Since when every seed has said that it is no member, or refused; null: one said something else. */
  readonly vacantSince: Millis | null;
}

/** Whom to talk to. Says nothing of who owns what. */
export interface Pointers {
  /** The nearest nodes clockwise, nearest first; never this node. In a ring of n ≤ r nodes, the n - 1 others. */
  readonly successors: ReadonlyArray<Peer>;
  readonly predecessor: Peer | null;
  readonly predecessorHeardAt: Millis;
  /** The distinct fingers, by distance: the first node at or after `start` is `peer`. */
  readonly fingers: ReadonlyArray<Finger>;
  /** Since when the successor is not the heir, but names one between the two that this node can't reach. */
  readonly heirUnreachableSince: Millis | null;
  /** Since when the heir, in reach again, has turned this node away. */
  readonly turnedAwaySince: Millis | null;
}

/** A peer that is kept in mind, and what came of asking it. */
export interface Remembered {
  readonly peer: Peer;
  /**
   * `same`: it was in this node's own ring at the last test; `untested`: it may be in another, or was. The others are
   * dead.
   */
  readonly standing: "untested" | "same" | "silent" | "refused";
  /** When it is to be asked again; for one in the same ring, when it was tested. */
  readonly askAt: Millis;
  /** How often it was asked in a row without coming to be `same`. */
  readonly tries: number;
  /** Named by the application: never forgotten. */
  readonly seed: boolean;
}

export interface Finger {
  readonly index: number;
  readonly peer: Peer;
}

export interface Timers {
  readonly stabilizeAt: Millis;
  readonly fingersAt: Millis;
  /** Which finger is looked up next. */
  readonly fingerIndex: number;
  /** How many intervals after the last; 0: at once, the first time round. */
  readonly fingersRest: number;
  /** When a peer that is known to be in the ring is tested again, if nothing is new. */
  readonly introduceAt: Millis;
  /** The clocks as last seen, to within an eighth of an interval. */
  readonly at: Millis;
  readonly wall: Millis;
  /** When nobody was left to talk to; null: somebody is. */
  readonly isolatedSince: Millis | null;
}

/** A node that has done nothing yet. `seed`: 128 bits that nobody can guess. */
export function initialNode(
  config: Config,
  options: {
    readonly url: Address;
    readonly index: number;
    readonly incarnation: Incarnation;
    readonly seed: readonly [number, number, number, number];
    readonly at: Millis;
    readonly wall: Millis;
  },
): NodeState {
  const address = virtualAddress(options.url, options.index);
  return {
    config,
    self: { id: config.naming(address), address, incarnation: options.incarnation },
    phase: { _tag: "Idle" },
    pointers: {
      successors: [],
      predecessor: null,
      predecessorHeardAt: options.at,
      fingers: [],
      heirUnreachableSince: null,
      turnedAwaySince: null,
    },
    ownership: {
      token: null,
      acknowledged: null,
      leaseUntil: Number.NEGATIVE_INFINITY,
      hungUntil: Number.NEGATIVE_INFINITY,
      term: 0,
      before: null,
      gapSince: options.at,
      split: null,
      handingOver: false,
      quorumUntil: config.minMembers > 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
      circle: null,
      circlesPassed: [],
      circleBeneath: null,
      cause: { reason: "create", peer: null },
      announced: null,
    },
    remembered: [],
    contacts: recent.empty(config.limits.rememberedMax + contactsBeyond),
    routes: emptyRoutes(config.limits.routesMax),
    pending: pending.empty(config.limits.pendingMax + ringRequestsMax),
    random: seedRandom(options.seed),
    timers: {
      stabilizeAt: Number.POSITIVE_INFINITY,
      fingersAt: Number.POSITIVE_INFINITY,
      fingerIndex: 0,
      fingersRest: 0,
      introduceAt: options.at,
      at: options.at,
      wall: options.wall,
      isolatedSince: null,
    },
    epochSeen: 0,
    roundTripMs: config.ring.intervalMs / 20,
    siblingsHold: 0n,
  };
}

/** Whether this node is in the ring: what others may count on, also while it is about to leave. */
export function isMember(state: NodeState): boolean {
  const { _tag } = state.phase;
  return _tag === "Member" || _tag === "Leaving";
}

/**
 * Since when this life of the peer is known to be over: that of its whole process, or of this virtual node alone.
 * (Virtual node 0, whose address is the process's, joins first and leaves last.) Null: it may be alive.
 */
export function deadSince(state: NodeState, peer: Peer): Millis | null {
  return diedAt(state, peer, contacts.get(state.contacts, processAddress(peer.address)));
}

/** Whether the peer may be used as a pointer: not known to be dead, not silent of late. */
export function usable(state: NodeState, peer: Peer, at: Millis): boolean {
  const whole = contacts.get(state.contacts, processAddress(peer.address));
  return (whole === undefined || whole.doubts.suspectUntil <= at) && diedAt(state, peer, whole) === null;
}

function diedAt(state: NodeState, peer: Peer, whole: Contact | undefined): Millis | null {
  if (whole !== undefined && peer.incarnation <= whole.deadUntil) return whole.buriedAt;
  if (processAddress(peer.address) === peer.address) return null;
  const single = contacts.get(state.contacts, peer.address);
  return single !== undefined && peer.incarnation <= single.deadUntil ? single.buriedAt : null;
}
