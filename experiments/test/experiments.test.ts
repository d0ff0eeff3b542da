import { codec } from "@chordnet/core";
import type { Simulation } from "@chordnet/simulator";
import { cheapChecks, play, scenario, simulate } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";
import { churn } from "../src/churn.js";
import { half } from "../src/half.js";
import { schedules } from "../src/schedules.js";
import { speed } from "../src/speed.js";
import { weigh } from "../src/traffic.js";

describe("churn", () => {
  const setting = { seed: 3, nodes: 100, minutes: 0.5, rate: 0.5, lookupsPerS: 10 };
  const figures = churn(setting);

  it("of a small ring breaks no promise, and lookups are answered", () => {
    expect(figures.violations).toEqual({});
    expect(figures.lookups).toBeGreaterThan(200);
    expect(figures.failedPercent).toBeLessThan(3);
    expect(figures.healedInIntervals).toBeLessThan(20);
  });

  it("leaves fewer successors wrong than stabilising alone would", () => {
    expect(figures.pointers.successorsWrong).toBeLessThan(figures.predicted.successorsWrong);
    expect(figures.pointers.fingersDead).toBeLessThan(figures.predicted.fingersDead);
  });

  it("is the same each time", () => expect(churn(setting).traceHash).toBe(figures.traceHash));
});

describe("half of a small ring that crashes at once", () => {
  const figures = half({ seed: 3, nodes: 64, successors: 8, lookups: 64 });

  it("leaves a ring that heals, and never names who did not own", () => {
    expect(figures.healedInIntervals).toBeLessThan(60);
    expect(figures.batches.map(({ wrong }) => wrong)).toEqual([0, 0, 0, 0, 0]);
  });

  it("stands in no lookup's way before it happens", () => {
    expect(figures.batches[0]).toMatchObject({ failedWithin1Percent: 0, timeouts: 0 });
    expect(figures.batches[0]?.hops).toBeLessThan(4);
  });
});

describe("a quiet ring of 256 with nothing in its caches", () => {
  it("looks up in half as many hops as the logarithm of its size, and the owner", () => {
    const perMinute = { lookups: 3000 };
    const { lookups } = simulate(
      scenario({ seed: 1, nodes: 256, founded: 256, minutes: 0.1, perMinute, keys: 1000 }),
      { checks: cheapChecks },
    );
    expect(lookups.failed).toBe(0);
    expect(lookups.hopsMean).toBeLessThan(Math.log2(256) / 2 + 1);
  });
});

describe("speed", () => {
  it("is measured in a ring that keeps its promises", () => {
    const figures = speed({ seed: 1, nodes: 50, rate: 0.1, intervalMs: 1000, seconds: 5 });
    expect(figures.violations).toBe(0);
    expect(figures.events).toBeGreaterThan(1000);
    expect(figures.eventsPerS).toBeGreaterThan(0);
  });

  it("is measured in schedules that keep their promises, whatever of them is hashed", () => {
    const setting = { seed: 1, count: 1, warmUp: 0, minutes: 0.2 };
    const [full, none] = (["full", "none"] as const).map((hashed) => schedules({ ...setting, hashed }));
    expect(full?.violations).toBe(0);
    expect(full?.events).toBeGreaterThan(1000);
    expect(none?.events).toBe(full?.events);
  });
});

describe("the weight of traffic", () => {
  it("counts of what is said again what has changed alone", () => {
    const schedule = {
      ...scenario({ seed: 2, founded: 60, nodes: 60 }),
      trouble: { from: 0, until: 10_000 },
      acts: [],
    };
    let weighed = 0;
    let whole = 0;
    const prepare = (simulation: Simulation): void => {
      const { space, naming } = simulation.config;
      const { encode } = codec({ space, naming });
      const traffic = weigh(simulation);
      const { carried } = simulation;
      simulation.carried = (message, from, to) => {
        whole += 5 + encode({ from: 0, to: 0, message }).length;
        const same = carried(message, from, to);
        weighed = traffic.bytes;
        return same;
      };
    };
    play(schedule, { checks: [], prepare });
    expect(weighed).toBeGreaterThan(0);
    expect(weighed).toBeLessThan(whole / 2);
  });
});
