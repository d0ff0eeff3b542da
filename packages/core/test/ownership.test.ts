import { lossy } from "@chordnet/simulator";
import { reachedStates } from "@chordnet/simulator/testing";
import { describe, expect, it } from "vitest";
import { claim, claimedToken } from "../src/ownership.js";

const reached = reachedStates(lossy(5), 16);

describe("claimedToken", () => {
  it("is the token of the claim, from now until the lease is over", () => {
    let claimed = 0;
    for (const { node, at } of reached) {
      for (const then of [at, at + 500, node.ownership.leaseUntil, node.ownership.leaseUntil - 1]) {
        const token = claim(node, then)?.token ?? null;
        expect(claimedToken(node, then, null)).toEqual(token);
        if (token !== null) claimed++;
      }
    }
    expect(claimed).toBeGreaterThan(reached.length);
  });

  it("is the known one where that is the same", () => {
    for (const { node, at } of reached) {
      const known = claim(node, at)?.token ?? null;
      expect(claimedToken(node, at, known)).toBe(known);
      const other = known === null ? { epoch: 1, length: 1n } : { ...known, epoch: known.epoch + 1 };
      expect(claimedToken(node, at, other)).toEqual(known);
    }
  });
});
