import { describe, expect, it } from "vitest";
import { play, simulate } from "../src/play.js";
import type { Act } from "../src/schedule/act.js";
import { draw } from "../src/schedule/draw.js";
import { lossy, mild, stopped, virtual } from "../src/schedule/modes.js";
import type { Scenario } from "../src/schedule/scenario.js";
import { scenario } from "../src/schedule/scenario.js";

function seeds(from: number, count: number): ReadonlyArray<number> {
  return Array.from({ length: count }, (_, i) => from + i);
}

function short(scenario: Scenario): Scenario {
  return { ...scenario, minutes: 0.25 };
}

describe("200 fixed schedules", () => {
  it.each(seeds(0, 120))("of joins, leaves, crashes and restarts keep every promise (seed %i)", (seed) => {
    const result = simulate(short(mild(seed)));
    expect(result.violations).toEqual([]);
    expect(result.healedInIntervals).toBeLessThanOrEqual(20);
  });

  it.each(seeds(0, 50))("in which processes are stopped too (seed %i)", (seed) => {
    expect(simulate(short(stopped(seed))).violations).toEqual([]);
  });

  it.each(seeds(0, 30))("in which messages are lost too (seed %i)", (seed) => {
    expect(simulate(short(lossy(seed))).violations).toEqual([]);
  });
});

describe("schedules with three virtual nodes a process", () => {
  it.each([...seeds(0, 24), 41, 182, 334])("keep every promise (seed %i)", (seed) => {
    const result = simulate(virtual(seed));
    expect(result.violations).toEqual([]);
    // One process is a large part of so small a ring: its death may leave nobody a lease, and then W passes up to
    // twice.
    expect(result.healedInIntervals).toBeLessThanOrEqual(30);
  });
});

describe("50 fresh schedules", () => {
  const first = Math.floor(Date.now() / 1000) % 1_000_000;

  it.each(seeds(first, 50))("of joins, leaves, crashes and restarts keep every promise (seed %i)", (seed) => {
    const { violations } = simulate(short(mild(seed)));
    expect(violations, `pnpm soak --class mild --minutes 0.25 --shrink ${seed}`).toEqual([]);
  });
});

describe("a message of which one copy came and another could not", () => {
  it("has not failed: a leaver does not go on because of it when its heir took the range, and died (seed 495865)", () => {
    expect(simulate(short(mild(495_865))).violations).toEqual([]);
  });
});

describe("a newcomer that is asked something while it is admitted", () => {
  it.each([129, 140, 147, 150])("stays its neighbour's, though its refusal comes last (seed %i)", (seed) => {
    const faults = { latencyMs: [1, 30], loss: 0, duplication: 0 } as const;
    const { acts, ...schedule } = draw(
      scenario({ seed, nodes: 2, minutes: 0, faults, ring: { successors: 4 } }),
    );
    const [founder, newcomer] = acts as [Act, Act];
    const late = [founder, { ...newcomer, at: 440 + (seed % 60) }];
    expect(play({ ...schedule, acts: late, trouble: { from: 0, until: 700 } }).violations).toEqual([]);
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
