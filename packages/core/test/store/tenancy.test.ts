import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arcsOf } from "../../src/arc.js";
import { id, space } from "../../src/identifier.js";
import type { Standing } from "../../src/store/call.js";
import type { Tenancy } from "../../src/store/tenancy.js";
import { isStale, noted, strayParts } from "../../src/store/tenancy.js";

const ring = space(5);
const points = Array.from({ length: 32 }, (_, i) => id(ring, BigInt(i)));
const { has } = arcsOf(ring);
const point = fc.nat(31).map((i) => points[i] as Standing["start"]);
const standing: fc.Arbitrary<Standing> = fc.record({
  start: point,
  end: point,
  epoch: fc.integer({ min: 1, max: 9 }),
  holder: fc.boolean(),
});
const owner = fc.constantFrom("memory://a", "memory://b", "memory://c");

/** Takes note of all that is not stale, as a store does, and of each point what was noted last. */
function heard(claims: ReadonlyArray<readonly [string, Standing]>): {
  readonly tenancies: ReadonlyArray<Tenancy>;
  readonly model: ReadonlyArray<number>;
} {
  let tenancies: ReadonlyArray<Tenancy> = [];
  const model = points.map(() => 0);
  for (const [at, [from, claim]] of claims.entries()) {
    const late = isStale(ring, tenancies, claim, 0);
    expect(late).toBe(points.some((each, i) => has(claim, each) && (model[i] as number) > claim.epoch));
    if (late) continue;
    tenancies = noted(ring, tenancies, from, claim, at);
    for (const [i, each] of points.entries()) if (has(claim, each)) model[i] = claim.epoch;
  }
  return { tenancies, model };
}

describe("what a store knows of others' claims", () => {
  it("is for each key the latest that it took note of, and never an earlier one", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(owner, standing), { maxLength: 12 }), (claims) => {
        const { tenancies, model } = heard(claims);
        for (const [i, each] of points.entries()) {
          const known = tenancies.filter((tenancy) => has(tenancy, each));
          expect(known.length).toBeLessThanOrEqual(1);
          expect(known[0]?.epoch ?? 0).toBe(model[i]);
        }
      }),
    );
  });

  it("stops nobody when it is old", () => {
    const claim = { start: points[1], end: points[5], epoch: 7, holder: true } as Standing;
    const tenancies = noted(ring, [], "memory://a", claim, 100);
    expect(isStale(ring, tenancies, { ...claim, epoch: 6 }, 100)).toBe(true);
    expect(isStale(ring, tenancies, { ...claim, epoch: 6 }, 101)).toBe(false);
    expect(isStale(ring, tenancies, claim, 0)).toBe(false);
  });

  it("tells what nobody wants of this process", () => {
    const claim = { start: points[1], end: points[5], epoch: 7, holder: true } as Standing;
    const whole = { start: points[0] as Standing["start"], end: points[8] as Standing["start"] };
    const kept = noted(ring, [], "memory://a", claim, 100);
    const stray = strayParts(ring, whole, [{ ...whole, start: points[6] as Standing["start"] }], kept, 50);
    expect(stray).toEqual([
      { start: points[0], end: points[1] },
      { start: points[5], end: points[6] },
    ]);
    expect(strayParts(ring, whole, [], kept, 101)).toEqual([whole]);
  });
});
