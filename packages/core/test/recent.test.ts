import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as recent from "../src/recent.js";

/** A value, and two numbers. */
type Entry = readonly [value: string, one: number, other: number];
type Plain = ReadonlyMap<string, Entry>;

/** The plain version: a map in the order in which its entries were put down. */
function putPlainly(map: Plain, limit: number, key: string, value: Entry): Plain {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  if (next.size <= limit) return next;
  const kept = limit - Math.floor(limit / 8);
  return new Map([...next].slice(next.size - kept));
}

const read: recent.Read<string, Entry> = (value, numbers, at) => [
  value,
  numbers[at] as number,
  numbers[at + 1] as number,
];

function agree(map: recent.Recent<string>, plain: Plain): void {
  expect(map.size).toBe(plain.size);
  expect(new Map(recent.entries(map, read))).toEqual(new Map(plain));
  expect(recent.entries(map, read)).toHaveLength(plain.size);
  for (const [key, value] of plain) expect(recent.get(map, key, read)).toEqual(value);
  expect(recent.get(map, "nobody's", read)).toBeUndefined();
}

describe("recent", () => {
  it("is a map that forgets the oldest, and leaves every earlier value as it was", () => {
    const number = fc.oneof(fc.nat(9), fc.double({ noNaN: true }));
    const entry = fc.tuple(fc.constantFrom("a", "b"), number, number);
    const puts = fc.array(fc.tuple(fc.nat(60), entry), { maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 7, 8, 16, 40), puts, (limit, list) => {
        let map = recent.empty<string>(limit);
        let plain: Plain = new Map();
        const past = [{ map, plain }];
        for (const [name, [value, one, other]] of list) {
          const key = `memory://n${name}`;
          map = recent.put(map, key, value, [one, other]);
          plain = putPlainly(plain, limit, key, [value, one, other]);
          agree(map, plain);
          past.push({ map, plain });
        }
        for (const then of past) agree(then.map, then.plain);
      }),
      { numRuns: 50 },
    );
  });

  it("has other values, as late as they were", () => {
    let map = recent.empty<string>(8);
    for (let i = 0; i < 8; i++) map = recent.put(map, String(i), "a", [i, 2 * i]);
    const next = recent.put(
      recent.mapped(map, () => "b"),
      "8",
      "a",
      [8, 16],
    );
    expect(recent.get(next, "0", read)).toBeUndefined();
    expect(recent.get(next, "3", read)).toEqual(["b", 3, 6]);
    expect(recent.get(map, "3", read)).toEqual(["a", 3, 6]);
  });

  it.each(["memory://n{}", "tcp://10.0.0.{}:7000", "tcp://host.example:{}", "ws://h:80#{}"])(
    "spreads %s over its lists",
    (form) => {
      for (const [limit, most] of [
        [160, 25],
        [512, 12],
      ] as const) {
        let map = recent.empty<number>(limit);
        for (let i = 0; i < 125; i++) map = recent.put(map, form.replace("{}", String(i)), i, []);
        expect(Math.max(...map.lists.map(({ keys }) => keys.length))).toBeLessThan(most);
      }
    },
  );

  it("copies one short list for a change", () => {
    let map = recent.empty<number>(320);
    for (let i = 0; i < 300; i++) map = recent.put(map, `memory://n${i}`, i, []);
    const next = recent.put(map, "memory://n7", -7, []);
    expect(next.lists.filter((list, i) => list !== map.lists[i])).toHaveLength(1);
  });
});
