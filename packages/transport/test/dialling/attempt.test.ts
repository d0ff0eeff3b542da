import { left, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { attempt } from "../../src/dialling/attempt.js";

const begun = (timeoutMs: number, signal: AbortSignal = new AbortController().signal) => {
  let undone = 0;
  let settle: Parameters<Parameters<typeof attempt<string>>[2]>[0] = () => undefined;
  const result = attempt<string>({ timeoutMs, signal }, "too late", (given) => {
    settle = given;
    return () => {
      undone += 1;
    };
  });
  return { result, settle, undone: () => undone };
};

describe("an attempt", () => {
  it("ends with what comes first, and nothing is undone that succeeded", async () => {
    const controller = new AbortController();
    const { result, settle, undone } = begun(60_000, controller.signal);
    settle(right("connected"));
    settle(left({ reason: "refused", detail: "later" }));
    controller.abort();
    expect(await result).toEqual(right("connected"));
    expect(undone()).toBe(0);
  });

  it("that fails is undone, once", async () => {
    const { result, settle, undone } = begun(60_000);
    settle(left({ reason: "refused", detail: "nobody" }));
    settle(right("connected"));
    expect(await result).toEqual(left({ reason: "refused", detail: "nobody" }));
    expect(undone()).toBe(1);
  });

  it("is undone when its time is over", async () => {
    const { result, undone } = begun(1);
    expect(await result).toEqual(left({ reason: "timeout", detail: "too late" }));
    expect(undone()).toBe(1);
  });

  it("is undone when it is given up, even before it began", async () => {
    const controller = new AbortController();
    const one = begun(60_000, controller.signal);
    controller.abort();
    const other = begun(60_000, controller.signal);
    for (const { result, undone } of [one, other]) {
      expect(await result).toEqual(left({ reason: "timeout", detail: "given up" }));
      expect(undone()).toBe(1);
    }
  });
});
