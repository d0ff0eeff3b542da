import { checkInteger } from "./integer.js";

/**
 * Identifiers and the geometry of the ring: a circle of 2^bits points on which nodes and keys live.
 * Chord (SIGCOMM 2001), section 4.2.
 *
 * @category identifiers
 */

declare const idBrand: unique symbol;

/** A point of the circle: an integer in `[0, 2^bits)`. */
export type Id = bigint & { readonly [idBrand]: true };

/** How far one point lies after another, clockwise; also the length of a range: an integer in `[0, 2^bits]`. */
export type Distance = bigint;

/** The circle itself: how many bits an identifier has, 1 to 256. */
export interface Space {
  readonly bits: number;
  /** 2^bits: the number of points, and the length of the whole ring. */
  readonly size: bigint;
  readonly mask: bigint;
}

/** The most bits that an identifier has: what SHA-256 gives. */
export const bitsMax = 256;

/**
 * The circle of `2^bits` points. Throws a `RangeError` unless `bits` is an integer from 1 to 256.
 *
 * @example
 * assert.strictEqual(space(3).size, 8n)
 */
export function space(bits: number): Space {
  checkInteger("bits", bits, 1, bitsMax);
  const size = 1n << BigInt(bits);
  return { bits, size, mask: size - 1n };
}

/**
 * The point that an integer names, taken modulo 2^bits.
 *
 * @example
 * assert.strictEqual(id(space(3), 9n), 1n)
 */
export function id(ring: Space, value: bigint): Id {
  return (value & ring.mask) as Id;
}

/**
 * How many points clockwise from `from` to `to`: 0 when they are the same.
 *
 * @example
 * assert.strictEqual(distance(space(3), id(space(3), 6n), id(space(3), 1n)), 3n)
 */
export function distance(ring: Space, from: Id, to: Id): Distance {
  return to >= from ? to - from : to - from + ring.size;
}

/**
 * Whether `x` lies strictly inside the arc from `a` clockwise to `b`. As in Zave's model, `between(a, x, a)` holds
 * for every `x` other than `a`: the arc from a point to itself is the whole circle.
 *
 * @example
 * const s = space(3)
 * assert.ok(between(id(s, 6n), id(s, 0n), id(s, 2n)))
 * assert.ok(!between(id(s, 6n), id(s, 2n), id(s, 2n)))
 */
export function between(a: Id, x: Id, b: Id): boolean {
  if (a < b) return a < x && x < b;
  return (a < x || x < b) && x !== a;
}

/**
 * Whether `key` belongs to the range of the given length that ends at, and includes, `end`: `(end - length, end]`.
 * A length of 0 holds nothing; one of 2^bits holds every key.
 *
 * @example
 * const s = space(3)
 * assert.ok(inRange(s, id(s, 7n), id(s, 1n), 3n))
 * assert.ok(!inRange(s, id(s, 6n), id(s, 1n), 3n))
 */
export function inRange(ring: Space, key: Id, end: Id, length: Distance): boolean {
  return distance(ring, key, end) < length;
}

/** The point `length` before `end`: where the range `(start, end]` of that length starts (exclusively). */
export function rangeStart(ring: Space, end: Id, length: Distance): Id {
  return ((end - length) & ring.mask) as Id;
}

/** Where finger `i` (0 to bits - 1) of a node starts: `n + 2^i`. SIGCOMM 2001, section 4.4, table 1. */
export function fingerStart(ring: Space, node: Id, i: number): Id {
  return ((node + (1n << BigInt(i))) & ring.mask) as Id;
}

/**
 * An identifier as people read it: lower-case hexadecimal of ⌈bits/4⌉ digits.
 *
 * @example
 * assert.strictEqual(formatId(space(9), id(space(9), 10n)), "00a")
 */
export function formatId(ring: Space, point: Id): string {
  return point.toString(16).padStart(Math.ceil(ring.bits / 4), "0");
}

/**
 * Reads what `formatId` wrote (leading zeros may be missing); null where it is not a point of this circle.
 *
 * @example
 * assert.strictEqual(parseId(space(9), "00a"), 10n)
 * assert.strictEqual(parseId(space(9), "200"), null)
 */
export function parseId(ring: Space, text: string): Id | null {
  if (!/^[0-9a-f]{1,64}$/i.test(text)) return null;
  const value = BigInt(`0x${text}`);
  return value < ring.size ? (value as Id) : null;
}
