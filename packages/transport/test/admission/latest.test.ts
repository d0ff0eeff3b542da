import fc from "fast-check";
import { expect, it } from "vitest";
import { Latest } from "../../src/admission/latest.js";

it("keeps the latest half of its limit at least, with what was put down last, and never more than its limit", () => {
  const addresses = fc.array(fc.constantFrom(..."abcdefgh"), { maxLength: 40 });
  fc.assert(
    fc.property(addresses, fc.integer({ min: 2, max: 6 }), (puts, limit) => {
      const latest = new Latest<number>(limit);
      for (const [i, address] of puts.entries()) latest.set(address, i);
      const kept = [..."abcdefgh"].filter((address) => latest.get(address) !== undefined);
      const distinct = [...new Set([...puts].reverse())];
      expect(kept.length).toBeLessThanOrEqual(limit);
      expect(kept).toEqual(expect.arrayContaining(distinct.slice(0, Math.floor(limit / 2))));
      for (const address of kept) expect(latest.get(address)).toEqual(puts.lastIndexOf(address));
    }),
  );
});
