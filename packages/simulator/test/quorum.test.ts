import type { Address, NodeState } from "@chordnet/core";
import { claim } from "@chordnet/core";
import { flaw, heal, nodeUrl, quorum, Simulation, simulate } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";

const intervalMs = 500;
const leaseMs = 1125;
const rest = { claimed: 0n, of: [] as Address[] };

/** Members by the address of their process, and what they claim, all together. */
function claims(simulation: Simulation, inside: (process: Address) => boolean): typeof rest {
  const claiming = simulation.members().filter(({ self }: NodeState) => inside(self.address));
  const held = claiming.map((node) => ({ node, own: claim(node, simulation.clock(node.self.address)) }));
  return {
    claimed: held.reduce((sum, { own }) => sum + (own?.token.length ?? 0n), 0n),
    of: held.filter(({ own }) => own !== null).map(({ node }) => node.self.address),
  };
}

function ring(seed: number, nodes: number, minMembers: number): Simulation {
  const simulation = new Simulation(seed, { intervalMs, leaseMs }, { minMembers });
  for (let i = 0; i < nodes; i++) simulation.start(nodeUrl(i));
  simulation.create(nodeUrl(0));
  for (let i = 1; i < nodes; i++) simulation.join(nodeUrl(i), [nodeUrl(0)]);
  return simulation;
}

const everybody = (): boolean => true;

describe("a node that must see enough members", () => {
  it("claims nothing before they are there, and can be joined all the same", () => {
    const simulation = new Simulation(1, { intervalMs, leaseMs }, { minMembers: 3 });
    for (const i of [0, 1, 2]) simulation.start(nodeUrl(i));
    simulation.create(nodeUrl(0));
    simulation.join(nodeUrl(1), [nodeUrl(0)]);
    simulation.run(20 * intervalMs);
    expect(simulation.members()).toHaveLength(2);
    expect(claims(simulation, everybody).of).toEqual([]);
    const lookup = simulation.lookup(
      nodeUrl(1),
      simulation.config.naming("key"),
      "recursive",
      4 * intervalMs,
    );
    simulation.run(6 * intervalMs);
    expect(simulation.settled.get(lookup)?.result).toMatchObject({
      _tag: "NoOwner",
      last: "too-few-members",
    });

    simulation.join(nodeUrl(2), [nodeUrl(0)]);
    heal(simulation);
    expect(claims(simulation, everybody).claimed).toBe(simulation.config.space.size);
  });

  it.each([
    [3, 2],
    [5, 3],
    [7, 4],
    [9, 5],
  ])(
    "of %i with %i asked for, cut in two anywhere, at most one side claims anything",
    (nodes, minMembers) => {
      for (let seed = 0; seed < 12; seed++) {
        const simulation = ring(seed, nodes, minMembers);
        heal(simulation, 60);
        const size = 1 + (seed % (minMembers - 1));
        const minority = new Set(Array.from({ length: size }, (_, i) => nodeUrl((seed + 3 * i) % nodes)));
        const isMinor = (process: Address): boolean => minority.has(process);
        simulation.links.cut(minority, "both", Number.POSITIVE_INFINITY);
        simulation.run(leaseMs + intervalMs / 5);
        expect(claims(simulation, isMinor).of).toEqual([]);
        for (let quarters = 0; quarters < 200; quarters++) {
          simulation.run(intervalMs / 4);
          expect(claims(simulation, isMinor).of).toEqual([]);
        }
        const { claimed } = claims(simulation, (process) => !isMinor(process));
        expect(claimed).toBe(simulation.config.space.size);
        expect(simulation.witness.violations.filter(({ _tag }) => _tag === "Overlap")).toEqual([]);

        simulation.links.mend();
        heal(simulation, 60);
        expect(flaw(simulation)).toBe(null);
      }
    },
  );

  it.each([160, 736])("counts a process of which a virtual node is no member: seed %i", (seed) => {
    const { violations, parted } = simulate(quorum(seed));
    expect(violations).toEqual([]);
    expect(parted).toBe(false);
  });

  it("without it each side claims everything", () => {
    const simulation = ring(1, 5, 1);
    heal(simulation, 60);
    simulation.links.cut([nodeUrl(0), nodeUrl(1)], "both", Number.POSITIVE_INFINITY);
    simulation.run(60 * intervalMs);
    expect(claims(simulation, everybody).claimed).toBe(2n * simulation.config.space.size);
  });
});
