import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsMax, Numbered } from "../../src/member/numbered.js";

describe("what is numbered", () => {
  it("has a number of its own, also after so many that they begin anew", () => {
    const numbered = new Numbered<string>();
    const kept = numbered.add("kept");
    const first = numbered.add("first");
    numbered.take(first);
    let again = 0;
    for (let n = 2; n < countsMax; n += 1) {
      again = numbered.add("other");
      if (again === kept || again === first) break;
      numbered.take(again);
    }
    // The last of them begins to count from 0; all were told apart.
    expect([again % 2 ** 28, numbered.take(first), numbered.take(again)]).toEqual([1, null, null]);
    numbered.add("one");
    expect(numbered.add("two")).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    expect(numbered.take(kept)).toBe("kept");
  });

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
