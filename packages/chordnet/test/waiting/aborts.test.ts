import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { onAborted } from "../../src/waiting/aborts.js";

it("an abort is heard by all who listen to it, over one listener, and by none who stopped", () => {
  const controller = new AbortController();
  const heard: number[] = [];
  const stops = Array.from({ length: 20 }, (_, n) => onAborted(controller.signal, () => heard.push(n)));
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
  for (const stop of stops.slice(0, 18)) stop();
  controller.abort();
  expect(heard).toEqual([18, 19]);
  stops[18]?.();
  expect(heard).toEqual([18, 19]);
});

it("an abort is heard by who comes too late for it, soon, unless they stop before", async () => {
  const controller = new AbortController();
  controller.abort();
  const heard: number[] = [];
  const [stop] = [1, 2].map((n) => onAborted(controller.signal, () => heard.push(n)));
  stop?.();
  expect(heard).toEqual([]);
  await Promise.resolve();
  expect(heard).toEqual([2]);
});

it("nothing of who stopped listening is kept for as long as the signal lasts", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const { signal } = new AbortController();
  const listened = (): WeakRef<object> => {
    const listener = {};
    onAborted(signal, () => listener)();
    return new WeakRef(listener);
  };
  const listener = listened();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  expect(listener.deref()).toBeUndefined();
});
