import { describe, expect, it } from "vitest";
import { draw } from "../src/draw.js";
import { play } from "../src/play.js";
import { scenario } from "../src/scenario.js";

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
