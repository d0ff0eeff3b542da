import type { Arc, Company, Digest, Entry, EntryHead, EntryName, RingParameters } from "@chordnet/core";

/**
 * The port between a node's store and where its bytes lie. Storage keeps the latest version under each name, in the
 * order of the circle; it knows nothing of owners and replicas.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { defaultRing, entryOf, hashText, space } from "@chordnet/core";
 * import { memoryStorage } from "@chordnet/storage";
 *
 * const volume = await memoryStorage().open(defaultRing);
 * const bytes = (text) => new TextEncoder().encode(text);
 * const name = { id: hashText(space(160), "sha256", "user:42"), key: bytes("user:42") };
 *
 * await volume.write({ put: [entryOf(name, 2, bytes("Ada"))] });
 * const [stands] = await volume.write({ put: [entryOf(name, 1, bytes("too late"))] });
 * assert.strictEqual(stands.version, 2);
 * assert.strictEqual(new TextDecoder().decode((await volume.read(name)).value), "Ada");
 * await volume.close();
 * ```
 */
export interface Storage {
  /**
   * Opens what was kept for this ring, empty the first time. One volume at a time. Rejects with a `StorageError`; then
   * nothing that was there has been changed.
   */
  open(ring: StorageRing): Promise<Volume>;
}

/** What the names of entries depend on: what was kept for another ring is refused. */
export type StorageRing = Pick<RingParameters, "name" | "bits" | "hash">;

/** An open storage. Every method but `usage` rejects with a `StorageError`, and with none but its codes. */
export interface Volume {
  /** What stands under the name: a value, a tombstone, or null: nothing. */
  read(name: EntryName): Promise<Entry | null>;
  /**
   * Does all of the batch or none of it, and resolves when it is as durable as the storage was told to make it. Batches
   * are done in the order of the calls; what is read after a batch resolved has it.
   *
   * @returns for each entry of `put`, what stands under its name now: itself, or what it did not supersede
   */
  write(batch: Batch): Promise<ReadonlyArray<EntryHead>>;
  /** A piece of what lies in the arc, clockwise from its start, without values. */
  heads(arc: Arc, page: Page): Promise<Piece<EntryHead>>;
  /** The same with values. */
  entries(arc: Arc, page: Page): Promise<Piece<Entry>>;
  /** What each arc holds, tombstones included, all of them at one moment. Costs little, whatever the arcs hold. */
  digests(arcs: ReadonlyArray<Arc>): Promise<ReadonlyArray<Digest>>;
  /** What the latest batch said that had a `company`; empty: none had. */
  company(): Promise<ReadonlyArray<Company>>;
  usage(): Usage;
  /** Finishes what was begun, and lets go of everything. Idempotent; afterwards all else rejects with `closed`. */
  close(): Promise<void>;
}

/** Changes that happen together or not at all. Bytes in it belong to the storage from now on. */
export interface Batch {
  /** Each is kept unless what stands under its name supersedes it: see `supersedes` of `@chordnet/core`. */
  readonly put?: ReadonlyArray<Entry>;
  /**
   * Each is forgotten, tombstone or value, if exactly this entry stands under its name when the batch's `put` is done:
   * what came later stays.
   */
  readonly drop?: ReadonlyArray<EntryHead>;
  /** With whom whoever writes keeps which arcs now, instead of what was said before. */
  readonly company?: ReadonlyArray<Company>;
}

/** Which piece of an arc. */
export interface Page {
  /** Begin behind this name, which need not be there any more; null: at the arc's start. */
  readonly after: EntryName | null;
  readonly entriesMax: number;
  /** Of keys and values together (`heads`: of keys). The first entry is given even if it is larger. */
  readonly bytesMax: number;
}

/** A piece shows one moment; what changed between two pieces shows in the later one, or not at all. */
export interface Piece<A> {
  readonly items: ReadonlyArray<A>;
  /** Whether there is more behind the last of them. */
  readonly more: boolean;
}

export interface Usage {
  /** Values and tombstones. */
  readonly entries: number;
  /** What counts against the quota: keys, values, and `entryOverheadBytes` for each. */
  readonly bytes: number;
  /** Null: none. */
  readonly quotaBytes: number | null;
}

/** What an entry counts for, beside its key and value. */
export const entryOverheadBytes: number = 64;
