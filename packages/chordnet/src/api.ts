import type { LookupMode } from "@chordnet/core";
import type { ChordNetError } from "./errors/errors.js";

/**
 * What members and clients both ask of a ring, and what they are told. What each can do besides is in `member/api.ts`
 * and `client/api.ts`; of events, requests, handovers and values in the folders of those names.
 *
 * All of it but keys and functions can be put into JSON. Identifiers are lower-case hexadecimal of ⌈bits / 4⌉ digits:
 * they sort as they lie on the ring.
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

export interface CallOptions {
  /** Gives up when aborted: the call rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gives up after this many milliseconds, more than 0: the call rejects with `TIMEOUT` (`join`: with the seeds'
   * troubles). A day at most, also where it is `Infinity`; but `join` and `joinOrCreate` then go on for ever.
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

/**
 * What a member and a client can both ask of a ring. Each call may also reject with `NOT_MEMBER` or `CLOSED`,
 * `ABORTED`, `BAD_OPTION`, and, where it names a key, `BAD_KEY`.
 */
export interface Lookups {
  /**
   * Which live node owns the key, by its own word. Retries until its deadline, 5,000 ms unless told; then rejects with
   * `NO_OWNER` or `TIMEOUT`. `OVERLOADED`: too many lookups are under way.
   */
  lookup(key: Key, options?: LookupOptions): Promise<Owner>;
  /**
   * The owner, and the next `count` - 1 live nodes of other processes behind it: fewer where the ring has fewer.
   * `count`: 1 to 64.
   */
  lookupMany(
    key: Key,
    count: number,
    options?: LookupOptions,
  ): Promise<readonly [Owner, ...ReadonlyArray<PeerInfo>]>;
  /**
   * Looks up what comes, many at once, and tells each answer when it is there, not in the order of the keys. A lookup
   * that fails is an answer with an `error`, and ends nothing.
   */
  lookups<K extends Key>(
    keys: AsyncIterable<K> | Iterable<K>,
    options?: LookupsOptions,
  ): AsyncIterableIterator<LookupAnswer<K>>;
  /** Looks up step by step, and tells each step. Fails as `lookup` does. */
  trace(key: Key, options?: CallOptions): Promise<Trace>;
  /** The identifier that a key falls on, in hexadecimal: what owners' ranges are compared with. Throws `BAD_KEY`. */
  keyId(key: Key): string;
  /**
   * Asks a node for its neighbours and its claim. Rejects with `BAD_ADDRESS`, `PEER_UNREACHABLE`, `REFUSED` or
   * `TIMEOUT`.
   */
  inspect(address: string, options?: CallOptions): Promise<NodeView>;
  /**
   * Has the key's owner handle something, and gives its response: redirected and retried through changes until its
   * deadline, 5,000 ms unless told. At least once: a request that was handled may come to a handler again, with the
   * same id. At most 16 MiB each way, else `TOO_LARGE`. Rejects with `NO_OWNER` or `TIMEOUT` at the deadline, with
   * `NO_HANDLER`, or with `HANDLER_FAILED`: what the handler threw.
   */
  request(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
  /**
   * The same with bodies of any length: neither side sends what the other does not read. Sent when the response is
   * read; the deadline ends when it begins. A body that was begun is not sent again: then it fails with `INTERRUPTED`.
   */
  stream(key: Key, body: Body, options?: CallOptions): AsyncIterableIterator<Uint8Array>;
  /**
   * The nodes of the ring, in its order, one asked after the other within the deadline, 60,000 ms unless told. Throws
   * `RING_BROKEN` where it does not close or is out of order.
   */
  walk(options?: CallOptions): AsyncIterableIterator<NodeView>;
}

/** All at once, or as it comes. */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;
