import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Id, Space } from "./identifier.js";
import { utf8 } from "./utf8.js";

/** The built-in hashes: the first `bits` bits of SHA-256, or SHA-1 as one integer modulo 2^bits. */
export type HashName = "sha256" | "sha1";

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
  return (integer(sha256(bytes)) >> BigInt(256 - ring.bits)) as Id;
}

/**
 * The point that a text falls on: the hash of its UTF-8 bytes. So are a node's id from its address and a key's from its
 * name.
 */
export function hashText(ring: Space, hash: HashName, text: string): Id {
  return hashBytes(ring, hash, utf8(text));
}

function integer(bytes: Uint8Array): bigint {
  let value = 0n;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < bytes.byteLength; i += 4) value = (value << 32n) | BigInt(view.getUint32(i));
  return value;
}
