import { nodeUrl, Simulation } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";

/** How many intervals each of the processes takes that join at once a ring of one. */
function joining(seed: number, processes: number, virtualNodes: number): ReadonlyArray<number> {
  const intervalMs = 200;
  const simulation = new Simulation(seed, { intervalMs, leaseMs: 2.25 * intervalMs });
  simulation.eventsMax = Number.POSITIVE_INFINITY;
  simulation.faults = { latencyMs: [0.2, 5], loss: 0, duplication: 0 };
  for (let i = 0; i < processes; i++) simulation.start(nodeUrl(i), { virtualNodes });
  simulation.create(nodeUrl(0));
  const took = new Map<number, number>();
  simulation.whenSettled = (operation) => took.set(operation, simulation.now / intervalMs);
  const joins = Array.from({ length: processes - 1 }, (_, i) =>
    simulation.join(nodeUrl(i + 1), [nodeUrl(0)]),
  );
  simulation.run(100 * intervalMs, () => joins.every((operation) => took.has(operation)));
  expect(simulation.witness.violations).toEqual([]);
  return joins.map((operation) => took.get(operation) ?? Number.POSITIVE_INFINITY);
}

describe("processes of sixteen virtual nodes that join at once", () => {
  it.each([1, 7, 13, 20])("are members within ten intervals (seed %i)", (seed) => {
    // One after another each of a process's virtual nodes is admitted, by a heir that has to ask its own.
    expect(Math.max(...joining(seed, 4, 16))).toBeLessThanOrEqual(10);
  });
});

describe("a process that starts again", () => {
  it("is a member again, though its only seed is gone for good: a member remembers where it was", () => {
    const simulation = new Simulation(1);
    const [first, seed, again] = [nodeUrl(0), nodeUrl(1), nodeUrl(2)];
    for (const url of [first, seed, again]) simulation.start(url);
    simulation.create(first);
    simulation.join(seed, [first]);
    simulation.run(10_000);
    simulation.join(again, [first]);
    simulation.run(30_000);
    simulation.kill(again);
    simulation.kill(seed);
    simulation.run(10_000);
    simulation.start(again);
    const joined = simulation.join(again, [seed]);
    let isMember = false;
    simulation.whenSettled = (operation) => {
      isMember ||= operation === joined;
    };
    simulation.run(120_000, () => isMember);
    expect(isMember).toBe(true);
    expect(simulation.witness.violations).toEqual([]);
  });

  it.each([1, 3, 5, 7])("founds the ring though a member that it met starts again, too (seed %i)", (seed) => {
    const simulation = new Simulation(seed);
    const [again, lost, met] = [nodeUrl(0), nodeUrl(1), nodeUrl(2 + seed)];
    for (const url of [again, lost, met]) simulation.start(url);
    simulation.create(lost);
    simulation.join(again, [lost]);
    simulation.run(10_000);
    simulation.join(met, [lost]);
    simulation.run(30_000);
    simulation.kill(lost);
    simulation.kill(again);
    simulation.run(200 + seed * 100);
    simulation.start(again);
    simulation.join(again, [again, lost], true);
    const isMet = (): boolean => {
      const phase = simulation.hosts.get(again)?.state.nodes[0]?.phase;
      return phase?._tag === "Joining" && phase.met?.address === met;
    };
    expect(simulation.run(3000, isMet)).toBe(true);
    simulation.kill(met);
    simulation.run(50);
    simulation.start(met);
    simulation.join(met, [again, lost], true);
    simulation.run(30_000);
    expect(simulation.members()).toHaveLength(2);
    expect(simulation.witness.violations).toEqual([]);
  });
});
