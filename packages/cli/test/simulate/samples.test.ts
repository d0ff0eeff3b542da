import { draw, play, scenario } from "@chordnet/simulator";
import { expect, it } from "vitest";
import { Sampler } from "../../src/simulate/samples.js";

it("counts the lookups of a run, and not those that check the ring in the end", () => {
  const schedule = draw(scenario({ seed: 3, nodes: 8, minutes: 1, perMinute: { lookups: 60 } }));
  const sampler = new Sampler(1000, schedule.trouble.until);
  const { lookups, virtualMs } = play(schedule, { prepare: (simulation) => sampler.watch(simulation) });

  const answered = sampler.samples.map(({ answeredPerS }) => answeredPerS);
  expect(lookups.asked).toBeGreaterThan(30);
  expect(answered.reduce((sum, count) => sum + count, 0)).toBe(lookups.asked - lookups.failed);
  expect(Math.max(...answered)).toBeLessThan(10);
  expect(virtualMs).toBeGreaterThan(schedule.trouble.until);
});
