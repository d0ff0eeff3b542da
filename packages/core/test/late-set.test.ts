import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LateSet } from "../src/late-set.js";

const acts = fc.array(fc.tuple(fc.constantFrom<"add" | "delete">("add", "delete"), fc.nat(3)));

describe("a late set", () => {
  it("holds what a set does", () => {
    fc.assert(
      fc.property(acts, (all) => {
        const [late, plain] = [new LateSet<number>(), new Set<number>()];
        for (const [act, value] of all) {
          if (act === "delete") expect(late.delete(value)).toBe(plain.delete(value));
          else {
            late.add(value);
            plain.add(value);
          }
          expect([late.size, ...late]).toEqual([plain.size, ...plain]);
        }
      }),
    );
  });
});
