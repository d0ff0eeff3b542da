import fc from "fast-check";
import { expect, it } from "vitest";
import { addDigests, digestOf, emptyDigest, sameDigest } from "../../src/store/digest.js";

const heads = fc.uniqueArray(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((fingerprint) => ({ fingerprint })),
  { selector: ({ fingerprint }) => fingerprint },
);

it("a digest does not depend on the order", () => {
  fc.assert(
    fc.property(heads, (some) => {
      expect(digestOf([...some].reverse())).toEqual(digestOf(some));
    }),
  );
});

it("the digests of parts add up to that of the whole", () => {
  fc.assert(
    fc.property(heads, fc.nat(9), (all, cut) => {
      const sum = addDigests(digestOf(all.slice(0, cut)), digestOf(all.slice(cut)));
      expect(sum).toEqual(digestOf(all));
      expect(addDigests(sum, emptyDigest)).toEqual(sum);
    }),
  );
});

it("one entry more, or another one, makes another digest", () => {
  fc.assert(
    fc.property(heads, (all) => {
      fc.pre(all.length > 1);
      expect(sameDigest(digestOf(all), digestOf(all.slice(1)))).toBe(false);
      expect(sameDigest(digestOf(all.slice(1)), digestOf(all.slice(0, -1)))).toBe(false);
    }),
  );
});
