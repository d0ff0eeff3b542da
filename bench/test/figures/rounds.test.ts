import { describe, expect, it } from "vitest";
import { median, quantile, ratio, rounds, turns } from "../../src/figures/rounds.js";

describe("rounds", () => {
  it("come in turn, after one that does not count", () => {
    const order: string[] = [];
    const contender = (name: string) => (): number => {
      order.push(name);
      let spent = 0;
      for (let i = 0; i < 1_000_000; i++) spent += i % 7;
      return spent;
    };
    const speeds = rounds({ a: contender("a"), b: contender("b") }, 2);
    expect(order.join("")).toBe("ababab");
    expect(speeds.a).toHaveLength(2);
    expect(speeds.b).toHaveLength(2);
  });

  it("come in turn, too, where contenders take their time", async () => {
    let told = 0;
    const contender = (): Promise<number> => Promise.resolve(++told);
    expect(await turns({ a: contender, b: contender }, 2)).toEqual({ a: [1, 3], b: [2, 4] });
  });

  it("have a median, and ratios that are taken round by round", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
    expect(ratio([10, 2, 40], [5, 1, 20])).toBe(2);
  });

  it("have quantiles, between two values where they fall between them", () => {
    expect(quantile([5, 1, 3], 0)).toBe(1);
    expect(quantile([5, 1, 3], 1)).toBe(5);
    expect(quantile([5, 1, 3], 0.75)).toBe(4);
  });
});
