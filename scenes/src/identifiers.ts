import { createHash } from "node:crypto";

// The oracle's own identifiers, made with nothing from the packages under test: the first 160 bits of SHA-256.

const bits = 160;

const size = 1n << BigInt(bits);

/** Ids of what was hashed before: the oracle asks for the same few addresses with every answer. */
const known = new Map<string, bigint>();
const knownMax = 10_000;

/** The id of a node from the URL it advertises, and of a key from its text. */
export function idOf(text: string): bigint {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const digest = createHash("sha256").update(text).digest("hex");
  const id = BigInt(`0x${digest.slice(0, bits / 4)}`);
  if (known.size >= knownMax) known.clear();
  known.set(text, id);
  return id;
}

/** The point `steps` further on the circle; backwards for negative steps. */
export function advance(id: bigint, steps: bigint): bigint {
  return (((id + steps) % size) + size) % size;
}

/** How far `to` lies from `from`, clockwise. */
export function distance(from: bigint, to: bigint): bigint {
  return advance(to, -from);
}

export function formatId(id: bigint): string {
  return id.toString(16).padStart(bits / 4, "0");
}

/** Throws a `RangeError` for what is not 40 lower-case hexadecimal digits. */
export function parseId(hex: string): bigint {
  if (!/^[0-9a-f]{40}$/.test(hex)) throw new RangeError(`not an identifier: ${hex}`);
  return BigInt(`0x${hex}`);
}

/** Addresses in ring order, from the smallest id. */
export function ringOrder(addresses: Iterable<string>): ReadonlyArray<string> {
  return [...addresses].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

/** The node that owns a key in a quiet ring: the first whose id equals or follows the key's. */
export function ownerOf(addresses: Iterable<string>, keyId: bigint): string {
  const ring = ringOrder(addresses);
  const owner = ring.find((address) => idOf(address) >= keyId) ?? ring[0];
  if (owner === undefined) throw new RangeError("a ring of no nodes has no owners");
  return owner;
}
