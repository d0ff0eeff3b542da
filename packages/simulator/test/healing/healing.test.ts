import type { Address, NodeState } from "@chordnet/core";
import { claim } from "@chordnet/core";
import type { Trouble } from "@chordnet/simulator";
import { families, flaw, grownRing, heal, healing, nodeUrl, Simulation } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

describe("from a random state whose peers form a connected graph, the ring becomes ideal and stays so", () => {
  it.each(families)("%s", (family) => {
    for (const nodes of [2, 3, 5, 8]) {
      for (const seed of seeds(3)) expect(healing(100 + seed, { nodes, family }).flaw).toBe(null);
    }
  });

  it.each<Trouble>(["loss", "churn", "links"])("with %s while it heals", (trouble) => {
    for (const seed of seeds(4)) expect(healing(seed, { nodes: 6, trouble }).flaw).toBe(null);
  });
});

/** Cuts the first half of a ring's processes off from the others. */
function cut(simulation: Simulation, untilMs: number): ReadonlyArray<Address> {
  const inside = simulation
    .members()
    .map(({ self }) => self.address)
    .filter((_, i) => i % 2 === 0);
  simulation.links.cut(inside, "both", untilMs);
  return inside;
}

function highestEpoch(nodes: ReadonlyArray<NodeState>): number {
  return Math.max(...nodes.map(({ ownership }) => ownership.acknowledged?.epoch ?? 0));
}

describe("two rings after a partition", () => {
  const parted = () => {
    const simulation = grownRing(7, 10, { ring: { intervalMs: 1000, leaseMs: 2250 } });
    const inside = cut(simulation, Number.POSITIVE_INFINITY);
    simulation.run(60_000);
    return { simulation, inside };
  };

  it("both own the circle while they are apart", () => {
    const { simulation, inside } = parted();
    for (const side of [true, false]) {
      const nodes = simulation.members().filter(({ self }) => inside.includes(self.address) === side);
      const lengths = nodes.map(({ ownership }) => ownership.acknowledged?.length ?? 0n);
      expect(lengths.reduce((sum, length) => sum + length, 0n)).toBe(simulation.config.space.size);
    }
  });

  it("are one ideal ring within 10 intervals, and every key has a later epoch than on either side", () => {
    const { simulation } = parted();
    const before = highestEpoch(simulation.members());
    simulation.links.mend();
    expect(heal(simulation)).toBeLessThanOrEqual(10);
    expect(simulation.members()).toHaveLength(10);
    for (const { ownership } of simulation.members())
      expect(ownership.acknowledged?.epoch).toBeGreaterThan(before);
  });
});

describe("rings that meet", () => {
  it.each([8, 9])("stay leased while they do, though newcomers are admitted just then (seed %i)", (seed) => {
    const simulation = grownRing(seed, 10, { ring: { intervalMs: 1000, leaseMs: 2250 } });
    cut(simulation, Number.POSITIVE_INFINITY);
    simulation.run(60_000);
    simulation.links.mend();
    expect(heal(simulation)).toBeLessThanOrEqual(10);
  });
});

describe("two neighbours that can't talk while both reach all others", () => {
  /** From the first to the second, and back. */
  const ways = {
    "both ways": [true, true],
    "one way": [true, false],
    "the other way": [false, true],
  } as const;

  const cases = [5, 8].flatMap((seed) =>
    (Object.keys(ways) as Array<keyof typeof ways>).map((way) => [way, seed] as const),
  );

  it.each(cases)(
    "%s: everybody else goes on, and nothing stays unowned, or is owned twice when it is over (seed %i)",
    (way, seed) => {
      const simulation = grownRing(seed, 10);
      simulation.run(10_000);
      const [one, other] = simulation
        .members()
        .map(({ self }) => self)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ address }) => address) as [Address, Address];
      const [there, back] = ways[way];
      simulation.blocked = (from, to) =>
        (there && from === one && to === other) || (back && from === other && to === one);
      const asked: number[] = [];
      let unowned = 0;
      for (let i = 0; i < 80; i++) {
        simulation.run(500);
        if (claimed(simulation) !== simulation.config.space.size) unowned++;
        for (const { self } of simulation.members()) {
          if (self.address === one || self.address === other) continue;
          const key = simulation.config.naming(`${i} ${self.address}`);
          asked.push(simulation.lookup(self.address, key));
        }
      }
      simulation.run(5000);
      expect(asked.filter((operation) => simulation.settled.get(operation)?.ok !== true)).toEqual([]);
      // Where the first is heard, but hears nothing, it is handed its part in vain now and then, and barred for W.
      const deaf = way === "the other way";
      expect(unowned).toBeLessThanOrEqual(deaf ? 20 : 4);
      simulation.blocked = () => false;
      expect(heal(simulation)).toBeLessThanOrEqual(deaf ? 14 : 10);
      expect(simulation.witness.violations).toEqual([]);
    },
  );
});

describe("more neighbours that die at once than any list is long", () => {
  it.each([16, 48])("cost a ring of %i no more than the wait for what nobody remembers", (nodes) => {
    const simulation = grownRing(1, nodes, { ring: { successors: 2 } });
    const ring = simulation.members().map(({ self }) => self);
    const inOrder = ring.sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const { address } of inOrder.slice(3, 7)) simulation.kill(address);
    expect(heal(simulation)).toBeLessThanOrEqual(10);
    expect(simulation.witness.violations).toEqual([]);
  });
});

function claimed(simulation: Simulation): bigint {
  return simulation
    .members()
    .reduce((sum, node) => sum + (claim(node, simulation.now)?.token.length ?? 0n), 0n);
}

describe("a quiet ring", () => {
  it("spends less than half a message a node and interval on looking itself up", () => {
    const simulation = grownRing(3, 32);
    simulation.run(60_000);
    const spent = new Map<string, number>();
    simulation.carried = (message) => {
      spent.set(message._tag, (spent.get(message._tag) ?? 0) + 1);
      return message;
    };
    simulation.run(64 * 500);
    const introductions = (spent.get("Introduce") ?? 0) + (spent.get("Introduced") ?? 0);
    expect(introductions / (32 * 64)).toBeLessThan(0.5);
    expect((spent.get("Ask") ?? 0) / (32 * 64)).toBeLessThan(1.2);
    expect(flaw(simulation)).toBe(null);
  });
});

describe("a node from which everybody is gone", () => {
  const two = (aloneBySilence: boolean): Simulation => {
    const simulation = new Simulation(1, { intervalMs: 500, leaseMs: 1125 }, { aloneBySilence });
    for (const i of [0, 1]) simulation.start(nodeUrl(i));
    simulation.create(nodeUrl(0));
    simulation.join(nodeUrl(1), [nodeUrl(0)]);
    heal(simulation);
    return simulation;
  };
  const whole = (simulation: Simulation): boolean =>
    simulation.members()[0]?.ownership.leaseUntil === Number.POSITIVE_INFINITY;

  it("is alone at once if everybody refuses", () => {
    const simulation = two(false);
    simulation.kill(nodeUrl(1));
    expect(simulation.run(500, () => whole(simulation))).toBe(true);
  });

  it("is alone after W if everybody is silent, unless it was told not to conclude that", () => {
    for (const allowed of [true, false]) {
      const simulation = two(allowed);
      simulation.blocked = (_, to) => to === nodeUrl(1);
      simulation.hosts.delete(nodeUrl(1));
      expect(simulation.run(5000, () => whole(simulation))).toBe(false);
      expect(simulation.run(15_000, () => whole(simulation))).toBe(allowed);
    }
  });

  it("goes on asking for ever: after an hour apart, two find each other again", () => {
    const simulation = two(true);
    simulation.eventsMax = Number.POSITIVE_INFINITY;
    simulation.links.cut([nodeUrl(1)], "both", simulation.now + 3_600_000);
    simulation.run(3_600_000);
    expect(flaw(simulation)).not.toBe(null);
    expect(heal(simulation, 60)).toBeLessThanOrEqual(20);
  });
});

describe("a ring of three of which two neighbours can't talk", () => {
  it.each(seeds(8))("goes on: the one between stands aside (seed %i)", (seed) => {
    const simulation = grownRing(seed, 3);
    const { intervalMs, leaseMs } = simulation.config.ring;
    const pair = [nodeUrl(0), nodeUrl(1)];
    simulation.blocked = (from, to) => pair.includes(from) && pair.includes(to);
    simulation.run(2 * leaseMs + 6 * intervalMs);
    for (let intervals = 0; intervals < 30; intervals++) {
      simulation.run(intervalMs);
      const claimed = simulation
        .members()
        .reduce(
          (sum, node) => sum + (claim(node, simulation.clock(node.self.address))?.token.length ?? 0n),
          0n,
        );
      expect(claimed).toBe(simulation.config.space.size);
    }
    expect(simulation.witness.violations).toEqual([]);
  });
});
