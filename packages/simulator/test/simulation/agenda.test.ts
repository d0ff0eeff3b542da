import fc from "fast-check";
import { expect, it } from "vitest";
import { Agenda } from "../../src/simulation/agenda.js";

const times = fc.oneof(fc.nat(20), fc.double({ min: 0, max: 20, noNaN: true }));

it("an agenda gives the earliest first, and of those at one time the one that was put down first", () => {
  fc.assert(
    fc.property(fc.array(fc.option(times, { nil: null }), { maxLength: 3000 }), (happenings) => {
      const agenda = new Agenda<number>();
      const waiting: Array<{ readonly at: number; readonly item: number }> = [];
      for (const [item, at] of happenings.entries()) {
        if (at !== null) {
          agenda.push(at, item);
          waiting.push({ at, item });
        } else if (waiting.length > 0) {
          const next = waiting.reduce((first, each) => (each.at < first.at ? each : first));
          waiting.splice(waiting.indexOf(next), 1);
          expect([agenda.dueAt, agenda.pop()]).toEqual([next.at, next.item]);
        } else expect(agenda.dueAt).toBe(Number.POSITIVE_INFINITY);
      }
      waiting.sort((a, b) => a.at - b.at);
      expect(waiting.map(() => agenda.pop())).toEqual(waiting.map(({ item }) => item));
      expect(agenda.dueAt).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});
