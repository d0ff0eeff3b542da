import { nextUint32, seedRandom } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dice } from "../../src/simulation/dice.js";

describe("the simulator's dice", () => {
  it("fall as the generator that is a value", () => {
    const property = fc.property(fc.integer(), (seed) => {
      const dice = new Dice(seed);
      let random = seedRandom([seed, 0x9e3779b9, 7, 1]);
      for (let i = 0; i < 100; i++) {
        const [drawn, next] = nextUint32(random);
        expect(dice.word()).toBe(drawn);
        random = next;
      }
    });
    fc.assert(property);
  });
});
