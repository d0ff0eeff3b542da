import fc from "fast-check";
import { expect, it } from "vitest";
import * as contacts from "../src/contacts.js";
import * as recent from "../src/recent.js";

const time = fc.oneof(fc.double({ noNaN: true }), fc.nat(99), fc.constant(Number.NEGATIVE_INFINITY));

const contact: fc.Arbitrary<contacts.Contact> = fc.record({
  incarnation: fc.maxSafeNat(),
  deadUntil: fc.oneof(fc.maxSafeNat(), fc.constant(-1)),
  buriedAt: time,
  roundTripMs: time,
  doubts: fc.oneof(
    fc.constant(contacts.noDoubts),
    fc.record({ suspectUntil: time, barredUntil: time, pingedUntil: time, answeredAt: time }),
  ),
});

it("contacts are as they were put down", () => {
  const puts = fc.array(fc.tuple(fc.nat(60), contact), { maxLength: 200 });
  fc.assert(
    fc.property(puts, (list) => {
      let map: contacts.Contacts = recent.empty(100);
      const plain = new Map<string, contacts.Contact>();
      for (const [name, met] of list) {
        map = contacts.put(map, `memory://n${name}`, met);
        plain.set(`memory://n${name}`, met);
      }
      for (const [address, met] of plain) expect(contacts.get(map, address)).toEqual(met);
      expect(contacts.get(map, "nobody's")).toBeUndefined();
      expect(new Map(recent.entries(map, contacts.contactAt))).toEqual(plain);
    }),
    { numRuns: 50 },
  );
});
