import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Numbered } from "../src/numbered.js";

describe("what is numbered", () => {
  it("is taken by its number as from a map, and once", () => {
    const acts = fc.array(fc.oneof(fc.constant("add" as const), fc.nat(40)), { maxLength: 200 });
    fc.assert(
      fc.property(acts, (list) => {
        const numbered = new Numbered<{ readonly place: number }>();
        const model = new Map<number, { readonly place: number }>();
        const given: number[] = [];
        for (const [place, act] of list.entries()) {
          if (act === "add") {
            const number = numbered.add({ place });
            expect(given).not.toContain(number);
            given.push(number);
            model.set(number, { place });
          } else {
            const number = given[act] ?? act;
            expect(numbered.take(number)).toEqual(model.get(number) ?? null);
            model.delete(number);
          }
        }
        expect(new Set(numbered.takeAll())).toEqual(new Set(model.values()));
        expect(numbered.takeAll()).toEqual([]);
      }),
    );
  });
});
