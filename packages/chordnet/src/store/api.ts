import type { CallOptions, Key } from "../api.js";

/**
 * The values that a ring keeps, as applications see them.
 *
 * @category api
 */

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
   * Resolves when a majority of those that are to keep the value have it, as durable as their storage makes it. Where
   * it rejects the value may be found all the same: with `TIMEOUT` or `NO_OWNER` at the deadline, 5,000 ms unless told,
   * with `TOO_FEW_COPIES`, with `NO_ROOM`, or with `TOO_LARGE`. A key has 1 to 1,024 bytes, else `BAD_KEY`.
   */
  put(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<Version>;
  /** The value as the key's owner has it; null: there is none. Rejects with `TIMEOUT` or `NO_OWNER` at the deadline. */
  get(key: Key, options?: CallOptions): Promise<StoredValue | null>;
  /** As `put`: afterwards there is no value. It need not be there before. */
  delete(key: Key, options?: CallOptions): Promise<Version>;
}

/** Of what this node keeps, for itself and for others. */
export interface HeldValue extends StoredValue {
  /** As bytes, whatever it was put as; empty where a point of the ring is the key itself. */
  readonly key: Uint8Array;
  readonly id: string;
}

export interface MemberStore extends Store {
  /**
   * What this node keeps, in the order of the ring: for backups and counts. Changes meanwhile may show or not. The time
   * allowed is for the storage to give the next of it, some hundreds at once, and begins anew with each of these.
   * Throws `STORAGE_UNUSABLE` where it cannot be read.
   */
  held(options?: CallOptions): AsyncIterableIterator<HeldValue>;
}
