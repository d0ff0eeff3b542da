import { describe, expect, it } from "vitest";
import { lossy, mild, stopped } from "../src/modes.js";
import type { ScheduleOptions, ScheduleResult } from "../src/schedule.js";
import { runSchedule } from "../src/schedule.js";

/** What ownership promises, at every moment of a schedule and in every answer. */
const kept = { violations: [], wrongLookups: 0, fallenEpochs: 0, openLookups: 0 };

function seeds(from: number, count: number): ReadonlyArray<number> {
  return Array.from({ length: count }, (_, i) => from + i);
}

function run(seed: number, mode: (seed: number) => ScheduleOptions): ScheduleResult {
  return runSchedule(seed, mode(seed));
}

describe("random schedules", { timeout: 60_000 }, () => {
  it.each(seeds(0, 60))("of joins, leaves, crashes and restarts keep every promise (seed %i)", (seed) => {
    const result = run(seed, mild);
    expect(result).toMatchObject({ ...kept, flaw: null });
    expect(result.healedInIntervals).toBeLessThanOrEqual(20);
  });

  it.each(seeds(0, 40))("in which processes are stopped too (seed %i)", (seed) => {
    expect(run(seed, stopped)).toMatchObject({ ...kept, flaw: null });
  });

  it.each(seeds(0, 20))("in which messages are lost too (seed %i)", (seed) => {
    expect(run(seed, lossy)).toMatchObject({ ...kept, flaw: null });
  });

  it("are the same each time", () => {
    const trace = (): unknown => {
      const { simulation, ...outcome } = run(7, lossy);
      return { ...outcome, settled: [...simulation.settled], events: simulation.events, at: simulation.now };
    };
    expect(trace()).toEqual(trace());
  });
});
