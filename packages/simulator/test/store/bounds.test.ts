import type { StoreState } from "@chordnet/core";
import { initialStore, space } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { storeBoundFlaw, underWay } from "../../src/store/bounds.js";

const self = "memory://a";
const settings = { space: space(8), self, copies: 3, copiesMin: 1, intervalMs: 500, tombstoneMs: 60_000 };
const fresh = initialStore({ ...settings, operationsMax: 64, company: [] }, 0);
const many = (count: number): ReadonlyArray<never> => Array.from({ length: count }) as never[];

describe("what a store keeps", () => {
  const bounds = [
    ["seats", 2],
    ["pieces", 128],
    ["handed", 512],
    ["tenancies", 1_024],
    ["repairs", 4],
  ] as const;
  it.each(bounds)("has a bound: %s, up to %i", (what, most) => {
    const flaw = (count: number): unknown => storeBoundFlaw({ ...fresh, [what]: many(count) }, 2);
    expect(flaw(most)).toBe(null);
    expect(flaw(most + 1)).toEqual({ _tag: "Unbounded", node: self, what });
  });
});

describe("what a store has under way in the end", () => {
  it("is nothing but a comparison now and then", () => {
    const state: StoreState = { ...fresh, queues: new Map([["key", [1]]]) };
    expect([underWay(fresh, 0), underWay(fresh, 33), underWay(state, 0)]).toEqual([
      null,
      "calls that are served",
      "queues",
    ]);
  });
});
