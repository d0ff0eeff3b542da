import { describe, expect, it } from "vitest";
import { flaw } from "../../src/checks/ideal.js";
import { simulate } from "../../src/play.js";
import { scenario } from "../../src/schedule/scenario.js";
import { Simulation } from "../../src/simulation/simulation.js";

describe("a ring that is founded as a whole", () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [40, 1],
  ])("of %i processes with %i virtual nodes is ideal, and stays so", (processes, virtualNodes) => {
    const simulation = new Simulation(3, { intervalMs: 500, leaseMs: 1125, successors: 4 });
    simulation.found(
      new Map(Array.from({ length: processes }, (_, i) => [`memory://n${i}`, { virtualNodes }])),
    );
    for (let i = 0; i < 40; i++) {
      expect(flaw(simulation)).toBe(null);
      simulation.run(125);
    }
    expect(simulation.witness.violations).toEqual([]);
  });

  it("keeps every promise under churn, and answers", () => {
    const perMinute = { joins: 10, crashes: 10, lookups: 120 };
    const result = simulate(scenario({ seed: 5, nodes: 100, founded: 100, minutes: 0.5, perMinute }));
    expect(result.violations).toEqual([]);
    expect(result.lookups.answered).toBeGreaterThan(20);
    expect(result.lookups.failed).toBeLessThanOrEqual(1);
  });
});
