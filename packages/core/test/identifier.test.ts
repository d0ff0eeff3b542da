import { distances, ids, spaces } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  between,
  bitsMax,
  distance,
  fingerStart,
  formatId,
  id,
  inRange,
  parseId,
  rangeStart,
  type Space,
  space,
} from "../src/identifier.js";

const smallRings = [1, 2, 3, 4].map(space);

function points(ring: Space) {
  return Array.from({ length: Number(ring.size) }, (_, i) => id(ring, BigInt(i)));
}

/** The points met on the way clockwise from `a`, exclusively, until `b` is reached, exclusively. */
function walk(ring: Space, a: bigint, b: bigint): ReadonlySet<bigint> {
  const met = new Set<bigint>();
  for (let at = id(ring, a + 1n); at !== b; at = id(ring, at + 1n)) met.add(at);
  return met;
}

describe("space", () => {
  it("takes 1 to 256 bits and nothing else", () => {
    expect(space(1)).toEqual({ bits: 1, size: 2n, mask: 1n });
    expect(space(bitsMax).size).toBe(1n << 256n);
    for (const bits of [0, 257, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => space(bits)).toThrow(RangeError);
    }
  });
});

describe.each(smallRings)("the circle of $size points, walked", (ring) => {
  const all = points(ring);

  it("between: strictly inside the way from a to b; from a point to itself is all the others", () => {
    for (const a of all) {
      for (const b of all) {
        const inside = walk(ring, a, b);
        for (const x of all) expect(between(a, x, b)).toBe(inside.has(x));
      }
    }
  });

  it("distance: as many steps as it takes", () => {
    for (const a of all) {
      for (const b of all) {
        const steps = a === b ? 0 : walk(ring, a, b).size + 1;
        expect(distance(ring, a, b)).toBe(BigInt(steps));
      }
    }
  });

  it("inRange: a range of that length holds exactly that many keys, the last of them its end", () => {
    for (const end of all) {
      for (let length = 0n; length <= ring.size; length++) {
        const start = rangeStart(ring, end, length);
        const held = all.filter((key) => inRange(ring, key, end, length));
        expect(BigInt(held.length)).toBe(length);
        for (const key of held) {
          expect(key === end || length === ring.size || between(start, key, end)).toBe(true);
        }
      }
    }
  });
});

describe("laws, on circles of every width", () => {
  const three = spaces().chain((ring) => fc.tuple(fc.constant(ring), ids(ring), ids(ring), ids(ring)));

  it("distance: there and back is once round, or nothing", () => {
    fc.assert(
      fc.property(three, ([ring, a, b]) => {
        const sum = distance(ring, a, b) + distance(ring, b, a);
        expect(sum).toBe(a === b ? 0n : ring.size);
      }),
    );
  });

  it("between: says the same as distances do", () => {
    fc.assert(
      fc.property(three, ([ring, a, x, b]) => {
        const whole = a === b ? ring.size : distance(ring, a, b);
        const way = distance(ring, a, x);
        expect(between(a, x, b)).toBe(way > 0n && way < whole);
      }),
    );
  });

  it("between: of three points exactly one order holds", () => {
    fc.assert(
      fc.property(three, ([, a, x, b]) => {
        fc.pre(a !== x && x !== b && a !== b);
        expect(between(a, x, b)).toBe(!between(b, x, a));
      }),
    );
  });

  it("inRange: the key at the start is outside, the one after it inside", () => {
    fc.assert(
      fc.property(
        spaces().chain((ring) => fc.tuple(fc.constant(ring), ids(ring), distances(ring))),
        ([ring, end, length]) => {
          fc.pre(length > 0n);
          const start = rangeStart(ring, end, length);
          expect(inRange(ring, id(ring, start + 1n), end, length)).toBe(true);
          expect(inRange(ring, start, end, length)).toBe(length === ring.size);
        },
      ),
    );
  });

  it("fingerStart: 2^i after the node", () => {
    fc.assert(
      fc.property(three, fc.nat(255), ([ring, node], i) => {
        fc.pre(i < ring.bits);
        expect(distance(ring, node, fingerStart(ring, node, i))).toBe(1n << BigInt(i));
      }),
    );
  });

  it("formatId and parseId: there and back, in lower case and with all digits", () => {
    fc.assert(
      fc.property(three, ([ring, a]) => {
        const text = formatId(ring, a);
        expect(text).toMatch(/^[0-9a-f]+$/);
        expect(text.length).toBe(Math.ceil(ring.bits / 4));
        expect(parseId(ring, text)).toBe(a);
        expect(parseId(ring, text.toUpperCase())).toBe(a);
      }),
    );
  });

  it("id: taken modulo the circle, below zero too", () => {
    fc.assert(
      fc.property(three, ([ring, a]) => {
        expect(id(ring, a + ring.size)).toBe(a);
        expect(id(ring, a - ring.size)).toBe(a);
      }),
    );
  });
});

describe("parseId", () => {
  it("refuses what is no point of the circle", () => {
    const ring = space(9);
    expect(parseId(ring, "1ff")).toBe(511n);
    for (const text of ["200", "", "-1", "0x1", "1g", " 1", "1".repeat(65)])
      expect(parseId(ring, text)).toBeNull();
  });
});
