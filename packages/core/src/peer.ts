import type { Dialect } from "./dialect.js";
import { hashedPart } from "./dialect.js";
import type { HashName } from "./hash.js";
import { hashText } from "./hash.js";
import type { Id, Space } from "./identifier.js";

/**
 * Where a node can be reached: the URL that its process advertises, and `#i` behind it for the process's virtual node
 * i > 0. It is also what a node's identifier is the hash of, so nobody can choose a place on the ring.
 */
export type Address = string;

/**
 * Which life of a process: wall-clock milliseconds at its start times 1,024, plus ten random bits. A later life of the
 * same address has a higher one, and proves the earlier dead.
 */
export type Incarnation = number;

/** A node as others know it. `id` is always the hash of `address`: it is derived here and never read from a peer. */
export interface Peer {
  readonly id: Id;
  readonly address: Address;
  readonly incarnation: Incarnation;
}

/**
 * Derives identifiers from addresses, remembering the latest ones: a hash costs more than all the rest of a message.
 */
export type Naming = (address: Address) => Id;

/** The longest address, in bytes, `#i` included: past it an address is refused. */
export const addressLengthMax = 256;

/** The highest place of a virtual node in its process. */
export const virtualIndexMax = 65_535;

const url = /^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/;

/**
 * Whether a text has the form of an address: `scheme://` and printable ASCII without spaces, 256 bytes at most; what
 * follows a `#` is a virtual node's number.
 *
 * @example
 * assert.ok(isAddress("tcp://10.0.0.5:7000#2"))
 * assert.ok(!isAddress("10.0.0.5:7000") && !isAddress("tcp://a b") && !isAddress("tcp://a#02"))
 */
export function isAddress(text: string): boolean {
  return text.length <= addressLengthMax && url.test(text) && virtualIndex(text) !== null;
}

/**
 * How this ring names nodes: `id = hash(address)`, or of the part of it that the dialect hashes; with up to
 * `remembered` addresses kept at hand (the memory is not observable but in time).
 *
 * @example
 * const ring = space(16)
 * assert.strictEqual(naming(ring, "sha256")("memory://a"), hashText(ring, "sha256", "memory://a"))
 */
export function naming(
  ring: Space,
  hash: HashName,
  remembered = 4096,
  hashed: Dialect["hashed"] = "url",
): Naming {
  let known = new Map<Address, Id>();
  let older = known;
  return (address) => {
    const seen = known.get(address);
    if (seen !== undefined) return seen;
    const derived = older.get(address) ?? hashText(ring, hash, hashedPart(hashed, address));
    if (known.size >= remembered / 2) {
      older = known;
      known = new Map();
    }
    known.set(address, derived);
    return derived;
  };
}

/** The naming of all nodes of this program that name alike: they meet the same addresses. */
export function sharedNaming(ring: Space, hash: HashName, hashed: Dialect["hashed"]): Naming {
  const key = `${ring.bits} ${hash} ${hashed}`;
  const shared = namings.get(key) ?? naming(ring, hash, undefined, hashed);
  namings.set(key, shared);
  return shared;
}

/** One for each kind of ring: a few. */
const namings = new Map<string, Naming>();

/**
 * The address of virtual node `index` (0 to 65,535) of the process that advertises `process`.
 *
 * @example
 * assert.strictEqual(virtualAddress("tcp://a:1", 0), "tcp://a:1")
 * assert.strictEqual(virtualIndex(virtualAddress("tcp://a:1", 3)), 3)
 */
export function virtualAddress(process: Address, index: number): Address {
  return index === 0 ? process : `${process}#${index}`;
}

/** The process's own address: that of its virtual node 0. */
export function processAddress(address: Address): Address {
  const mark = address.indexOf("#");
  return mark < 0 ? address : address.slice(0, mark);
}

/** Which virtual node of its process an address names; null where the part behind `#` is not such a number. */
export function virtualIndex(address: Address): number | null {
  const mark = address.indexOf("#");
  if (mark < 0) return 0;
  const digits = address.slice(mark + 1);
  if (!/^[1-9][0-9]{0,4}$/.test(digits)) return null;
  const index = Number(digits);
  return index <= virtualIndexMax ? index : null;
}

/** Whether two nodes live and die together. */
export function sameProcess(a: Address, b: Address): boolean {
  return a === b || processAddress(a) === processAddress(b);
}
