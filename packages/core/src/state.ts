import type { Config } from "./config.js";
import type { LookupTrouble, RangeReason, SeedTrouble } from "./effect.js";
import type { LookupMode, OperationId } from "./event.js";
import type { Distance, Id } from "./identifier.js";
import { inRange, rangeStart } from "./identifier.js";
import type { Epoch, Hop, Message, Millis, Report, RequestId, Token } from "./message.js";
import type { Address, Incarnation, Peer } from "./peer.js";
import { processAddress, virtualAddress } from "./peer.js";
import type { Pending } from "./pending.js";
import * as pending from "./pending.js";
import type { Random } from "./random.js";
import { seedRandom } from "./random.js";
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
  readonly contacts: ReadonlyMap<Address, Contact>;
  readonly routes: Routes;
  readonly pending: Pending<Request>;
  readonly random: Random;
  readonly timers: Timers;
  /** The highest epoch that was heard of. */
  readonly epochSeen: Epoch;
  /** Round trips of lookups, smoothed. */
  readonly roundTripMs: Millis;
}

/** Where a node stands in its life. */
export type Phase =
  | { readonly _tag: "Idle" }
  | Joining
  /** `settling`: the application's request to join or create that is answered with the first lease. */
  | { readonly _tag: "Member"; readonly settling: OperationId | null }
  | {
      readonly _tag: "Leaving";
      readonly operation: OperationId;
      readonly deadline: Millis;
      readonly retryAt: Millis;
    }
  | { readonly _tag: "Gone" };

export interface Joining {
  readonly _tag: "Joining";
  readonly operation: OperationId;
  readonly seeds: ReadonlyArray<Address>;
  readonly orCreate: boolean;
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
  /** Peers that were of use once, and seeds: asked when nobody else is left. */
  readonly remembered: ReadonlyArray<Peer>;
}

export interface Finger {
  readonly index: number;
  readonly peer: Peer;
}

/** What this node holds and may claim. See `docs/OWNERSHIP-RULES.md`. */
export interface Ownership {
  /** The range that is this node's, if a lease stands behind it. */
  readonly token: Token | null;
  /** The token as the heir acknowledged it last: no more than that is claimed. Null: it knows nothing of it yet. */
  readonly acknowledged: Token | null;
  /** Until when it may be claimed. `Infinity`: the whole ring is its own, there is no heir to ask. */
  readonly leaseUntil: Millis;
  /** Counts replacements of the token, and handovers: a lease that was asked for before does not count. */
  readonly office: number;
  /** The token that ends where this one begins. This node is its holder's heir. */
  readonly before: Before | null;
  /** Since when it has been unknown who holds what ends where this begins. */
  readonly gapSince: Millis;
  /** A part promised to a newcomer, to be handed over once the heir knows. */
  readonly split: Split | null;
  /** A `Leave` is out: nothing is claimed. Refused, the range has to be leased anew. */
  readonly handingOver: boolean;
  /** A `Circle` of ours is under way. */
  readonly circle: { readonly rid: RequestId; readonly startedAt: Millis; readonly epoch: Epoch } | null;
  /** Those of others that were passed on, the latest last: none is passed on twice. */
  readonly circlesPassed: ReadonlyArray<RequestId>;
  /** Why the range last grew or shrank, and who had or has the part. */
  readonly cause: { readonly reason: RangeReason; readonly peer: Peer | null };
  /** What the application was told that is claimed. */
  readonly announced: Token | null;
}

export interface Before {
  readonly report: Report;
  readonly beneath: ReadonlyArray<Report>;
  /** The last time that its holder was served, or asked: silence counts from here. */
  readonly lastAt: Millis;
  /** Even if its holder is known to be dead, its token may be taken only then: who lies hidden behind it may be leased. */
  readonly notBefore: Millis;
  /** The highest epoch under which a handover of it was refused: a copy of that message must not be accepted later. */
  readonly refused: Epoch;
}

export interface Split {
  readonly peer: Peer;
  readonly token: Token;
  /** What will be left to this node. */
  readonly rest: Token;
  readonly rid: RequestId;
  readonly since: Millis;
}

/** What is known of a process, or of one virtual node that left it. */
export interface Contact {
  /** The highest incarnation seen. */
  readonly incarnation: Incarnation;
  /** Lives up to this one are dead: its port refused, it said goodbye, or a later life spoke. */
  readonly deadUntil: Incarnation;
  /** Did not answer; not used as a pointer until then, or until it speaks. */
  readonly suspectUntil: Millis;
  readonly roundTripMs: Millis;
}

export interface Timers {
  readonly stabilizeAt: Millis;
  readonly fingersAt: Millis;
  /** Which finger is looked up next, and whether this is the first time round, when none is waited for. */
  readonly fingerIndex: number;
  readonly fingersHurry: boolean;
  /** The clocks as last seen, to within an eighth of an interval. */
  readonly at: Millis;
  readonly wall: Millis;
  /** When nobody was left to talk to; null: somebody is. */
  readonly isolatedSince: Millis | null;
}

/** Something that was asked for, and what to do with the answer. */
export interface Request {
  readonly rid: RequestId;
  readonly expiresAt: Millis;
  readonly sentAt: Millis;
  /** Only this peer's answer counts; null: whoever can answer (a wandering lookup). */
  readonly to: Address | null;
  readonly purpose: Purpose;
}

export type Purpose =
  | AskPurpose
  | { readonly _tag: "Ping"; readonly peer: Peer; readonly tries: number }
  | Lookup
  | { readonly _tag: "JoinQuery"; readonly seed: Address }
  | { readonly _tag: "Inspect"; readonly operation: OperationId }
  | { readonly _tag: "Leave"; readonly heir: Peer; readonly message: Message; readonly again: boolean };

export interface AskPurpose {
  readonly _tag: "Ask";
  readonly peer: Peer;
  /** To the head of the list; to one that may be nearer; to the owner of this newcomer's id. */
  readonly role: "head" | "candidate" | "admission";
  readonly tries: number;
  readonly office: number;
  readonly token: Token | null;
}

/** A lookup on its way, kept by the one who looks up alone. */
export interface Lookup {
  readonly _tag: "Lookup";
  readonly target: Id;
  readonly deadline: Millis;
  readonly startedAt: Millis;
  readonly mode: LookupMode;
  readonly attempts: number;
  /** Nodes asked in this attempt. */
  readonly hops: number;
  /** Those that can't be used in this attempt. */
  readonly excluded: ReadonlyArray<Address>;
  readonly candidates: ReadonlyArray<Candidate>;
  readonly trace: ReadonlyArray<Hop>;
  /** Waits for its next attempt. */
  readonly resting: boolean;
  readonly trouble: LookupTrouble;
  readonly beneficiary: Beneficiary;
}

export interface Candidate {
  readonly peer: Peer;
  readonly why: Hop["why"];
}

/** For whom a lookup is made. */
export type Beneficiary =
  | { readonly _tag: "Application"; readonly operation: OperationId }
  | { readonly _tag: "Client"; readonly address: Address; readonly rid: RequestId }
  | { readonly _tag: "Finger"; readonly index: number };

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
      remembered: [],
    },
    ownership: {
      token: null,
      acknowledged: null,
      leaseUntil: Number.NEGATIVE_INFINITY,
      office: 0,
      before: null,
      gapSince: options.at,
      split: null,
      handingOver: false,
      circle: null,
      circlesPassed: [],
      cause: { reason: "create", peer: null },
      announced: null,
    },
    contacts: new Map(),
    routes: emptyRoutes(config.limits.routesMax),
    pending: pending.empty(config.limits.pendingMax),
    random: seedRandom(options.seed),
    timers: {
      stabilizeAt: Number.POSITIVE_INFINITY,
      fingersAt: Number.POSITIVE_INFINITY,
      fingerIndex: 0,
      fingersHurry: true,
      at: options.at,
      wall: options.wall,
      isolatedSince: null,
    },
    epochSeen: 0,
    roundTripMs: config.ring.intervalMs / 20,
  };
}

/** Whether this node is in the ring: what others may count on, also while it is about to leave. */
export function isMember(state: NodeState): boolean {
  return state.phase._tag === "Member" || state.phase._tag === "Leaving";
}

/** Whether the lease runs at this time. */
export function leased(ownership: Ownership, at: Millis): boolean {
  return at < ownership.leaseUntil && !ownership.handingOver;
}

/** Whether the heir knows the token as it is now. Until then nothing of it changes hands. */
export function confirmed(ownership: Ownership): boolean {
  return ownership.token !== null && ownership.acknowledged?.epoch === ownership.token.epoch;
}

/** Whether the token is the whole ring, so that there is nobody to be the heir. */
export function holdsWholeRing(state: NodeState): boolean {
  return state.ownership.token !== null && state.ownership.token.length === state.config.space.size;
}

/**
 * What this node claims at this time, confirmed by its heir: the range of that length that ends at its id, and the rest
 * of the lease. Null: nothing.
 */
export function claim(
  state: NodeState,
  at: Millis,
): { readonly token: Token; readonly leaseMs: Millis } | null {
  const own = state.ownership;
  const length = claimedLength(own);
  if (own.acknowledged === null || length === 0n || !leased(own, at)) return null;
  const leaseMs = Math.min(own.leaseUntil - at, state.config.ring.leaseMs);
  return { token: { epoch: own.acknowledged.epoch, length }, leaseMs };
}

/** Whether this node claims the key at this time. No message is needed to know. */
export function owns(state: NodeState, key: Id, at: Millis): boolean {
  const own = state.ownership;
  return leased(own, at) && inRange(state.config.space, key, state.self.id, claimedLength(own));
}

/** What the heir acknowledged, as far as it is still held. */
function claimedLength({ token, acknowledged }: Ownership): Distance {
  if (token === null || acknowledged === null) return 0n;
  if (acknowledged.length > token.length) return token.length;
  return acknowledged.length;
}

/** The point behind which the token begins. */
export function tokenStart(state: NodeState, token: Token): Id {
  return rangeStart(state.config.space, state.self.id, token.length);
}

/**
 * Whether this life of the peer is known to be over: that of its whole process, or of this virtual node alone. (Virtual
 * node 0, whose address is the process's, joins first and leaves last.)
 */
export function knownDead(state: NodeState, peer: Peer): boolean {
  const { contacts } = state;
  return isOver(contacts.get(processAddress(peer.address)), peer) || isOver(contacts.get(peer.address), peer);
}

/** Whether the peer may be used as a pointer: not known to be dead, not silent of late. */
export function usable(state: NodeState, peer: Peer, at: Millis): boolean {
  const contact = state.contacts.get(processAddress(peer.address));
  return !knownDead(state, peer) && (contact === undefined || contact.suspectUntil <= at);
}

function isOver(contact: Contact | undefined, peer: Peer): boolean {
  return contact !== undefined && peer.incarnation <= contact.deadUntil;
}
