import { describe, expect, it } from "vitest";
import { SimulatedRing } from "../src/simulated-ring.js";

describe("a simulated ring", () => {
  it("answers every lookup, by fewer hops where nodes remember", () => {
    const walked = (routesMax?: number) => {
      const ring = new SimulatedRing(routesMax === undefined ? { nodes: 32 } : { nodes: 32, routesMax });
      ring.walk(1000, 10_000);
      return ring.walk(500, 5000);
    };
    const [fingers, cached] = [walked(1), walked()];
    expect([fingers.answered, cached.answered]).toEqual([500, 500]);
    expect(cached.hops).toBeLessThan(fingers.hops);
    expect(fingers.metDead).toBe(0);
    // A message for each hop, and one back, of 20 to 80 ms: those of own keys take none.
    expect(fingers.answerMs).toBeGreaterThan(50 * fingers.hops);
    expect(fingers.answerMs).toBeLessThan(50 * (fingers.hops + 1));
    expect(cached.answerMs).toBeLessThan(fingers.answerMs);
  });

  it("speaks at rest, and goes on after crashes", () => {
    const ring = new SimulatedRing({ nodes: 32 });
    const { messages, bytes } = ring.rest(5000);
    expect(messages).toBeGreaterThan(32);
    expect(bytes).toBeGreaterThan(messages);
    ring.crash(0.25);
    expect(ring.simulation.hosts.size).toBe(24);
  });
});
