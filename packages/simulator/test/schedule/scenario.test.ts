import { expect, it } from "vitest";
import { scenario } from "../../src/schedule/scenario.js";

it.each([
  [{ nods: 3 }, "a scenario has no nods, only drift, founded, keys,"],
  [{ ring: { interval: 500 } }, "ring has no interval, only bits,"],
  [{ faults: { lost: 0.1 } }, "faults has no lost, only duplication,"],
  [{ perMinute: { crash: 3 } }, "perMinute has no crash, only crashes,"],
  [{ sizes: { pause: 3 } }, "sizes has no pause, only"],
  [{ perMinute: { crashes: -1 } }, "perMinute.crashes must be a number from 0 on, not -1"],
  [{ perMinute: { crashes: Number.NaN } }, "perMinute.crashes must be a number from 0 on, not NaN"],
  [{ faults: { loss: 3 } }, "faults.loss must be a number from 0 to 1, not 3"],
])("a scenario of %o is refused", (options, told) => {
  expect(() => scenario({ seed: 1, ...(options as object) })).toThrow(told);
});

it("one that is whole already may be given again, and comes back as it was", () => {
  const whole = scenario({ seed: 1, faults: { tail: 1.5, reordering: 0.5 }, perMinute: { crashes: 1 } });
  expect(scenario(whole)).toEqual(whole);
});
