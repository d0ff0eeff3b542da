import type { Scenario, Simulation } from "@chordnet/simulator";
import { lossy, mild, simulate, stopped, virtual } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";
import { usable } from "../../src/state.js";

describe("successor lists", () => {
  // An answer that tells the list as it is, is believed without a look at those behind the first.
  it.each([
    ["mild", mild],
    ["lossy", lossy],
    ["stopped", stopped],
    ["virtual", virtual],
  ])("hold behind the first nobody who is not usable: %s", (_, kind: (seed: number) => Scenario) => {
    let looked = 0;
    const prepare = (simulation: Simulation): void => {
      const { step } = simulation;
      simulation.step = (state, node, event) => {
        const answer = step(state, node, event);
        for (const after of answer[0].nodes) {
          for (const peer of after.pointers.successors.slice(1)) {
            looked++;
            if (!usable(after, peer, event.at))
              throw new Error(`${after.self.address} lists ${peer.address}`);
          }
        }
        return answer;
      };
    };
    for (const seed of [1, 2, 3]) simulate({ ...kind(seed), minutes: 0.2 }, { prepare, checks: [] });
    expect(looked).toBeGreaterThan(1000);
  });
});
