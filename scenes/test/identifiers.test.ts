import { describe, expect, it } from "vitest";
import { advance, distance, formatId, idOf, ownerOf, parseId, ringOrder } from "../src/identifiers.js";

describe("identifiers", () => {
  it("are the first 160 bits of SHA-256", () => {
    expect(formatId(idOf("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a3");
  });

  it("print as 40 digits, leading zeros included, and read back", () => {
    expect(formatId(1n)).toBe(`${"0".repeat(39)}1`);
    expect(parseId(formatId(7n))).toBe(7n);
    expect(() => parseId("7")).toThrow(RangeError);
  });

  it("lie on a circle", () => {
    const last = (1n << 160n) - 1n;
    expect(advance(last, 1n)).toBe(0n);
    expect(advance(0n, -1n)).toBe(last);
    expect(distance(last, 1n)).toBe(2n);
    expect(distance(1n, last)).toBe(last - 1n);
  });
});

describe("ownerOf", () => {
  const ring = ringOrder(["tcp://a", "tcp://b", "tcp://c"]);
  const [first, second, third] = ring as [string, string, string];

  it("is the first node whose id equals or follows the key's", () => {
    expect(ownerOf(ring, idOf(second))).toBe(second);
    expect(ownerOf(ring, advance(idOf(second), -1n))).toBe(second);
    expect(ownerOf(ring, advance(idOf(second), 1n))).toBe(third);
  });

  it("wraps behind the last", () => {
    expect(ownerOf(ring, advance(idOf(third), 1n))).toBe(first);
  });

  it("is the lone node for every key, and nobody in a ring of none", () => {
    expect(ownerOf([first], 0n)).toBe(first);
    expect(() => ownerOf([], 0n)).toThrow(RangeError);
  });
});
