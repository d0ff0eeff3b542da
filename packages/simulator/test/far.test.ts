import { describe, expect, it } from "vitest";
import { play } from "../src/play.js";
import { draw } from "../src/schedule/draw.js";
import { scenario } from "../src/schedule/scenario.js";

/** Nodes that were near to each other are suddenly so far, one way, in a ring whose neighbours speak each second. */
describe.each([60, 120, 180, 240])("a ring whose messages take %i ms", (latencyMs) => {
  it.each([0, 1, 2])("becomes ideal, and answers (seed %i)", (seed) => {
    const perMinute = { joins: 4, leaves: 2, crashes: 2, lookups: 60 };
    const ring = { intervalMs: 1_000, leaseMs: 2_250, successors: 4 };
    const faults = { latencyMs: [latencyMs, latencyMs + 5] } as const;
    const { violations, lookups } = play(
      draw(scenario({ seed, nodes: 8, membersMin: 5, minutes: 1, ring, faults, perMinute })),
    );
    expect(violations).toEqual([]);
    expect(lookups.asked).toBeGreaterThan(20);
    // Some ask while a crash has left their key to nobody, or crash themselves.
    expect(lookups.answered).toBeGreaterThan(0.8 * lookups.asked);
  });
});

describe("a ring round which a message goes for longer than a lease", () => {
  it.each([0, 1, 2])("has its leases back after all of it slept (seed %i)", (seed) => {
    const ring = { intervalMs: 500, leaseMs: 1125, successors: 4 };
    const faults = { latencyMs: [55, 60] } as const;
    const quiet = draw(scenario({ seed, nodes: 32, founded: 32, minutes: 0, ring, faults }));
    const { from } = quiet.trouble;
    const asleep = Array.from({ length: 32 }, (_, who) => ({
      at: from,
      _tag: "Sleep" as const,
      who,
      ms: 8000,
    }));
    const { violations, healedInIntervals } = play({
      ...quiet,
      acts: [...quiet.acts, ...asleep],
      trouble: { from, until: from + 10_000 },
    });
    expect(violations).toEqual([]);
    expect(healedInIntervals).toBeLessThan(40);
  });
});
