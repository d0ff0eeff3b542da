import { grownRing, nodeUrl } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";
import type { Happening } from "../src/event.js";

describe("a newcomer that asks for a range and never takes it", () => {
  it("does not stop the ring, however often it asks", () => {
    const simulation = grownRing(7, 5);
    const urls = [0, 1, 2, 3, 4].map(nodeUrl);
    const greedy = "memory://greedy";
    simulation.start(greedy);
    let rid = 1;
    const pester = (): void => {
      const from = { from: greedy, incarnation: 1, client: false } as const;
      for (const url of urls) {
        const message = { _tag: "Ask", rid: rid++, token: null, unleasedMs: 0, beneath: [] } as const;
        const asks: Happening = { _tag: "Received", ...from, message };
        simulation.happen(url, 0, asks);
      }
      simulation.schedule(250, pester);
    };
    pester();
    const asked: number[] = [];
    for (let i = 0; i < 40; i++) {
      simulation.run(500);
      for (const url of urls) {
        asked.push(simulation.lookup(url, simulation.config.naming(`${url} ${i}`), "recursive"));
      }
    }
    simulation.run(5000);
    const failed = asked.filter((operation) => simulation.settled.get(operation)?.ok !== true);
    expect(failed).toEqual([]);
  });
});
