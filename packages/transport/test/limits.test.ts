import { describe, expect, it } from "vitest";
import { defaultLimits, type LinkLimits, resolveLimits } from "../src/limits.js";
import { TransportError } from "../src/transport-error.js";

const codeOf = (limits: Partial<LinkLimits>): unknown => {
  try {
    resolveLimits(limits);
    return "resolved";
  } catch (error) {
    return error instanceof TransportError ? error.code : error;
  }
};

describe("resolveLimits", () => {
  it("replaces what is given", () => {
    expect(resolveLimits({ idleMs: 5 })).toEqual({ ...defaultLimits, idleMs: 5 });
  });

  it("takes integers that a timer can hold, and no others", () => {
    const values = [1, 2 ** 31 - 1, 0, 2 ** 31, 1.5, Number.NaN, Number.POSITIVE_INFINITY];
    expect(values.map((idleMs) => codeOf({ idleMs }))).toEqual([
      "resolved",
      "resolved",
      ...Array(5).fill("bad-options"),
    ]);
  });

  it("leaves room for a refusal in every frame", () => {
    expect([2_048, 2_047].map((frameBytesMax) => codeOf({ frameBytesMax }))).toEqual([
      "resolved",
      "bad-options",
    ]);
  });
});
