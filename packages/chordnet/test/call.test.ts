import { describe, expect, it } from "vitest";
import { beginCall, onGivenUp, restOf, within } from "../src/call.js";
import { timeoutMsMax } from "../src/checks.js";
import { FakeClock } from "./fake-clock.js";
import { code, failure } from "./rings.js";

const never = new Promise<never>(() => undefined);

describe("a call", () => {
  it("is given up when its time is over, and not before", async () => {
    const clock = new FakeClock();
    const call = beginCall(clock.now(), "lookup", { timeoutMs: 100 }, 5_000);
    const waiting = failure(() => within(clock, call, never));
    await clock.advance(99);
    expect(clock.pending).toBe(1);
    expect(restOf(clock, call)).toEqual({ signal: undefined, timeoutMs: 1 });
    await clock.advance(1);
    expect(await waiting).toMatchObject({ code: "TIMEOUT", data: { what: "lookup", timeoutMs: 100 } });
    expect(clock.pending).toBe(0);
  });

  it("is given up when its signal is aborted, and leaves no timer", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const call = beginCall(clock.now(), "join", { signal: controller.signal }, 5_000);
    const waiting = failure(() => within(clock, call, never));
    controller.abort("enough");
    expect(await waiting).toMatchObject({ code: "ABORTED", cause: "enough" });
    expect(clock.pending).toBe(0);
    expect(await code(() => beginCall(clock.now(), "join", { signal: controller.signal }, 5_000))).toBe(
      "ABORTED",
    );
  });

  it("leaves no timer where the answer came", async () => {
    const clock = new FakeClock();
    const call = beginCall(clock.now(), "lookup", {}, 5_000);
    expect(await within(clock, call, Promise.resolve(7))).toBe(7);
    await expect(within(clock, call, Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(clock.pending).toBe(0);
  });

  it("may be one of many that share a signal, without a warning", async () => {
    const clock = new FakeClock();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    const { signal, abort } = ((controller) => ({
      signal: controller.signal,
      abort: () => controller.abort(),
    }))(new AbortController());
    let given = 0;
    for (let i = 0; i < 100; i += 1) {
      const stop = onGivenUp(clock, beginCall(clock.now(), "lookup", { signal }, 5_000), () => {
        given += 1;
      });
      if (i % 2 === 0) stop();
    }
    abort();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", onWarning);
    expect(given).toBe(50);
    expect(clock.pending).toBe(0);
    expect(warnings).toEqual([]);
  });

  it("lasts a day at most", () => {
    const clock = new FakeClock();
    expect(beginCall(clock.now(), "lookup", { timeoutMs: Number.POSITIVE_INFINITY }, 1).timeoutMs).toBe(
      timeoutMsMax,
    );
  });
});
