import type { CallOptions, Key, Lookups, Owner, PeerInfo } from "../api.js";
import type { EventName, Events } from "../events/events.js";
import type { Handover } from "../handover/api.js";
import type { Held, RequestHandler, StreamHandler } from "../requests/api.js";
import type { Status } from "../status.js";
import type { MemberStore } from "../store/api.js";

/**
 * What a node of a ring can do and tell.
 *
 * @category api
 */

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

/**
 * Members to join through: addresses, or a function that finds them. It is asked again for each round of attempts, also
 * where it rejects or finds nobody.
 */
export type Seeds = string | ReadonlyArray<string> | (() => Promise<string | ReadonlyArray<string>>);

/** Where a node is in its life, which it goes through once. A failed `join` leads back to `idle`. */
export type Phase = "idle" | "joining" | "member" | "leaving" | "closed";

/** How a node left. */
export interface Departure {
  /**
   * Somebody took what this node held. False where nobody was left to take it, whoever took it is gone before it had
   * all, or this node never was a member.
   */
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
  /**
   * Founds a ring of this node alone. Its deadline is 10,000 ms unless told. Rejects with `ALREADY_MEMBER` or `CLOSED`,
   * with `ADDRESS_IN_USE`, `ADDRESS_UNAVAILABLE` or `ADDRESS_TAKEN` where it cannot have its address, with
   * `STORAGE_UNUSABLE`, or with `TIMEOUT`.
   */
  create(options?: CallOptions): Promise<void>;
  /**
   * Becomes a member, trying the seeds round and round until its deadline, 10,000 ms unless told; then rejects with
   * `NO_SEED` and what was wrong with each. Sooner where trying again cannot help: as `create`, and with
   * `RING_MISMATCH`, `SELF_JOIN`, `BAD_ADDRESS`, `ID_TAKEN` or `ADDRESS_UNREACHABLE`.
   */
  join(seeds: Seeds, options?: CallOptions): Promise<void>;
  /**
   * Joins where a seed is a member; where none is, one of those that started together founds the ring. Fails as `join`
   * does.
   */
  joinOrCreate(seeds: Seeds, options?: CallOptions): Promise<void>;
  /**
   * Handles the requests for the keys that this node owns. Call it before `join`. Returns how to stop. Throws
   * `BAD_OPTION` where there is a handler already, of either kind: stop that one first.
   */
  onRequest(handler: RequestHandler): () => void;
  /** The same with the bodies as streams; an async generator function will do. */
  onStream(handler: StreamHandler): () => void;
  /**
   * Moves what the application keeps along with the keys: by join, leave and merge, which wait for it. Call it before
   * `join`. Returns how to stop. There can be one, as with handlers.
   */
  onHandover(handover: Handover): () => void;
  /**
   * Runs something where this node owns the key, and gives what it gives, or rejects as it does. Rejects with
   * `NOT_OWNER`, which names the owner, where another does; with `NO_OWNER` or `TIMEOUT` where that is not known by the
   * deadline, 5,000 ms unless told, which ends when `run` begins; with `UNCONFIRMED` on somebody else's wire. It keeps
   * other nodes out, and not a second call on this one.
   */
  withOwnership<A>(key: Key, run: (held: Held) => A | Promise<A>, options?: CallOptions): Promise<A>;
  /**
   * Calls back with the key's owner, now and whenever it changes, which is looked up once an interval; with null while
   * no node confirms. Ends with this node; returns how to stop before. Throws `NOT_MEMBER` before this node is one,
   * `CLOSED`, or `BAD_KEY`.
   */
  watch(key: Key, listener: (owner: Owner | null) => void): () => void;
  /** Whether this node claims the key at this moment. Throws `NOT_MEMBER`, `CLOSED` or `BAD_KEY`. */
  owns(key: Key): boolean;
  /** What this node claims at this moment. Throws `NOT_MEMBER` or `CLOSED`. */
  ranges(): ReadonlyArray<Range>;
  /** The nodes that this one knows and thinks alive. Throws `NOT_MEMBER` or `CLOSED`. */
  peers(): ReadonlyArray<PeerInfo>;
  /** The whole state, for people and monitoring, in every phase. */
  status(): Status;
  /**
   * Hands over, tells the neighbours, closes. What is not handed over within `timeoutMs` (5,000 unless told), and the
   * time that `onHandover` allows, counts as a crash: the result tells. Rejects only with `BAD_OPTION`.
   */
  leave(options?: { readonly timeoutMs?: number | undefined }): Promise<Departure>;
  /** Goes at once, as a crash would, and leaves nothing open. Any number of times, in every phase. */
  close(): Promise<void>;
  /** Returns how to stop listening. Throws `BAD_OPTION` for an event that there is not. */
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void;
  [Symbol.asyncDispose](): Promise<void>;
}
