import { type Arc, arcsOf, digestOf, entryOf, type Id, space } from "@chordnet/core";
import { ids } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SliceDigests } from "../src/slices.js";

// Circles with fewer points than slices, with as many, and with more: 4 points a slice, and many.
describe.each([1, 4, 14, 16, 160])("on a circle of 2^%i points", (bits) => {
  const ring = space(bits);
  const points = fc.oneof(
    ids(ring),
    fc.nat(64).map((value) => (BigInt(value) & ring.mask) as Id),
  );
  const heads = fc
    .uniqueArray(points)
    .map((all) => all.map((id) => entryOf({ id, key: Uint8Array.of() }, 1, Uint8Array.of())));

  it("an arc's digest is that of the entries in it, and few of them are listed", () => {
    fc.assert(
      fc.property(heads, heads, points, points, (kept, gone, start, end) => {
        const digests = new SliceDigests(ring);
        for (const head of [...kept, ...gone]) digests.add(head);
        for (const head of gone) digests.remove(head);
        const within = (arc: Arc) => kept.filter(({ id }) => arcsOf(ring).has(arc, id));
        const listed: Arc[] = [];
        const digest = digests.digest({ start, end }, (arc) => {
          listed.push(arc);
          return within(arc);
        });
        expect(digest).toEqual(digestOf(within({ start, end })));
        expect(listed.length).toBeLessThanOrEqual(2);
        const width = ring.size >> BigInt(Math.min(bits, 14));
        for (const arc of listed) expect((arc.end - arc.start) & ring.mask).toBeLessThan(width);
      }),
    );
  });
});
