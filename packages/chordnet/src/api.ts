import type { LookupMode, RangeReason } from "@chordnet/core";
import type { ChordNetError } from "./errors.js";
import type { RingStatus, Status } from "./status.js";

/**
 * What the methods of `ChordNet` and `ChordNetClient` take and give. All of it but keys and functions can be put into
 * JSON; identifiers are lower-case hexadecimal of ⌈bits / 4⌉ digits, so that they sort as they lie on the ring.
 *
 * @category api
 */

/** What is looked up: text (hashed as UTF-8), bytes (hashed), or a point of the ring itself. */
export type Key = string | Uint8Array | { readonly id: bigint | string };

/** A node, as far as its address tells. */
export interface PeerInfo {
  readonly id: string;
  readonly address: string;
  /** The host that `address` names; for `memory://a`, `a`. */
  readonly host: string;
  /** The port that `address` names; null where its scheme has none. */
  readonly port: number | null;
}

/** The live node that confirmed that it owns the key. */
export interface Owner extends PeerInfo {
  /** Nodes contacted after the one that looked up, the owner included: 0 where that one owns the key itself. */
  readonly hops: number;
  /**
   * Whether it said so itself, under a lease. Always, but on somebody else's wire: there another node said it, and
   * epoch and lease mean nothing.
   */
  readonly confirmed: boolean;
  /** Rises whenever the key changes hands: a fencing token. */
  readonly epoch: number;
  /** How long the owner may still claim the key without renewing, counted from when it was asked. */
  readonly leaseMs: number;
  /** Whether the owner is this very node (one of its virtual nodes). A client owns nothing. */
  readonly self: boolean;
}

/** The keys from `from` (exclusive) clockwise to `to` (inclusive). `from` equal to `to`: every key. */
export interface Range {
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
  /** The rest of the lease. */
  readonly leaseMs: number;
  /** Which virtual node holds it: 0 to `virtualNodes` - 1. */
  readonly node: number;
}

export interface TraceHop {
  readonly peer: PeerInfo;
  /** How the lookup came to it: `successor`, `finger`, `route` (seen before), `predecessor`, `told`, `self`. */
  readonly why: string;
  /** Since the hop before. */
  readonly ms: number;
}

export interface Trace {
  readonly owner: Owner;
  readonly hops: ReadonlyArray<TraceHop>;
}

/** What a node says of its place on the ring. */
export interface NodeView extends PeerInfo {
  readonly predecessor: PeerInfo | null;
  readonly successors: ReadonlyArray<PeerInfo>;
  /** What it claims at this moment, null: nothing. */
  readonly claim: { readonly from: string; readonly to: string; readonly epoch: number } | null;
  readonly leaseMs: number;
}

/** One answer of `lookups`: exactly one of `owner` and `error` is there. */
export type LookupAnswer<K extends Key = Key> =
  | { readonly key: K; readonly owner: Owner; readonly error?: never }
  | { readonly key: K; readonly error: ChordNetError; readonly owner?: never };

/**
 * Members to join through: addresses, or a function that finds them. It is asked again for each round of attempts, also
 * where it rejects or finds nobody.
 */
export type Seeds = string | ReadonlyArray<string> | (() => Promise<string | ReadonlyArray<string>>);

export interface CallOptions {
  /** Gives up when aborted: the call rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gives up after this many milliseconds: the call rejects with `TIMEOUT` (`join`: with the seeds' troubles).
   * `Infinity`: never.
   */
  readonly timeoutMs?: number | undefined;
}

export interface LookupOptions extends CallOptions {
  /** `recursive`: handed on from node to node; `iterative`: each step asked from here. */
  readonly mode?: LookupMode | undefined;
}

export interface LookupsOptions extends LookupOptions {
  /** Lookups in flight at once: 1 to 65,536; 64 unless told. */
  readonly concurrency?: number | undefined;
}

/** What a member and a client can both ask of a ring. */
export interface Lookups {
  /** Which live node owns the key, by its own word. Retries until its deadline, 5,000 ms unless told. */
  lookup(key: Key, options?: LookupOptions): Promise<Owner>;
  /** The owner, and the next `count` - 1 live nodes of other processes behind it: fewer where the ring has fewer. */
  lookupMany(
    key: Key,
    count: number,
    options?: LookupOptions,
  ): Promise<readonly [Owner, ...ReadonlyArray<PeerInfo>]>;
  /** Looks up what comes, many at once, and tells each answer when it is there, not in the order of the keys. */
  lookups<K extends Key>(
    keys: AsyncIterable<K> | Iterable<K>,
    options?: LookupsOptions,
  ): AsyncIterableIterator<LookupAnswer<K>>;
  /** Looks up step by step, and tells each. */
  trace(key: Key, options?: CallOptions): Promise<Trace>;
  /** The identifier that a key falls on, in hexadecimal. */
  keyId(key: Key): string;
  /** Asks a node for its neighbours and its claim. */
  inspect(address: string, options?: CallOptions): Promise<NodeView>;
  /**
   * Has the key's owner handle something, and gives its response: redirected and retried through changes until its
   * deadline, 5,000 ms unless told. At least once: a request that was handled may come to a handler again, with the
   * same id. At most 16 MiB each way.
   */
  request(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
  /**
   * The same with bodies of any length: neither side sends what the other does not read. Sent when the response is
   * read; the deadline ends when it begins. A body that was begun is not sent again: then it fails with `INTERRUPTED`.
   */
  stream(key: Key, body: Body, options?: CallOptions): AsyncIterableIterator<Uint8Array>;
  /** The nodes of the ring, in its order. Throws `RING_BROKEN` where it does not close or is out of order. */
  walk(options?: CallOptions): AsyncIterableIterator<NodeView>;
}

/** A number that rises with each change of a key. */
export interface Version {
  readonly version: number;
}

export interface StoredValue extends Version {
  readonly bytes: Uint8Array;
}

/** The values that a ring keeps: what is promised of them, and what is not, is in `docs/STORAGE.md`. */
export interface Store {
  /**
   * Resolves when a majority of those that are to keep the value have it, as durable as their storage makes it. One
   * that rejects may be found all the same.
   */
  put(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<Version>;
  /** The value as the key's owner has it; null: there is none. */
  get(key: Key, options?: CallOptions): Promise<StoredValue | null>;
  /** As `put`: afterwards there is no value. */
  delete(key: Key, options?: CallOptions): Promise<Version>;
}

/** Of what this node keeps, for itself and for others. */
export interface HeldValue extends StoredValue {
  /** As bytes, whatever it was put as; empty where a point of the ring is the key itself. */
  readonly key: Uint8Array;
  readonly id: string;
}

export interface MemberStore extends Store {
  /** What this node keeps, in the order of the ring: for backups and counts. Changes meanwhile may show or not. */
  held(): AsyncIterableIterator<HeldValue>;
}

/** All at once, or as it comes. */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** What a handler is told of a request. Name what you need of it: a copy by `{ ...request }` lacks the signal. */
export interface RequestInfo {
  /** As the requester wrote it; a point of the ring as `{ id }` with hexadecimal digits. */
  readonly key: Key;
  /** The same over all attempts of one request: a request that was handled already may come again. */
  readonly id: string;
  /** The epoch of the claim under which it is handled: a fencing token. */
  readonly epoch: number;
  /** Aborted when this node does not claim the key any more, or when nobody waits for the response. */
  readonly signal: AbortSignal;
  /** The address of the member that asks; null: a client. */
  readonly from: string | null;
}

export interface KeyRequest extends RequestInfo {
  readonly bytes: Uint8Array;
}

export interface StreamRequest extends RequestInfo {
  /** To be read once. Nothing is sent that is not read, but for some 256 KiB. */
  readonly body: AsyncIterable<Uint8Array>;
}

export type RequestHandler = (request: KeyRequest) => Uint8Array | Promise<Uint8Array>;

/** May be an async generator function. */
export type StreamHandler = (request: StreamRequest) => Body | Promise<Body>;

/** Keys that changed hands: those from `from` (exclusive) clockwise to `to` (inclusive). */
export interface HandoverRange {
  readonly from: string;
  readonly to: string;
  /** Whether the key is one of them. */
  has(key: Key): boolean;
  /** The epoch of the new owner's claim. */
  readonly epoch: number;
  /** The other side's address. */
  readonly peer: string;
  /** Aborted when the time is over, or the other side gone. */
  readonly signal: AbortSignal;
}

export interface TakenRange extends HandoverRange {
  /** How the range came here. */
  readonly reason: RangeReason;
  /** What the other side's `give` gave, cut as it suits the network. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** How what the application keeps for its keys follows them. */
export interface Handover {
  /**
   * Gives what is kept for the range, which is another's now. Called when all handlers for its keys have ended; again
   * where it was interrupted. Keep the copy.
   */
  give(range: HandoverRange): AsyncIterable<Uint8Array>;
  /**
   * Takes it. Until this resolves no request for the range is handled here. When the stream breaks off `chunks` throws,
   * and `take` is called again, from the beginning.
   */
  take(range: TakenRange): Promise<void>;
  /** The new owner has it all: the copy is not needed any more. */
  given?(range: HandoverRange): void | Promise<void>;
  /** After this long the new owner goes on with what it has; 10,000 unless told. */
  readonly timeoutMs?: number | undefined;
}

/** What stands behind something that is done because this node owns a key. */
export interface Held {
  /** Rises whenever the key changes hands: a fencing token. */
  readonly epoch: number;
  /** Aborted when this node does not own the key any more, before another can. */
  readonly signal: AbortSignal;
}

/** Where a node is in its life, which it goes through once. A failed `join` leads back to `idle`. */
export type Phase = "idle" | "joining" | "member" | "leaving" | "closed";

/** `node` says which virtual node it happened to, 0 to `virtualNodes` - 1. */
export interface NeighbourChanged {
  readonly from: PeerInfo | null;
  readonly to: PeerInfo | null;
  readonly node: number;
}

/** The keys from `from` (exclusive) clockwise to `to` (inclusive). `from` equal to `to`: every key. */
export interface RangeChanged {
  readonly from: string;
  readonly to: string;
  /** Who had it before, or has it now; null where that is not known or nobody. */
  readonly peer: PeerInfo | null;
  readonly reason: RangeReason;
  readonly epoch: number;
  readonly node: number;
}

/** What `on` tells of, after the state has changed: a listener may call back in. */
export interface Events {
  /** This node is a member now. */
  readonly joined: { readonly id: string; readonly address: string };
  /** This node is no member any more: `leave()` handed over, or not within its deadline; or `close()`. */
  readonly left: { readonly id: string; readonly address: string; readonly handedOver: boolean };
  readonly successorChanged: NeighbourChanged;
  readonly predecessorChanged: NeighbourChanged;
  readonly rangeGained: RangeChanged;
  readonly rangeLost: RangeChanged;
  readonly peerEvicted: { readonly peer: PeerInfo; readonly reason: string; readonly node: number };
  /** Nobody that this node knows answers. */
  readonly isolated: { readonly node: number };
  /** A seed could not be used, and why; the next one is tried. */
  readonly seedFailed: { readonly seed: string; readonly reason: string; readonly detail: string };
}

export type EventName = keyof Events;

/** How a node left. */
export interface Departure {
  /** Somebody took what this node held, or it held nothing. False, too, where nobody was left to take it. */
  readonly handedOver: boolean;
}

/** A member of a ring, or one to be. `ChordNet` is the class. */
export interface Member extends Lookups {
  /** The ring's values. */
  readonly store: MemberStore;
  /**
   * This node's identifier. Throws `NOT_MEMBER` until `create()` or `join()` has been called and the address is known.
   */
  readonly id: string;
  /** The address that this node advertises. Throws as `id` does. */
  readonly address: string;
  readonly phase: Phase;
  /** Founds a ring of this node alone. */
  create(options?: CallOptions): Promise<void>;
  /** Becomes a member, trying the seeds round and round until its deadline, 10,000 ms unless told. */
  join(seeds: Seeds, options?: CallOptions): Promise<void>;
  /** Joins where a seed is a member; where none is, one of those that started together founds the ring. */
  joinOrCreate(seeds: Seeds, options?: CallOptions): Promise<void>;
  /**
   * Handles the requests for the keys that this node owns. Call it before `join`. Returns how to stop; there can be one
   * handler.
   */
  onRequest(handler: RequestHandler): () => void;
  /** The same with the bodies as streams; an async generator function will do. */
  onStream(handler: StreamHandler): () => void;
  /**
   * Moves what the application keeps along with the keys: by join, leave and merge, which wait for it. Call it before
   * `join`. Returns how to stop; there can be one.
   */
  onHandover(handover: Handover): () => void;
  /**
   * Runs something where this node owns the key, and gives what it gives. Rejects with `NOT_OWNER`, which names the
   * owner, where another does.
   */
  withOwnership<A>(key: Key, run: (held: Held) => A | Promise<A>, options?: CallOptions): Promise<A>;
  /**
   * Calls back with the key's owner, now and whenever it changes; with null while no node confirms. Returns how to
   * stop.
   */
  watch(key: Key, listener: (owner: Owner | null) => void): () => void;
  /** Whether this node claims the key at this moment. */
  owns(key: Key): boolean;
  /** What this node claims at this moment. */
  ranges(): ReadonlyArray<Range>;
  /** The nodes that this one knows and thinks alive. */
  peers(): ReadonlyArray<PeerInfo>;
  /** The whole state, for people and monitoring. */
  status(): Status;
  /**
   * Hands over, tells the neighbours, closes. What is not handed over within `timeoutMs` (5,000) counts as a crash: the
   * result tells. Never rejects but for a bad `timeoutMs`.
   */
  leave(options?: { readonly timeoutMs?: number | undefined }): Promise<Departure>;
  /** Goes at once, as a crash would, and leaves nothing open. */
  close(): Promise<void>;
  /** Returns how to stop listening. Throws `BAD_OPTION` for an event that there is not. */
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One who asks and is no member. `ChordNet.connect` makes it. */
export interface Client extends Lookups {
  /** The ring's values. */
  readonly store: Store;
  /** The parameters of the ring, as its members tell them. */
  readonly ring: RingStatus;
  /** The whole state of the node that answers, or of the one at `address`. */
  status(options?: CallOptions & { readonly address?: string | undefined }): Promise<Status>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
