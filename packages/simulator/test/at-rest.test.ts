import { describe, expect, it } from "vitest";
import { grownRing } from "../src/grow.js";

const shapes = [
  { nodes: 1, virtualNodes: 1, successors: 2 },
  { nodes: 1, virtualNodes: 3, successors: 8 },
  { nodes: 2, virtualNodes: 3, successors: 2 },
  { nodes: 3, virtualNodes: 1, successors: 8 },
  { nodes: 8, virtualNodes: 3, successors: 2 },
  { nodes: 32, virtualNodes: 1, successors: 8 },
  { nodes: 32, virtualNodes: 3, successors: 8 },
];

describe("an ideal ring that is left alone", () => {
  it.each(shapes)(
    "has each node send 3 messages an interval at most: $nodes × $virtualNodes, lists of $successors",
    ({ nodes, virtualNodes, successors }) => {
      const simulation = grownRing(7, nodes, { virtualNodes, ring: { successors } });
      const { intervalMs } = simulation.config.ring;
      simulation.run(60 * intervalMs);
      const { messages, events } = simulation;
      const intervals = 60;
      simulation.run(intervals * intervalMs);
      const each = (count: number): number => count / intervals / nodes / virtualNodes;
      expect(each(simulation.messages - messages)).toBeLessThanOrEqual(3);
      // What it is sent, and its timers: nothing goes to and fro for ever, and nobody is woken for nothing.
      expect(each(simulation.events - events)).toBeLessThanOrEqual(4);
      expect(simulation.witness.violations).toEqual([]);
    },
  );
});
