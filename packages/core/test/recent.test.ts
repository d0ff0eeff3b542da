import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as recent from "../src/recent.js";

/** The plain version: a map in the order in which its entries were put down. */
function putPlainly(map: ReadonlyMap<string, number>, limit: number, key: string, value: number) {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  if (next.size <= limit) return next;
  const kept = limit - Math.floor(limit / 8);
  return new Map([...next].slice(next.size - kept));
}

function agree(map: recent.Recent<number>, plain: ReadonlyMap<string, number>): void {
  expect(map.size).toBe(plain.size);
  expect(new Map(recent.entries(map))).toEqual(new Map(plain));
  expect(recent.entries(map)).toHaveLength(plain.size);
  for (const [key, value] of plain) expect(recent.get(map, key)).toBe(value);
  expect(recent.get(map, "nobody's")).toBeUndefined();
}

describe("recent", () => {
  it("is a map that forgets the oldest, and leaves every earlier value as it was", () => {
    const puts = fc.array(fc.tuple(fc.nat(60), fc.nat(1000)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 7, 8, 16, 40), puts, (limit, list) => {
        let map = recent.empty<number>(limit);
        let plain: ReadonlyMap<string, number> = new Map();
        const past = [{ map, plain }];
        for (const [name, value] of list) {
          const key = `memory://n${name}`;
          map = recent.put(map, key, value);
          plain = putPlainly(plain, limit, key, value);
          agree(map, plain);
          past.push({ map, plain });
        }
        for (const then of past) agree(then.map, then.plain);
      }),
      { numRuns: 50 },
    );
  });

  it.each(["memory://n{}", "tcp://10.0.0.{}:7000", "tcp://host.example:{}", "ws://h:80#{}"])(
    "spreads %s over its lists",
    (form) => {
      let map = recent.empty<number>(320);
      for (let i = 0; i < 250; i++) map = recent.put(map, form.replace("{}", String(i)), i);
      expect(Math.max(...map.lists.map((list) => list.length))).toBeLessThan(25);
    },
  );

  it("copies one short list for a change", () => {
    let map = recent.empty<number>(320);
    for (let i = 0; i < 300; i++) map = recent.put(map, `memory://n${i}`, i);
    const next = recent.put(map, "memory://n7", -7);
    expect(next.lists.filter((list, i) => list !== map.lists[i])).toHaveLength(1);
  });
});
