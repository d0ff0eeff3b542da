import { expect, it } from "vitest";
import { pause } from "../../src/waiting/pause.js";
import { FakeClock, settled } from "../fake-clock.js";

function paused(over: AbortSignal | null): { readonly clock: FakeClock; readonly ended: number[] } {
  const clock = new FakeClock();
  const ended: number[] = [];
  void pause(clock, 100, over).then(() => ended.push(clock.now()));
  return { clock, ended };
}

it("a pause lasts as long as it was to", async () => {
  const { clock, ended } = paused(null);
  await clock.advance(99);
  expect(ended).toEqual([]);
  await clock.advance(1);
  expect(ended).toEqual([100]);
});

it("ends with its signal, and leaves no timer", async () => {
  const over = new AbortController();
  const { clock, ended } = paused(over.signal);
  await clock.advance(50);
  over.abort();
  await settled();
  expect(ended).toEqual([50]);
  expect(clock.pending).toBe(0);
});

it("does not begin after its signal was aborted", async () => {
  const { clock, ended } = paused(AbortSignal.abort());
  await settled();
  expect(ended).toEqual([0]);
  expect(clock.pending).toBe(0);
});
