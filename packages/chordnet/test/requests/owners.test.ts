import { arcsOf, type Id, space } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { Owners, ownersMax } from "../../src/requests/owners.js";

const arcs = arcsOf(space(16));
const id = (value: number): Id => BigInt(value) as Id;
const owner = (to: string, start: number, end: number, trustedMs = 100) => ({
  to: `memory://${to}`,
  start: id(start),
  end: id(end),
  trustedMs,
});

describe("owners that were found", () => {
  it("are known for their range, as long as their lease runs", () => {
    const owners = new Owners(arcs);
    owners.add(owner("a", 10, 20), 1_000);
    owners.add(owner("b", 65_000, 5), 1_000);
    const names = (at: number): unknown[] =>
      [10, 11, 20, 21, 65_001, 0, 5].map((key) => owners.find(id(key), at)?.to ?? null);
    const b = "memory://b";
    expect(names(1_099)).toEqual([null, "memory://a", "memory://a", null, b, b, b]);
    expect(owners.find(id(20), 1_030)?.trustedMs).toBe(70);
    expect(names(1_100)).toEqual([null, null, null, null, null, null, null]);
  });

  it("give way to who is found later, and to what turned out wrong", () => {
    const owners = new Owners(arcs);
    owners.add(owner("all", 7, 7), 0);
    expect(owners.find(id(40_000), 1)?.to).toBe("memory://all");
    owners.add(owner("part", 7, 50), 1);
    expect([owners.find(id(50), 2)?.to, owners.find(id(51), 2)]).toEqual(["memory://part", null]);
    owners.drop(id(51));
    expect(owners.find(id(50), 2)).not.toBe(null);
    owners.drop(id(8));
    expect(owners.find(id(50), 2)).toBe(null);
  });

  it("are so many and no more, the latest", () => {
    const owners = new Owners(arcs);
    for (let i = 0; i <= ownersMax; i += 1) owners.add(owner(`n${i}`, 10 * i, 10 * i + 10), 0);
    expect(owners.find(id(5), 1)).toBe(null);
    expect(owners.find(id(15), 1)?.to).toBe("memory://n1");
    expect(owners.find(id(10 * ownersMax + 5), 1)?.to).toBe(`memory://n${ownersMax}`);
  });
});

describe("arcs", () => {
  it("overlap, and cover each other, across zero too", () => {
    const arc = (start: number, end: number) => ({ start: id(start), end: id(end) });
    expect(arcs.overlap(arc(10, 20), arc(20, 30))).toBe(false);
    expect(arcs.overlap(arc(10, 21), arc(20, 30))).toBe(true);
    expect(arcs.overlap(arc(10, 90), arc(20, 30))).toBe(true);
    expect(arcs.overlap(arc(65_000, 3), arc(1, 2))).toBe(true);
    expect(arcs.overlap(arc(9, 9), arc(1, 2))).toBe(true);
    expect(arcs.covers(arc(10, 90), arc(20, 30))).toBe(true);
    expect(arcs.covers(arc(10, 90), arc(10, 90))).toBe(true);
    expect(arcs.covers(arc(10, 90), arc(9, 30))).toBe(false);
    expect(arcs.covers(arc(10, 90), arc(30, 91))).toBe(false);
    expect(arcs.covers(arc(9, 9), arc(30, 20))).toBe(true);
    expect(arcs.covers(arc(30, 20), arc(9, 9))).toBe(false);
  });
});
