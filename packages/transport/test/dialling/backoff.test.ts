import { describe, expect, it } from "vitest";
import { Backoff } from "../../src/dialling/backoff.js";
import type { LinkFailure } from "../../src/transport.js";

const unreachable: LinkFailure = { reason: "unreachable", detail: "" };

describe("Backoff", () => {
  it("doubles with each failure, up to its bound", () => {
    const backoff = new Backoff(20, 100, 10);
    const windows = [20, 40, 80, 100, 100];
    let now = 0;
    for (const windowMs of windows) {
      backoff.failed("a", now, unreachable);
      expect([backoff.blocks("a", now + windowMs - 1), backoff.blocks("a", now + windowMs)]).toEqual([
        true,
        false,
      ]);
      now += windowMs;
    }
  });

  it("starts anew after success", () => {
    const backoff = new Backoff(20, 100, 10);
    backoff.failed("a", 0, unreachable);
    backoff.failed("a", 0, unreachable);
    backoff.cleared("a");
    expect(backoff.blocks("a", 0)).toBe(false);
    backoff.failed("a", 0, unreachable);
    expect(backoff.blocks("a", 20)).toBe(false);
  });

  it("knows why the last dial failed, and who refused it", () => {
    const backoff = new Backoff(20, 100, 10);
    backoff.failed("a", 5, unreachable);
    expect(backoff.cause("a", 7)).toEqual({ reason: "unreachable", agoMs: 2 });
    const refusal = { code: "overloaded", detail: "full" };
    backoff.failed("a", 10, { reason: "rejected", detail: "overloaded", refusal });
    expect(backoff.cause("a", 10)).toEqual({ reason: "rejected", agoMs: 0, refusal });
    expect(backoff.cause("b", 10)).toBe(null);
  });

  it("remembers as many addresses as allowed, the latest", () => {
    const backoff = new Backoff(20, 100, 2);
    for (const address of ["a", "b", "a", "c"]) backoff.failed(address, 0, unreachable);
    expect(["a", "b", "c"].map((address) => backoff.blocks(address, 0))).toEqual([true, false, true]);
  });
});
