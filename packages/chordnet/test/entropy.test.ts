import { describe, expect, it } from "vitest";
import { randomIncarnation, randomRequestId, randomSeed } from "../src/entropy.js";

const all = (byte: number) => (bytes: Uint8Array) => void bytes.fill(byte);

describe("what is drawn", () => {
  it("an incarnation is the calendar's, with ten random bits", () => {
    const wall = 1_700_000_000_000.5;
    expect(randomIncarnation(all(0), wall)).toBe(1_700_000_000_000 * 1024);
    expect(randomIncarnation(all(255), wall)).toBe(1_700_000_000_000 * 1024 + 1023);
    expect(Number.isSafeInteger(randomIncarnation(all(255), Date.UTC(2200, 0)))).toBe(true);
  });

  it("a request's number has 48 bits", () => {
    expect(randomRequestId(all(255))).toBe(2 ** 48 - 1);
    expect(randomRequestId(all(0))).toBe(0);
  });

  it("a seed has four words", () => {
    expect(randomSeed(all(255))).toEqual([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);
  });
});
