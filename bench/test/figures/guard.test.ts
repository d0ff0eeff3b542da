import { expect, it } from "vitest";
import { best, lost } from "../../src/figures/guard.js";

it("a fifth may be lost, and not more; what is new, or no number, is lost", () => {
  expect([lost(0.81, 1), lost(0.79, 1), lost(2, 1)]).toEqual([false, true, false]);
  expect([lost(1, undefined), lost(Number.NaN, 1)]).toEqual([true, true]);
});

it.each([
  [[1], 1, 1],
  [[0.5, 0.9, 0.1], 2, 0.9],
  [[0.5, 0.6, 0.7, 1], 3, 0.7],
])("of %j it measures %i, and keeps the best", async (ratios, measured, kept) => {
  let times = 0;
  const measure = () => ({ it: ratios[times++] as number });
  expect(await best(measure, { it: 1 })).toEqual({ it: kept });
  expect(times).toBe(measured);
});
