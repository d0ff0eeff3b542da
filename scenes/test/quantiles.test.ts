import { describe, expect, it } from "vitest";
import { median, quantile, worst } from "../src/quantiles.js";

describe("quantile", () => {
  it("takes the nearest rank, whatever the order", () => {
    const values = [5, 1, 4, 2, 3];
    expect(median(values)).toBe(3);
    expect(worst(values)).toBe(5);
    expect(quantile(values, 0)).toBe(1);
    expect(quantile(values, 0.81)).toBe(5);
  });

  it("is no number where there is nothing", () => {
    expect(median([])).toBeNaN();
  });
});
