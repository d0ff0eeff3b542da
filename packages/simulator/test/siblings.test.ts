import type { Address, NodeState } from "@chordnet/core";
import { claim } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { draw } from "../src/draw.js";
import { grownRing, heal, nodeUrl } from "../src/grow.js";
import { virtual } from "../src/modes.js";
import { play } from "../src/play.js";
import { scenario } from "../src/scenario.js";
import { Simulation } from "../src/simulation.js";
import { steady } from "./store/steady.js";

const intervalMs = 500;
const whole = 1n << 160n;

function claimed(simulation: Simulation, url: Address): bigint {
  const nodes = simulation.hosts.get(url)?.state.nodes ?? [];
  return nodes.reduce((sum, node) => sum + (claim(node, simulation.clock(url))?.token.length ?? 0n), 0n);
}

function heldLength({ ownership: { token, handingOver } }: NodeState): bigint {
  return token === null || handingOver ? 0n : token.length;
}

describe("virtual nodes of one process", () => {
  it.each([0, 1, 2, 3])("know at all times how much the others hold (seed %i)", (seed) => {
    let steps = 0;
    play(draw(virtual(seed)), {
      prepare: (simulation) => {
        const { step } = simulation;
        simulation.step = (...given) => {
          const stepped = step(...given);
          const held = stepped[0].nodes.map(heldLength);
          const sum = held.reduce((a, b) => a + b, 0n);
          expect(stepped[0].nodes.map(({ siblingsHold }) => siblingsHold)).toEqual(
            held.map((own) => sum - own),
          );
          steps += 1;
          return stepped;
        };
      },
    });
    expect(steps).toBeGreaterThan(1000);
  });

  // The last ones have nobody elsewhere who could know of their tokens, and must not wait for anybody.
  it.each([
    [2, 3],
    [3, 3],
    [2, 12],
  ])(
    "of the last of %i processes own the ring when the others have left (%i each)",
    (nodes, virtualNodes) => {
      const simulation = grownRing(1, nodes, { virtualNodes });
      for (let i = 1; i < nodes; i++) {
        const left = simulation.leave(nodeUrl(i));
        expect(simulation.run(2000, () => simulation.settled.has(left))).toBe(true);
        simulation.kill(nodeUrl(i));
      }
      const isOwned = (): boolean => claimed(simulation, nodeUrl(0)) === whole;
      expect(simulation.run(intervalMs, isOwned)).toBe(true);
      const { events } = simulation;
      for (let quarters = 0; quarters < 40; quarters++) {
        expect(claimed(simulation, nodeUrl(0))).toBe(whole);
        simulation.run(intervalMs / 4);
      }
      // Once each change of one was passed on to the next, and round and round.
      expect((simulation.events - events) / (10 * virtualNodes)).toBeLessThan(40);
      expect(simulation.witness.violations).toEqual([]);
    },
  );

  // Two neighbours are dead at once: the second one's range has to wait for a lease's time.
  it("own the ring when the only other process has crashed, and its leases are over", () => {
    const simulation = grownRing(2, 2, { virtualNodes: 3 });
    simulation.kill(nodeUrl(1));
    const isOwned = (): boolean => claimed(simulation, nodeUrl(0)) === whole;
    expect(simulation.run(1.05 * 1125 + intervalMs, isOwned)).toBe(true);
    simulation.run(20 * intervalMs);
    expect(claimed(simulation, nodeUrl(0))).toBe(whole);
  });

  it("that are cut off say so, and wait for the others for ever where silence may not be taken for death", () => {
    for (const aloneBySilence of [true, false]) {
      const simulation = new Simulation(3, { intervalMs, leaseMs: 1125 }, { aloneBySilence });
      const isolated = new Set<string>();
      simulation.whenAnnounced = ({ state }, node, { _tag }) => {
        if (_tag === "Isolated") isolated.add(`${state.url} ${node}`);
      };
      for (const i of [0, 1]) simulation.start(nodeUrl(i), { virtualNodes: 3 });
      simulation.create(nodeUrl(0));
      simulation.join(nodeUrl(1), [nodeUrl(0)]);
      heal(simulation);
      expect([...isolated]).toEqual([]);
      simulation.links.cut(new Set([nodeUrl(1)]), "both", simulation.now + 60 * intervalMs);
      simulation.run(55 * intervalMs);
      expect([...isolated].sort()).toEqual(
        [0, 1].flatMap((who) => [0, 1, 2].map((node) => `${nodeUrl(who)} ${node}`)),
      );
      expect(claimed(simulation, nodeUrl(0))).toBe(aloneBySilence ? whole : 0n);
      simulation.run(5 * intervalMs);
      heal(simulation, 40);
      expect(claimed(simulation, nodeUrl(0)) + claimed(simulation, nodeUrl(1))).toBe(whole);
    }
  });

  it.each([1, 2, 3])("that are the last take over all values before the leaver goes (seed %i)", (seed) => {
    const store = { ...steady, copies: 1 };
    const quiet = draw(
      scenario({ seed, nodes: 2, virtualNodes: 3, keys: 12, minutes: 0.3, membersMin: 1, store }),
    );
    const { from } = quiet.trouble;
    const puts = Array.from({ length: 12 }, (_, key) => ({
      at: from + 10 * key,
      _tag: "Put" as const,
      who: key % 2,
      key,
    }));
    const leave = { at: from + 3000, _tag: "Leave" as const, who: seed % 2 };
    const played = play({ ...quiet, acts: [...quiet.acts, ...puts, leave] });
    expect([played.violations, played.store?.stored, played.members]).toEqual([[], 12, 1]);
  });
});
