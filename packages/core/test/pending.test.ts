import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as pending from "../src/pending.js";

interface Entry extends pending.Expiring {
  readonly name: string;
}

/** Puts an entry in as the node does: the number comes from `nextRid`. */
function add(
  p: pending.Pending<Entry>,
  expiresAt: number,
  random32 = 1,
  name = "",
): [number, pending.Pending<Entry>] {
  const rid = pending.nextRid(p, random32);
  if (rid === null) throw new Error("full");
  const next = pending.insert(p, { rid, expiresAt, name });
  if (next === null) throw new Error("refused its own number");
  return [rid, next];
}

function fill(limit: number): pending.Pending<Entry> {
  let p = pending.empty<Entry>(limit);
  for (let i = 0; i < limit; i++) p = add(p, i)[1];
  return p;
}

type Command =
  | { readonly do: "insert"; readonly random32: number; readonly expiresAt: number }
  | { readonly do: "remove"; readonly which: number }
  | { readonly do: "expire"; readonly at: number };

const times = fc.nat(40);
const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("insert" as const), random32: fc.nat(3), expiresAt: times }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("remove" as const), which: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire" as const), at: times }) },
);

function agree(p: pending.Pending<Entry>, model: ReadonlyMap<number, Entry>): void {
  expect(p.size).toBe(model.size);
  const sorted = (list: Iterable<Entry>) => [...list].sort((a, b) => a.rid - b.rid);
  expect(sorted(pending.entries(p))).toEqual(sorted(model.values()));
  for (const entry of model.values()) {
    expect(pending.get(p, entry.rid)).toBe(entry);
    expect(pending.get(p, entry.rid + 4 * 65_536)).toBeUndefined();
  }
  const soonest = Math.min(...[...model.values()].map((entry) => entry.expiresAt));
  expect(p.earliest).toBeLessThanOrEqual(soonest);
  if (model.size === 0 || p.unused <= 16) expect(p.earliest).toBe(soonest);
}

/** One command on both, and the claim that the value before it has not changed. */
function run(p: pending.Pending<Entry>, model: Map<number, Entry>, command: Command): pending.Pending<Entry> {
  const rids = [...model.keys()];
  switch (command.do) {
    case "insert": {
      const rid = pending.nextRid(p, command.random32);
      expect(rid === null).toBe(model.size === p.limit);
      if (rid === null) return p;
      expect(model.has(rid)).toBe(false);
      const entry = { rid, expiresAt: command.expiresAt, name: "inserted" };
      model.set(rid, entry);
      return pending.insert(p, entry) ?? p;
    }
    case "remove": {
      const rid = rids[command.which % rids.length] ?? command.which;
      model.delete(rid);
      return pending.remove(p, rid);
    }
    case "expire": {
      const [due, rest] = pending.expire(p, command.at);
      const expected = [...model.values()].filter((entry) => entry.expiresAt <= command.at);
      expect(new Set(due)).toEqual(new Set(expected));
      expect(due.map((entry) => entry.expiresAt)).toEqual(
        expected.map((e) => e.expiresAt).sort((a, b) => a - b),
      );
      for (const entry of due) model.delete(entry.rid);
      if (due.length > 0) {
        expect(rest.earliest).toBe(Math.min(...[...model.values()].map((entry) => entry.expiresAt)));
      }
      return rest;
    }
  }
}

describe("pending", () => {
  it("behaves as a bounded map does, and leaves every earlier value as it was", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 15, 17, 40),
        fc.array(commands, { maxLength: 120 }),
        (limit, list) => {
          let p = pending.empty<Entry>(limit);
          const model = new Map<number, Entry>();
          const past: [pending.Pending<Entry>, ReadonlyMap<number, Entry>][] = [];
          for (const command of list) {
            past.push([p, new Map(model)]);
            p = run(p, model, command);
            agree(p, model);
          }
          for (const [then, thenModel] of past) agree(then, thenModel);
        },
      ),
    );
  });

  it.each([1, 16, 17, 256, 257, 4096, 4097, 65_536])("holds %i, and not one more", (limit) => {
    const full = fill(limit);
    expect(full.size).toBe(limit);
    expect(pending.nextRid(full, 1)).toBeNull();
    expect(pending.insert(full, { rid: 0, expiresAt: 0, name: "" })).toBeNull();
    expect(new Set(pending.entries(full).map((entry) => entry.rid)).size).toBe(limit);
    expect(pending.entries(full).filter((entry) => pending.get(full, entry.rid) !== entry)).toEqual([]);
    const freed = pending.remove(full, pending.entries(full)[limit >> 1]?.rid ?? -1);
    expect(pending.nextRid(freed, 2)).not.toBeNull();
  });

  it("takes limits from 1 to 65,536", () => {
    for (const limit of [0, 65_537, 1.5, Number.NaN]) expect(() => pending.empty(limit)).toThrow(RangeError);
  });

  it("answers to the whole number, not to its slot", () => {
    const [rid, p] = add(pending.empty<Entry>(4), 10, 0xdead_beef, "mine");
    expect(Math.floor(rid / 65_536)).toBe(0xdead_beef);
    for (const guess of [
      rid & 0xffff,
      rid + 65_536,
      rid - 65_536,
      rid + 1,
      rid + 2 ** 48,
      -rid,
      Number.NaN,
    ]) {
      expect(pending.get(p, guess)).toBeUndefined();
      expect(pending.remove(p, guess)).toBe(p);
    }
    expect(pending.get(p, rid)?.name).toBe("mine");
  });

  it("refuses an entry whose number it did not give", () => {
    const p = pending.empty<Entry>(4);
    expect(pending.insert(p, { rid: 1, expiresAt: 1, name: "" })).toBeNull();
    const [rid, one] = add(p, 1);
    expect(pending.insert(one, { rid, expiresAt: 1, name: "again" })).toBeNull();
  });

  it("expires what is due at the instant, not what is due after it", () => {
    const [first, a] = add(pending.empty<Entry>(4), 10);
    const [, b] = add(a, 11);
    expect(pending.expire(b, 9)).toEqual([[], b]);
    const [due, rest] = pending.expire(b, 10);
    expect(due.map((entry) => entry.rid)).toEqual([first]);
    expect(rest.earliest).toBe(11);
    expect(pending.expire(rest, 10)[1]).toBe(rest);
  });
});
