import { describe, expect, it } from "vitest";
import { Simulation } from "./simulation.js";

const name = (i: number): string => `memory://n${i}`;

describe("a ring in memory", () => {
  it.each([1, 2, 3, 5, 8, 16, 32])("of %i nodes that join one after another becomes ideal", (n) => {
    const sim = new Simulation(n, { intervalMs: 500, leaseMs: 1125 });
    sim.start(name(0));
    sim.create(name(0));
    for (let i = 1; i < n; i++) {
      sim.start(name(i));
      const op = sim.join(name(i), [name(0)]);
      expect(sim.run(5000, () => sim.settled.has(op))).toBe(true);
      expect(sim.settled.get(op)).toMatchObject({ ok: true });
    }
    sim.run(10_000, () => sim.ideal());
    expect(sim.flaw()).toBe(null);
    expect(sim.violations).toEqual([]);
    console.log(n, sim.now, sim.messages);
  });

  it("16 at once", () => {
    const sim = new Simulation(5, { intervalMs: 500, leaseMs: 1125 });
    for (let i = 0; i < 16; i++) sim.start(name(i));
    for (let i = 1; i < 16; i++) sim.join(name(i), [name(0)]);
    sim.run(2000);
    sim.create(name(0));
    sim.run(20_000, () => sim.members().length === 16 && sim.ideal());
    expect(sim.flaw()).toBe(null);
    console.log("16 at once", sim.now);
  });

  it("heals", () => {
    const sim = new Simulation(9, { intervalMs: 500, leaseMs: 1125 });
    sim.start(name(0)); sim.create(name(0));
    for (let i = 1; i < 16; i++) { sim.start(name(i)); const op = sim.join(name(i), [name(0)]); sim.run(5000, () => sim.settled.has(op)); }
    sim.run(20_000, () => sim.ideal());
    expect(sim.flaw()).toBe(null);
    const m = sim.members();
    let t = sim.now; sim.kill(m[3]!.self.address);
    sim.run(20_000, () => sim.ideal()); console.log("one killed", (sim.now - t) / 500, sim.flaw());
    t = sim.now; sim.kill(m[6]!.self.address); sim.kill(m[7]!.self.address);
    sim.run(20_000, () => sim.ideal()); console.log("two killed", (sim.now - t) / 500, sim.flaw());
    t = sim.now; sim.pause(m[10]!.self.address, 10_000);
    sim.run(20_000, () => { const o = sim.members().filter(x => x.self.address !== m[10]!.self.address); return false; });
    sim.run(20_000, () => sim.ideal()); console.log("paused", (sim.now - t) / 500, sim.flaw());
    t = sim.now; const op = sim.leave(m[12]!.self.address);
    sim.run(20_000, () => sim.settled.has(op)); console.log("left", sim.now - t, sim.settled.get(op));
    sim.kill(m[12]!.self.address);
    sim.run(20_000, () => sim.ideal()); console.log("left ideal", (sim.now - t) / 500, sim.flaw());
    t = sim.now; sim.kill(m[1]!.self.address); sim.run(100); sim.start(m[1]!.self.address); const j = sim.join(m[1]!.self.address, [m[0]!.self.address]);
    sim.run(20_000, () => sim.settled.has(j) && sim.ideal()); console.log("restart", (sim.now - t) / 500, sim.flaw(), sim.settled.get(j));
    expect(sim.violations).toEqual([]);
  });
});
