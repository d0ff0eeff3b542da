import type { EntryHead } from "./entry.js";

/**
 * What a range holds, in a few bytes: equal where two replicas hold the same entries, in whatever order they came.
 * Digests of parts add up to that of the whole, so that a difference is found by halving.
 *
 * @category store
 */
export interface Digest {
  readonly entries: number;
  /** The exclusive or of the entries' fingerprints: 64 bits. */
  readonly sum: bigint;
}

export const emptyDigest: Digest = { entries: 0, sum: 0n };

/**
 * The digest of entries with different names.
 *
 * @example
 * const name = { id: 7n, key: utf8("user:7") }
 * const [older, newer] = [entryOf(name, 1, utf8("Bob")), entryOf(name, 2, utf8("Bob"))]
 * assert.ok(!sameDigest(digestOf([older]), digestOf([newer])))
 */
export function digestOf(heads: Iterable<Pick<EntryHead, "fingerprint">>): Digest {
  let entries = 0;
  let sum = 0n;
  for (const { fingerprint } of heads) {
    entries += 1;
    sum ^= fingerprint;
  }
  return { entries, sum };
}

/** The digest of two ranges that have nothing in common. */
export function addDigests(one: Digest, other: Digest): Digest {
  return { entries: one.entries + other.entries, sum: one.sum ^ other.sum };
}

export function sameDigest(one: Digest, other: Digest): boolean {
  return one.entries === other.entries && one.sum === other.sum;
}
