import { describe, expect, it } from "vitest";
import { bareStep } from "../src/bare.js";
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
