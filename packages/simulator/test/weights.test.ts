import { processAddress } from "@chordnet/core";
import { nodeUrl, Simulation } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";

/** What each process owns of an ideal ring in which they have so many virtual nodes, as a share of the circle. */
function shares(seed: number, virtualNodes: ReadonlyArray<number>): ReadonlyArray<number> {
  const simulation = new Simulation(seed, { intervalMs: 500, leaseMs: 1125 });
  const urls = virtualNodes.map((_, i) => nodeUrl(100 * seed + i));
  simulation.found(new Map(urls.map((url, i) => [url, { virtualNodes: virtualNodes[i] ?? 1 }])));
  const held = new Map<string, number>();
  for (const { self, ownership } of simulation.members()) {
    const process = processAddress(self.address);
    const share =
      Number(((ownership.token?.length ?? 0n) * 1_000_000n) / simulation.config.space.size) / 1_000_000;
    held.set(process, (held.get(process) ?? 0) + share);
  }
  return urls.map((url) => held.get(url) ?? 0);
}

function mean(values: ReadonlyArray<number>): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("virtual nodes", () => {
  it("are weights: a process with more of them owns as much more", () => {
    const rings = Array.from({ length: 40 }, (_, seed) => shares(seed, [8, 8, 16, 32]));
    const [one = 0, other = 0, twice = 0, fourTimes = 0] = [0, 1, 2, 3].map((i) =>
      mean(rings.map((ring) => ring[i] ?? 0)),
    );
    expect(one + other + twice + fourTimes).toBeCloseTo(1, 3);
    for (const [share, weight] of [
      [one, 8],
      [other, 8],
      [twice, 16],
      [fourTimes, 32],
    ] as const) {
      expect(share / (weight / 64)).toBeGreaterThan(0.85);
      expect(share / (weight / 64)).toBeLessThan(1.15);
    }
  });

  it("bring the shares of equal processes closer to each other", () => {
    const widest = (virtualNodes: number): number =>
      mean(
        Array.from({ length: 12 }, (_, seed) => 8 * Math.max(...shares(seed, Array(8).fill(virtualNodes)))),
      );
    const [plain, many] = [widest(1), widest(16)];
    expect(plain).toBeGreaterThan(2);
    expect(many).toBeLessThan(1.6);
  });
});
