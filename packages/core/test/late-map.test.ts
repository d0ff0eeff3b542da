import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LateMap } from "../src/late-map.js";

/** What is done to both. */
type Act = (map: Map<number, string> | LateMap<number, string>) => unknown;

const key = fc.nat(3);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(key, fc.string()).map(
    ([k, value]): Act =>
      (map) =>
        void map.set(k, value),
  ),
  key.map(
    (k): Act =>
      (map) =>
        map.delete(k),
  ),
  key.map(
    (k): Act =>
      (map) => [map.has(k), map.get(k)],
  ),
  fc.constant<Act>((map) => map.clear()),
);

describe("a late map", () => {
  it("does what a map does", () => {
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const [late, plain] = [new LateMap<number, string>(), new Map<number, string>()];
        for (const one of acts) {
          expect(one(late)).toEqual(one(plain));
          expect(late.size).toBe(plain.size);
          expect([[...late], [...late.keys()], [...late.values()]]).toEqual([
            [...plain],
            [...plain.keys()],
            [...plain.values()],
          ]);
        }
      }),
    );
  });
});
