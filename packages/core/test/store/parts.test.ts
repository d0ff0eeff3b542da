import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Arc } from "../../src/arc.js";
import { arcLength, arcsOf } from "../../src/arc.js";
import { id, space } from "../../src/identifier.js";
import { parts, split, without } from "../../src/store/parts.js";

const ring = space(5);
const points = Array.from({ length: 32 }, (_, i) => id(ring, BigInt(i)));
const { has } = arcsOf(ring);
const point = fc.nat(31).map((i) => points[i] as Arc["start"]);
const arc: fc.Arbitrary<Arc> = fc.record({ start: point, end: point });

function inside(arcs: ReadonlyArray<Arc>): ReadonlyArray<boolean> {
  return points.map((each) => arcs.some((one) => has(one, each)));
}

describe("the parts of an arc", () => {
  it("lie in the knife or outside of it, each point once", () => {
    fc.assert(
      fc.property(arc, arc, (whole, knife) => {
        const cut = parts(ring, whole, knife);
        expect(inside(cut.inside)).toEqual(points.map((each) => has(whole, each) && has(knife, each)));
        expect(inside(cut.outside)).toEqual(points.map((each) => has(whole, each) && !has(knife, each)));
        const lengths = [...cut.inside, ...cut.outside].map((part) => arcLength(ring, part));
        expect(lengths.reduce((sum, length) => sum + length, 0n)).toBe(arcLength(ring, whole));
      }),
    );
  });

  it("without others are those that none of these has", () => {
    fc.assert(
      fc.property(arc, fc.array(arc, { maxLength: 4 }), (whole, others) => {
        const left = inside(without(ring, whole, others));
        expect(left).toEqual(
          points.map((each) => has(whole, each) && !others.some((other) => has(other, each))),
        );
      }),
    );
  });

  it("are split into no more than asked for, in order, and nothing is left out", () => {
    fc.assert(
      fc.property(arc, fc.integer({ min: 1, max: 16 }), (whole, count) => {
        const pieces = split(ring, whole, count);
        expect(pieces.length).toBeLessThanOrEqual(count);
        expect(pieces[0]?.start).toBe(whole.start);
        expect(pieces.at(-1)?.end).toBe(whole.end);
        for (const [i, piece] of pieces.slice(1).entries()) expect(piece.start).toBe(pieces[i]?.end);
      }),
    );
  });
});
