import type { NodeState, ProcessState } from "@chordnet/core";
import { stepProcess } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { play } from "../src/play.js";
import type { Schedule } from "../src/schedule/scenario.js";
import type { Simulation } from "../src/simulation/simulation.js";
import { ringProperties } from "../src/testing/properties.js";

const parts = { nodes: 4, actsMax: 10 };

describe("what rings promise", { timeout: 60_000 }, () => {
  it.each(ringProperties(parts))("$name", ({ property }) => fc.assert(property, { numRuns: 10 }));
});

/** Whoever was handed a part, and leased it, claims the whole ring; whoever admitted it goes on as it should. */
function everything(node: NodeState): NodeState {
  const { config, ownership } = node;
  if (ownership.acknowledged === null || ownership.term === 0) return node;
  const acknowledged = { ...ownership.acknowledged, length: config.space.size };
  return { ...node, ownership: { ...ownership, acknowledged, token: acknowledged } };
}

function greedy(simulation: Simulation): void {
  simulation.step = (state, node, event) => {
    const [next, outcomes] = stepProcess(state, node, event);
    const after: ProcessState = { ...next, nodes: next.nodes.map(everything) };
    return [after, outcomes];
  };
}

describe("a step that breaks what is promised", () => {
  it("is found by what it breaks", () => {
    const [claims] = ringProperties({ ...parts, prepare: greedy });
    if (claims === undefined) return expect.fail("there is no property");
    const { failed, counterexample } = fc.check(claims.property, { numRuns: 20, endOnFailure: true });
    expect(failed).toBe(true);
    const [schedule] = counterexample as [Schedule];
    expect(play(schedule, { prepare: greedy, stopAt: "Overlap" }).counts).toHaveProperty("Overlap");
    expect(play(schedule).violations).toEqual([]);
  });
});
