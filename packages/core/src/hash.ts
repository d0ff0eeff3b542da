import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Id, Space } from "./identifier.js";
import { digestShort } from "./sha256.js";
import { utf8 } from "./utf8.js";

/** The built-in hashes: the first `bits` bits of SHA-256, or SHA-1 as one integer modulo 2^bits. */
export type HashName = "sha256" | "sha1";

/** A name's place is its number in a node's hello: new ones go behind. */
export const hashNames: ReadonlyArray<HashName> = ["sha256", "sha1"];

/**
 * The point that some bytes fall on. With `"sha256"` it is the digest's first `bits` bits (all 256 at most); with
 * `"sha1"` the digest, read as one big-endian integer, modulo 2^bits, as older Chord libraries have it.
 *
 * @example
 * const ring = space(16)
 * assert.strictEqual(formatId(ring, hashBytes(ring, "sha256", utf8("abc"))), "ba78")
 */
export function hashBytes(ring: Space, hash: HashName, bytes: Uint8Array): Id {
  if (hash === "sha1") return (integer(sha1(bytes)) & ring.mask) as Id;
  unused._cloneInto(hasher);
  hasher.update(bytes).digestInto(digest);
  return firstBits(ring.bits) as Id;
}

/**
 * The point that a text falls on: the hash of its UTF-8 bytes. So are a node's id from its address and a key's from its
 * name.
 */
export function hashText(ring: Space, hash: HashName, text: string): Id {
  if (hash === "sha256" && digestShort(text, words)) return firstBits(ring.bits) as Id;
  return hashBytes(ring, hash, utf8(text));
}

/** What one SHA-256 needs, used by all: to make it anew for each key takes half as long as the hash itself. */
const hasher = sha256.create();
const unused = sha256.create();
const digest = new Uint8Array(32);
const words = new DataView(digest.buffer);

/** The first bits of the digest, from no more of its words than it takes. */
function firstBits(bits: number): bigint {
  let value = words.getBigUint64(0);
  let read = 64;
  for (; read < bits; read += 64) value = (value << 64n) | words.getBigUint64(read / 8);
  return value >> BigInt(read - bits);
}

function integer(bytes: Uint8Array): bigint {
  let value = 0n;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < bytes.byteLength; i += 4) value = (value << 32n) | BigInt(view.getUint32(i));
  return value;
}
