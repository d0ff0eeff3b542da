import { expect, it } from "vitest";
import { Ages } from "../../src/link/ages.js";

it("ages are counted in periods, each from when it last was otherwise", () => {
  const ages = new Ages();
  ages.passed(100, true, false);
  expect(ages).toMatchObject({ quietMs: 0, blockedMs: 100, deafMs: 100, openMs: 0 });
  ages.passed(100, true, true);
  expect(ages).toMatchObject({ quietMs: 100, blockedMs: 200, deafMs: 200, openMs: 100 });
  ages.busy();
  ages.drained();
  ages.heard();
  ages.passed(100, false, true);
  expect(ages).toMatchObject({ quietMs: 0, blockedMs: 0, deafMs: 100, openMs: 200 });
});
