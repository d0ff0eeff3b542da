import { describe, expect, it } from "vitest";
import { Pace } from "../../src/link/pace.js";

const rates = { frames: 1_000, bytes: 100_000 };

describe("the pace at which a peer is read", () => {
  it("lets a quarter of a second's worth come at once, and no more", () => {
    expect(new Pace(0).spend(250, 25_000, rates, 0)).toBe(0);
    expect(new Pace(0).spend(251, 0, rates, 0)).toBe(1);
    expect(new Pace(0).spend(0, 25_100, rates, 0)).toBe(1);
  });

  it("waits until what came is paid for", () => {
    const pace = new Pace(0);
    expect(pace.spend(1_250, 0, rates, 0)).toBe(1_000);
    expect(pace.spend(0, 0, rates, 1_000)).toBe(0);
    expect(pace.spend(100, 0, rates, 1_050)).toBe(50);
  });

  it("saves nothing up for later than a quarter of a second", () => {
    const pace = new Pace(0);
    expect(pace.spend(1, 0, rates, 100_000)).toBe(0);
    expect(pace.spend(350, 0, rates, 100_000)).toBe(101);
  });
});
