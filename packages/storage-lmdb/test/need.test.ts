import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultRing, type Entry, entryOf, type Id, nameText, tombstone, wholeCircle } from "@chordnet/core";
import type { Change } from "@chordnet/storage";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { freeWithin, pagesNeeded } from "../src/need.js";
import { Table } from "../src/table.js";

const root = mkdtempSync(join(tmpdir(), "chordnet-need-"));
let files = 0;

afterAll(() => rmSync(root, { recursive: true }));

const newTable = (): Table => {
  files += 1;
  return new Table(join(root, `${files}.mdb`), defaultRing, false);
};

/** All over the circle, or side by side; with short keys, and with the longest. */
const nameAt = (slot: number) => ({
  id: (BigInt(slot) << (slot % 3 === 0 ? 140n : 3n)) as Id,
  key: new Uint8Array(slot % 50 === 0 ? 1024 : 2).fill(slot),
});

interface Wish {
  readonly slot: number;
  /** How long the value is to be; null: a tombstone; -1: nothing. */
  readonly bytes: number | null;
}

const wish = (slots: number): fc.Arbitrary<Wish> =>
  fc.record({
    slot: fc.nat(slots),
    bytes: fc.oneof(
      fc.constantFrom(null, -1),
      fc.nat(100),
      fc.nat(2500),
      fc.nat(20_000),
      fc.nat({ max: 300_000 }),
    ),
  });

function changesOf(table: Table, wishes: ReadonlyArray<Wish>): ReadonlyArray<Change> {
  const changes = new Map<string, Change>();
  for (const { slot, bytes } of wishes) {
    const name = nameAt(slot);
    const after: Entry | null =
      bytes === null
        ? tombstone(name, 1, 0)
        : bytes < 0
          ? null
          : entryOf(name, 1, new Uint8Array(bytes).fill(slot));
    changes.set(nameText(name), { name, before: table.head(name), after });
  }
  return [...changes.values()];
}

it("no commit takes more pages than were counted", async () => {
  const batch = fc.oneof(
    fc.array(wish(600), { minLength: 1, maxLength: 60, size: "max" }),
    fc.array(wish(600), { minLength: 1, maxLength: 2 }),
  );
  const commits = fc.array(batch, { minLength: 1, maxLength: 20, size: "max" });
  await fc.assert(
    fc.asyncProperty(commits, async (all) => {
      const table = newTable();
      const filling = Array.from({ length: 400 }, (_, slot) => ({ slot, bytes: (slot * 37) % 3000 }));
      await table.commit(changesOf(table, filling), null);
      // Who reads on sees what was: so no page can be used again, and each that a commit takes makes the file longer.
      const reader = table.heads(wholeCircle, null)[Symbol.iterator]();
      expect(reader.next().done).toBe(false);
      for (const wishes of all) {
        const before = table.pages();
        const changes = changesOf(table, wishes);
        const company = wishes.length % 2 === 0 ? [] : null;
        await table.commit(changes, company);
        const taken = table.pages().used - before.used;
        expect(taken).toBeLessThanOrEqual(pagesNeeded(changes, company === null ? 0 : 2, before));
      }
      reader.return?.();
      await table.close();
    }),
    { numRuns: 15 },
  );
});

it("what is deleted is free within", async () => {
  const table = newTable();
  const values = Array.from({ length: 100 }, (_, slot) => ({ slot, bytes: 5000 }));
  await table.commit(changesOf(table, values), null);
  const before = table.pages();
  await table.commit(
    changesOf(
      table,
      values.map(({ slot }) => ({ slot, bytes: -1 })),
    ),
    null,
  );
  const after = table.pages();
  expect(freeWithin(after) - freeWithin(before)).toBeGreaterThanOrEqual(200);
  expect(after.used - before.used).toBeLessThan(20);
  await table.close();
});
