import type { Address, NodeState } from "@chordnet/core";
import { claim } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { grownRing, heal, nodeUrl } from "../src/grow.js";
import { play } from "../src/play.js";
import { draw } from "../src/schedule/draw.js";
import { virtual } from "../src/schedule/modes.js";
import { scenario } from "../src/schedule/scenario.js";
import { Simulation } from "../src/simulation/simulation.js";
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

  // Each is acknowledged by the next, and that by the next: a row of many took longer than a split may.
  it.each([16, 24, 48])("join one after another within some intervals, however many they are: %i", (many) => {
    for (const seed of [1, 2, 3]) {
      const simulation = new Simulation(seed, { intervalMs, leaseMs: 1125 });
      simulation.start(nodeUrl(0));
      simulation.start(nodeUrl(1), { virtualNodes: many });
      simulation.create(nodeUrl(0));
      const joined = simulation.join(nodeUrl(1), [nodeUrl(0)]);
      expect(simulation.run((many / 4) * intervalMs, () => simulation.settled.has(joined))).toBe(true);
    }
  });

  it.each([1, 3, 16])(
    "are not held up by a newcomer that never takes its part: %i of them",
    (virtualNodes) => {
      const simulation = grownRing(1, 1, { virtualNodes });
      let handed = false;
      simulation.carried = (message) => {
        handed ||= message._tag === "Answer" && message.verdict._tag === "Handed";
        return message;
      };
      simulation.blocked = () => handed;
      simulation.start(nodeUrl(1));
      simulation.join(nodeUrl(1), [nodeUrl(0)]);
      expect(simulation.run(20 * intervalMs, () => handed)).toBe(true);
      simulation.hosts.delete(nodeUrl(1));
      const isOwned = (): boolean => claimed(simulation, nodeUrl(0)) === whole;
      expect(simulation.run(intervalMs, () => !isOwned())).toBe(true);
      expect(simulation.run(14 * intervalMs, isOwned)).toBe(true);
    },
  );

  it.each([1, 3, 16])(
    "own the ring some 15 intervals after the only other fell silent: %i of them",
    (many) => {
      const simulation = new Simulation(1, { intervalMs, leaseMs: 1125 });
      simulation.start(nodeUrl(0), { virtualNodes: many });
      simulation.start(nodeUrl(1));
      simulation.create(nodeUrl(0));
      simulation.join(nodeUrl(1), [nodeUrl(0)]);
      heal(simulation);
      simulation.links.cut(new Set([nodeUrl(1)]), "both", Number.POSITIVE_INFINITY);
      const isOwned = (): boolean => claimed(simulation, nodeUrl(0)) === whole;
      expect(simulation.run(20 * intervalMs, isOwned)).toBe(true);
    },
  );

  it("that slept do not lease each other what they hold by the silence of others", () => {
    const [slept, other] = [nodeUrl(0), nodeUrl(1)];
    const simulation = new Simulation(1, { intervalMs, leaseMs: 1125 });
    simulation.start(slept, { virtualNodes: 3 });
    simulation.start(other);
    simulation.create(slept);
    simulation.join(other, [slept]);
    heal(simulation);
    simulation.sleep(other, 200 * intervalMs);
    expect(simulation.run(150 * intervalMs, () => claimed(simulation, slept) === whole)).toBe(true);
    simulation.sleep(slept, 1000 * intervalMs);
    expect(simulation.run(600 * intervalMs, () => claimed(simulation, other) === whole)).toBe(true);
    const isAwake = (): boolean => simulation.hosts.get(slept)?.isStopped(simulation.now) === false;
    expect(simulation.run(1000 * intervalMs, isAwake)).toBe(true);
    for (let steps = 0; steps < 400; steps++) {
      simulation.run(intervalMs / 20);
      expect(claimed(simulation, slept) + claimed(simulation, other)).toBeLessThanOrEqual(whole);
    }
    expect(simulation.witness.violations).toEqual([]);
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
