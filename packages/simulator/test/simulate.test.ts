import { describe, expect, it } from "vitest";
import { draw } from "../src/draw.js";
import { lossy, mild, stopped } from "../src/modes.js";
import { play, simulate } from "../src/play.js";

function seeds(from: number, count: number): ReadonlyArray<number> {
  return Array.from({ length: count }, (_, i) => from + i);
}

describe("random schedules", { timeout: 60_000 }, () => {
  it.each(seeds(0, 60))("of joins, leaves, crashes and restarts keep every promise (seed %i)", (seed) => {
    const result = simulate(mild(seed));
    expect(result.violations).toEqual([]);
    expect(result.healedInIntervals).toBeLessThanOrEqual(20);
  });

  it.each(seeds(0, 40))("in which processes are stopped too (seed %i)", (seed) => {
    expect(simulate(stopped(seed)).violations).toEqual([]);
  });

  it.each(seeds(0, 20))("in which messages are lost too (seed %i)", (seed) => {
    expect(simulate(lossy(seed)).violations).toEqual([]);
  });
});

describe("a run", () => {
  it("is the same each time, and after a way through JSON", () => {
    const schedule = draw(lossy(7));
    const result = play(schedule);
    expect(simulate(lossy(7))).toEqual(result);
    expect(play(JSON.parse(JSON.stringify(schedule)))).toEqual(result);
  });

  it("is another one from another seed, or where one act is left out", () => {
    const schedule = draw(mild(7));
    const fewer = { ...schedule, acts: schedule.acts.slice(0, -1) };
    const hashes = [schedule, fewer, draw(mild(11))].map((each) => play(each).traceHash);
    expect(new Set(hashes).size).toBe(3);
  });
});
