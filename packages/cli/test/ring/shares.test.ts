import { describe, expect, it } from "vitest";
import { shares } from "../../src/ring/shares.js";

describe("shares", () => {
  it("gives each node the circle from its predecessor to itself", () => {
    expect(shares(["20", "60", "e0"], 8)).toEqual([
      { start: 0.875, end: 0.125, share: 0.25 },
      { start: 0.125, end: 0.375, share: 0.25 },
      { start: 0.375, end: 0.875, share: 0.5 },
    ]);
  });

  it("gives a lone node everything", () => {
    expect(shares(["80"], 8)).toEqual([{ start: 0.5, end: 0.5, share: 1 }]);
  });
});
