import type { ProcessState } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { Simulation } from "../../src/simulation/simulation.js";
import { Ticks } from "../../src/simulation/ticks.js";

describe("who is woken", () => {
  it("may have something left to do at once a few times, and not for ever", () => {
    const ticks = new Ticks(500);
    const told = Array.from({ length: 40 }, () => ticks.flaw(1, true));
    expect(told.flatMap((flaw, i) => (flaw === null ? [] : [i, flaw]))).toEqual([
      31,
      "what was due is due still",
    ]);
    expect(new Ticks(500).flaw(1, false)).toBe(null);
  });

  it("is woken up to 19,999 times in an interval", () => {
    const often = (count: number): ReadonlyArray<string | null> => {
      const ticks = new Ticks(500);
      return Array.from({ length: count }, (_, i) => ticks.flaw(1_000 + i / 50, false));
    };
    expect(often(19_999).filter((flaw) => flaw !== null)).toEqual([]);
    expect(often(24_999).filter((flaw) => flaw !== null)).toEqual(["woken too often"]);
  });

  it("is told of, where a step forgets that what was due is done", () => {
    const simulation = new Simulation(1);
    const { step } = simulation;
    simulation.start("memory://a");
    simulation.create("memory://a");
    simulation.run(5_000);
    expect(simulation.witness.violations).toEqual([]);
    simulation.step = (state, node, event) =>
      event._tag === "Ticked" ? idle(state) : step(state, node, event);
    simulation.run(5_000, () => simulation.witness.violations.length > 0);
    const [violation] = simulation.witness.violations;
    expect(violation).toMatchObject({ _tag: "Restless", process: "memory://a" });
  });
});

function idle(state: ProcessState): ReturnType<Simulation["step"]> {
  return [state, []];
}

describe("time", () => {
  it("goes on, or the run ends", () => {
    const simulation = new Simulation(1);
    const again = (): void => simulation.schedule(0, again);
    simulation.schedule(10, again);
    expect(() => simulation.run(1_000)).toThrow("more than 1000000 things at 10 ms");
  });
});
