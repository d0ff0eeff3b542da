import { describe, expect, it } from "vitest";
import { Pace } from "../src/pace.js";

describe("Pace", () => {
  it("has one act due at once, and then one each gap", () => {
    let now = 1_000;
    const pace = new Pace(100, () => now);
    pace.begin();
    expect(pace.due()).toBe(1);
    expect(pace.due()).toBe(0);
    now += 9.9;
    expect(pace.due()).toBe(0);
    now += 20.1;
    expect(pace.due()).toBe(3);
    expect(pace.skipped).toBe(0);
  });

  it("catches up with 50 ms at most, and counts what it leaves out", () => {
    let now = 0;
    const pace = new Pace(1_000, () => now);
    pace.begin();
    now = 1_000;
    expect(pace.due()).toBe(51);
    expect(pace.skipped).toBe(950);
  });
});
