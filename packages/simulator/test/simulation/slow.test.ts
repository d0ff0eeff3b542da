import type { Event } from "@chordnet/core";
import { defaultRing } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heal } from "../../src/grow.js";
import { Simulation } from "../../src/simulation/simulation.js";

describe("a slow process", () => {
  /** What the third of three does, slower than its timers are due, and then no more. */
  const lives = (
    seed: number,
    stepMs: number,
  ): { readonly events: ReadonlyArray<Event>; readonly left: number } => {
    const simulation = new Simulation(seed, {
      ...defaultRing,
      intervalMs: 500,
      leaseMs: 1125,
      successors: 2,
    });
    const urls = ["memory://n0", "memory://n1", "memory://n2"] as const;
    for (const url of urls) simulation.start(url);
    simulation.create(urls[0]);
    for (const url of [urls[1], urls[2]]) simulation.join(url, [urls[0]]);
    heal(simulation, 50);
    const events: Event[] = [];
    const { step } = simulation;
    simulation.step = (state, node, event) => {
      if (state.url === urls[2]) events.push(event);
      return step(state, node, event);
    };
    simulation.slow(urls[2], stepMs);
    simulation.run(5000);
    const slow = [...events];
    simulation.slow(urls[2], 0);
    simulation.run(stepMs + 1);
    const host = simulation.hosts.get(urls[2]);
    return { events: slow, left: (host?.inbox.length ?? 1) + (host?.read.length ?? 1) };
  };

  it("reads between its timers what has come in, though they are always due, and loses nothing", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 100, max: 400 }), (seed, stepMs) => {
        const { events, left } = lives(seed, stepMs);
        const tags = events.map(({ _tag }) => _tag);
        expect(tags.filter((tag) => tag !== "Ticked").length).toBeGreaterThan(tags.length / 4);
        // Three nodes talk to each other more often than that.
        expect(tags.join(" ")).not.toContain("Ticked Ticked Ticked");
        expect(left).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a stopped process", () => {
  it("takes what comes in the instant in which it goes on after what came before", () => {
    const simulation = new Simulation(1);
    const url = "memory://n0";
    simulation.start(url);
    simulation.create(url);
    const asked: number[] = [];
    const { step } = simulation;
    simulation.step = (state, node, event) => {
      if (event._tag === "LookupRequested") asked.push(event.operation);
      return step(state, node, event);
    };
    const ask = (): void => void simulation.lookup(url, simulation.config.naming("key"));
    simulation.schedule(100, ask);
    simulation.pause(url, 100);
    simulation.schedule(50, ask);
    simulation.run(100);
    expect(asked).toHaveLength(2);
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
  });
});
