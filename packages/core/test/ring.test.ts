import type { Id } from "@chordnet/core";
import { distance } from "@chordnet/core";
import { grownRing, heal, nodeUrl, Simulation } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";

/** The ring's nodes, in ring order. */
function inOrder(simulation: Simulation): ReadonlyArray<string> {
  return simulation.members().map((node) => node.self.address);
}

describe("a ring in memory", () => {
  it.each([1, 2, 3, 5, 8, 16, 32])("of %i nodes that join one after another becomes ideal", (nodes) => {
    const simulation = grownRing(nodes, nodes);
    expect(simulation.members()).toHaveLength(nodes);
    expect(simulation.witness.violations).toEqual([]);
  });

  it("of sixteen that join at once is ideal within ten intervals", () => {
    const simulation = new Simulation(5, { intervalMs: 500, leaseMs: 1125 });
    for (let i = 0; i < 16; i++) simulation.start(nodeUrl(i));
    for (let i = 1; i < 16; i++) simulation.join(nodeUrl(i), [nodeUrl(0)]);
    simulation.run(2000);
    simulation.create(nodeUrl(0));
    expect(simulation.run(5000, () => simulation.members().length === 16)).toBe(true);
    heal(simulation, 10);
    expect(simulation.witness.violations).toEqual([]);
  });

  it("takes in newcomers that come by the dozen where there was nobody: none waits until all lists tell of them", () => {
    const simulation = new Simulation(1);
    simulation.faults = { latencyMs: [1, 1], loss: 0, duplication: 0 };
    simulation.found(new Map(Array.from({ length: 16 }, (_, i) => [nodeUrl(i), {}])));
    simulation.run(3000);
    const { naming, space } = simulation.config;
    const nodes = simulation.members().map(({ self }) => self.id);
    const gaps = nodes.map((id, i) => ({ id, length: distance(space, id, nodes[(i + 1) % 16] as Id) }));
    const widest = gaps.reduce((a, b) => (b.length > a.length ? b : a));
    const lies = (url: string): boolean => distance(space, widest.id, naming(url)) < widest.length;
    const newcomers = Array.from({ length: 400 }, (_, i) => nodeUrl(16 + i)).filter(lies);
    for (const url of newcomers.slice(0, 20)) {
      simulation.start(url);
      const joined = simulation.join(url, [nodeUrl(0)]);
      expect(simulation.run(200, () => simulation.settled.has(joined))).toBe(true);
    }
  });

  it("heals within three intervals from one crash, within five from two neighbours'", () => {
    const simulation = grownRing(9, 16);
    const ring = inOrder(simulation);
    simulation.kill(ring[3] as string);
    expect(heal(simulation)).toBeLessThanOrEqual(3);
    simulation.kill(ring[6] as string);
    simulation.kill(ring[7] as string);
    expect(heal(simulation)).toBeLessThanOrEqual(5);
    expect(simulation.witness.violations).toEqual([]);
  });

  it("takes a leave at once, and is ideal within two intervals", () => {
    const simulation = grownRing(10, 16);
    const leaver = inOrder(simulation)[12] as string;
    const left = simulation.leave(leaver);
    expect(simulation.run(500, () => simulation.settled.has(left))).toBe(true);
    simulation.kill(leaver);
    expect(heal(simulation)).toBeLessThanOrEqual(2);
    expect(simulation.witness.violations).toEqual([]);
  });

  it("goes round a node that is stopped, and takes it back when it wakes", () => {
    const simulation = grownRing(11, 16);
    const sleeper = inOrder(simulation)[10] as string;
    simulation.pause(sleeper, 10_000);
    simulation.run(10_000);
    heal(simulation, 10);
    expect(simulation.members()).toHaveLength(16);
    expect(simulation.witness.violations).toEqual([]);
  });

  it("takes back a node that crashed and started again, within three intervals", () => {
    const simulation = grownRing(12, 16);
    const [seed, victim] = inOrder(simulation) as [string, string];
    simulation.kill(victim);
    simulation.run(100);
    simulation.start(victim);
    const joined = simulation.join(victim, [seed]);
    expect(simulation.run(1500, () => simulation.settled.has(joined))).toBe(true);
    heal(simulation);
    expect(simulation.witness.violations).toEqual([]);
  });
});
