import { sha256 } from "@noble/hashes/sha2.js";
import type { Id } from "../identifier.js";

/**
 * What the store keeps: the latest version of what was put under a key, or the tombstone of what was deleted.
 *
 * @category store
 */

/** Under what an entry is kept: its place on the circle, and the key that fell there. */
export interface EntryName {
  readonly id: Id;
  /** `keyBytesMax` at most. Empty where a point itself is the key. */
  readonly key: Uint8Array;
}

/** An entry without its value: what replicas compare. */
export interface EntryHead extends EntryName {
  /** Given by the key's owner: a safe integer, higher than those before. */
  readonly version: number;
  /** When it was deleted, by the owner's calendar; null: it has a value. */
  readonly deletedAtMs: number | null;
  readonly valueBytes: number;
  /** 64 bits of a hash over all of the entry: same name and fingerprint, same entry. */
  readonly fingerprint: bigint;
}

/** Bytes given to an entry are never changed afterwards, by nobody. */
export interface Entry extends EntryHead {
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
}

export const keyBytesMax = 1024;

/**
 * An entry that has a value.
 *
 * @example
 * const name = { id: 7n, key: utf8("user:7") }
 * assert.ok(supersedes(entryOf(name, 2, utf8("Ada")), entryOf(name, 1, utf8("Bob"))))
 */
export function entryOf({ id, key }: EntryName, version: number, value: Uint8Array): Entry {
  const fingerprint = fingerprintOf(key, version, null, value);
  return { id, key, version, deletedAtMs: null, valueBytes: value.length, fingerprint, value };
}

/**
 * What is left of a deleted entry, so that no copy of an older version comes back.
 *
 * @example
 * assert.strictEqual(tombstone({ id: 7n, key: utf8("user:7") }, 3, 1_700_000_000_000).value, null)
 */
export function tombstone({ id, key }: EntryName, version: number, deletedAtMs: number): Entry {
  const fingerprint = fingerprintOf(key, version, deletedAtMs, none);
  return { id, key, version, deletedAtMs, valueBytes: 0, fingerprint, value: null };
}

/** The entry without its value. */
export function headOf({ id, key, version, deletedAtMs, valueBytes, fingerprint }: EntryHead): EntryHead {
  return { id, key, version, deletedAtMs, valueBytes, fingerprint };
}

/**
 * Whether `one` takes the place of `other`, which has the same name: the later version does. Two sides of a split
 * network may give one version to two entries; then a tombstone wins over a value, and else the fingerprint decides,
 * everywhere alike. A strict total order over the entries of one name.
 *
 * @example
 * const name = { id: 7n, key: utf8("user:7") }
 * const value = entryOf(name, 3, utf8("Ada"))
 * const gone = tombstone(name, 3, 1_700_000_000_000)
 * assert.deepStrictEqual([supersedes(gone, value), supersedes(value, gone)], [true, false])
 */
export function supersedes(one: EntryHead, other: EntryHead): boolean {
  if (one.version !== other.version) return one.version > other.version;
  if ((one.deletedAtMs === null) !== (other.deletedAtMs === null)) return one.deletedAtMs !== null;
  return one.fingerprint > other.fingerprint;
}

/** Below zero where `one` comes before `other`: by place on the circle from 0, then by the keys' bytes. */
export function compareNames(one: EntryName, other: EntryName): number {
  if (one.id !== other.id) return one.id < other.id ? -1 : 1;
  const shorter = Math.min(one.key.length, other.key.length);
  for (let i = 0; i < shorter; i += 1) {
    const difference = (one.key[i] as number) - (other.key[i] as number);
    if (difference !== 0) return difference;
  }
  return one.key.length - other.key.length;
}

/**
 * A name as the key of a map: equal for equal names.
 *
 * @example
 * const [one, same] = [{ id: 7n, key: utf8("user:7") }, { id: 7n, key: utf8("user:7") }]
 * assert.strictEqual(nameText(one), nameText(same))
 */
export function nameText({ id, key }: EntryName): string {
  return `${id.toString(36)} ${String.fromCharCode(...key)}`;
}

const none = new Uint8Array(0);

/** No two entries have the same bytes here: the key's length and whether there is a date stand before them. */
function fingerprintOf(
  key: Uint8Array,
  version: number,
  deletedAtMs: number | null,
  value: Uint8Array,
): bigint {
  const facts = new DataView(new ArrayBuffer(19));
  facts.setUint16(0, key.length);
  facts.setFloat64(2, version);
  facts.setUint8(10, deletedAtMs === null ? 0 : 1);
  facts.setFloat64(11, deletedAtMs ?? 0);
  const hash = sha256.create().update(new Uint8Array(facts.buffer)).update(key).update(value).digest();
  return new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
}
