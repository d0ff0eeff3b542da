import { expect, it } from "vitest";
import { seldom } from "../src/seldom.js";
import { FakeClock } from "./fake-clock.js";

it("gives the same until its time is over, however often it is asked", () => {
  const clock = new FakeClock();
  let made = 0;
  const ask = seldom(clock, 50, () => {
    made += 1;
    return made;
  });
  expect(Array.from({ length: 1000 }, ask).at(-1)).toBe(1);
  clock.stall(49);
  expect(ask()).toBe(1);
  clock.stall(1);
  expect([ask(), ask()]).toEqual([2, 2]);
});
