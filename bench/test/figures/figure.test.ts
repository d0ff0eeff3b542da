import { describe, expect, it } from "vitest";
import { chart } from "../../src/figures/chart.js";
import { curve } from "../../src/figures/curve.js";
import { figure, held, reached } from "../../src/figures/figure.js";
import { digits, figureTable } from "../../src/figures/tables.js";

const us = { unit: "µs", of: (value: number) => value } as const;

describe("a figure", () => {
  it("is the median of its rounds, its ratio that of the rounds' ratios", () => {
    const { value, beside, ratio } = held("it", us, [10, 40, 30], "the limit", [5, 10, 30]);
    expect([value, beside?.value, ratio]).toEqual([30, 10, 2]);
  });

  it("reaches its aim at the bound, and not past it", () => {
    const within = (value: number): boolean | null =>
      reached(figure("it", value, "ms", { of: "value", most: 3 }));
    expect([within(3), within(3.01)]).toEqual([true, false]);
    expect(reached(held("it", us, [7], "limit", [10], { of: "ratio", least: 0.7 }))).toBe(true);
    expect(reached(held("it", us, [6], "limit", [10], { of: "ratio", least: 0.7 }))).toBe(false);
    expect(reached(figure("it", 1, "ms"))).toBeNull();
  });

  it("has three digits that count", () => {
    expect([1234.5, 12.345, 0.012345, 0].map(digits)).toEqual(["1,235", "12.3", "0.0123", "0"]);
  });
});

describe("a curve", () => {
  it("has a point for each ring beside what the law says, and no ratio to nothing", () => {
    const law = {
      what: "hops",
      unit: "",
      of: (n: number) => n,
      law: "half",
      predicted: (n: number) => n - 4,
    } as const;
    const points = curve(law, [4, 8], (nodes) => ({ nodes }));
    expect(points.map(({ nodes, value, beside, ratio }) => [nodes, value, beside?.value, ratio])).toEqual([
      [4, 4, 0, null],
      [8, 8, 4, 2],
    ]);
  });
});

describe("figures", () => {
  const figures = [
    held("one after another", us, [50], "a raw round trip", [40], { of: "ratio", most: 1.25 }),
    figure("all at once", 3000, "/s", { of: "value", least: 5000 }),
  ];

  it("make a table that says what was missed", () => {
    expect(figureTable(figures).split("\n")).toEqual([
      "|                   | measured | beside           |       | ratio | aim       |         |",
      "| ----------------- | -------: | ---------------- | ----: | ----: | --------- | ------- |",
      "| one after another |    50 µs | a raw round trip | 40 µs |  1.25 | ≤ × 1.25  | reached |",
      "| all at once       |  3,000/s |                  |       |       | ≥ 5,000/s | MISSED  |",
    ]);
  });

  it("make a drawing with each of them, and what it is held against", () => {
    const svg = chart("a title", figures);
    for (const text of ["one after another", "a raw round trip", "all at once", "3,000"])
      expect(svg).toContain(text);
  });

  it("of very different size are drawn on a scale whose ticks are figures, and not prefixes of the unit", () => {
    const svg = chart("a title", [figure("quick", 0.4, "ms"), figure("slow", 7894, "ms")]);
    const ticks = [...svg.matchAll(/<text transform="[^"]*">([^<]+)<\/text>/g)].map(([, text]) => text);
    expect(ticks).toEqual(expect.arrayContaining(["0.1", "1", "10", "100", "1,000"]));
    expect(svg).not.toMatch(/>\d+[mk]</);
  });
});
