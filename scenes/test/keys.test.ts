import { describe, expect, it } from "vitest";
import { advance, idOf, ownerOf } from "../src/identifiers.js";
import { borderKeys, keySource, keysOwnedBy } from "../src/keys.js";
import { seeded } from "../src/random.js";

const ring = ["tcp://a", "tcp://b", "tcp://c", "tcp://d"];

describe("borderKeys", () => {
  it("are each node's id and its neighbours", () => {
    const keys = borderKeys(["tcp://a"]);
    expect(keys).toEqual([advance(idOf("tcp://a"), -1n), idOf("tcp://a"), advance(idOf("tcp://a"), 1n)]);
  });
});

describe("keysOwnedBy", () => {
  it("gives keys of that node only, all different, its id among them", () => {
    for (const address of ring) {
      const keys = keysOwnedBy(ring, address, 10);
      expect(new Set(keys).size).toBe(10);
      expect(keys).toContain(idOf(address));
      expect(keys.every((key) => ownerOf(ring, key) === address)).toBe(true);
    }
  });

  it("spreads over the whole circle for a lone node", () => {
    expect(new Set(keysOwnedBy(["tcp://a"], "tcp://a", 4)).size).toBe(4);
  });
});

describe("keySource", () => {
  it("is the same for the same seed", () => {
    const draw = (seed: number): ReadonlyArray<bigint> => {
      const next = keySource(seeded(seed), ring, [3n]);
      return Array.from({ length: 50 }, next);
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("mixes hot keys, borders and random ones, most of them more than once", () => {
    const next = keySource(seeded(4), ring, [3n]);
    const drawn = Array.from({ length: 2_000 }, next);
    const counts = new Map<bigint, number>();
    for (const key of drawn) counts.set(key, (counts.get(key) ?? 0) + 1);
    expect(counts.get(3n)).toBeGreaterThan(400);
    expect(borderKeys(ring).every((key) => (counts.get(key) ?? 0) > 10)).toBe(true);
    expect([...counts.values()].filter((count) => count === 1).length).toBeGreaterThan(100);
  });

  it("does without hot keys", () => {
    expect(keySource(seeded(4), ring, [])()).toBeTypeOf("bigint");
  });
});
