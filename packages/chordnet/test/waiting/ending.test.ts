import { describe, expect, it } from "vitest";
import { Ending } from "../../src/waiting/ending.js";

describe("Ending", () => {
  it("ends once: its first reason counts, and each listener hears of it once", () => {
    const ending = new Ending();
    const heard: unknown[] = [];
    ending.onEnd(() => heard.push(ending.reason));
    const forget = ending.onEnd(() => heard.push("forgotten"));
    forget();
    ending.end("first");
    ending.end("second");
    expect(ending.over).toBe(true);
    expect(heard).toEqual(["first"]);
  });

  it("tells at once who listens when it is over", () => {
    const ending = new Ending();
    ending.end("over");
    let heard: unknown = null;
    ending.onEnd(() => {
      heard = ending.reason;
    });
    expect(heard).toBe("over");
  });

  it("has one signal, asked for before the end or after it", () => {
    const before = new Ending();
    const { signal } = before;
    expect(signal.aborted).toBe(false);
    before.end("why");
    expect(signal).toBe(before.signal);
    expect([signal.aborted, signal.reason]).toEqual([true, "why"]);

    const after = new Ending();
    after.end("why");
    expect([after.signal.aborted, after.signal.reason]).toEqual([true, "why"]);
  });

  it("or a result, whichever is first", async () => {
    const ending = new Ending();
    expect(await ending.or(Promise.resolve(1))).toBe(1);
    await expect(ending.or(Promise.reject(new Error("its own")))).rejects.toThrow("its own");
    const late: number[] = [];
    let finish: (value: number) => void = () => undefined;
    const given = ending.or(
      new Promise<number>((resolve) => {
        finish = resolve;
      }),
      (value) => late.push(value),
    );
    ending.end(new Error("over"));
    await expect(given).rejects.toThrow("over");
    finish(7);
    await Promise.resolve();
    expect(late).toEqual([7]);
  });
});
