import { expect, it } from "vitest";
import { Alarm } from "../../src/waiting/alarm.js";
import { FakeClock } from "../fake-clock.js";

function alarm(): { readonly clock: FakeClock; readonly set: Alarm; readonly rang: number[] } {
  const clock = new FakeClock();
  const rang: number[] = [];
  return { clock, set: new Alarm(clock, () => rang.push(clock.now())), rang };
}

it("an alarm rings once, at the earliest of the times that it was set to", async () => {
  const { clock, set, rang } = alarm();
  for (const at of [300, 100, 200, Number.POSITIVE_INFINITY]) set.set(at);
  expect(clock.pending).toBe(1);
  await clock.advance(1_000);
  expect(rang).toEqual([100]);
});

it("is set again by who was woken, to a time that may be over", async () => {
  const { clock, set, rang } = alarm();
  set.set(100);
  await clock.advance(500);
  set.set(200);
  await clock.advance(0);
  expect(rang).toEqual([100, 500]);
});

it("does not ring for what it was set to before it was stopped", async () => {
  const { clock, set, rang } = alarm();
  set.set(100);
  set.stop();
  expect(clock.pending).toBe(0);
  set.set(300);
  await clock.advance(1_000);
  expect(rang).toEqual([300]);
});
