import { describe, expect, it } from "vitest";
import { bareStep } from "../src/bare.js";
import { median, ratio, rounds } from "../src/rounds.js";
import { LookupTraffic } from "../src/traffic.js";

describe("lookup traffic", () => {
  it("keeps as many lookups under way as told, and all are answered", () => {
    const traffic = new LookupTraffic({ nodes: 16, inFlight: 100 });
    traffic.run(30_000);
    expect(traffic.events).toBe(30_000);
    expect(traffic.answered).toBeGreaterThan(6000);
  });

  it("goes straight to the owner once it is known, and by fingers otherwise", () => {
    const perLookup = (routesMax: number): number => {
      const traffic = new LookupTraffic({ nodes: 64, inFlight: 10, routesMax });
      traffic.run(20_000);
      return traffic.events / traffic.answered;
    };
    expect(perLookup(1024)).toBeLessThan(3.1);
    expect(perLookup(1)).toBeGreaterThan(3.5);
  });

  it("takes three events a lookup where nodes are left out", () => {
    const traffic = new LookupTraffic({ nodes: 16, inFlight: 10, stepped: bareStep });
    traffic.run(3000);
    expect(traffic.answered).toBeGreaterThan(980);
  });
});

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

  it("have a median, and ratios that are taken round by round", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
    expect(ratio([10, 2, 40], [5, 1, 20])).toBe(2);
  });
});
