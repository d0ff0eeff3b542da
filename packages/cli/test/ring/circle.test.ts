import { describe, expect, it } from "vitest";
import { bar, circle } from "../../src/ring/circle.js";
import { screen } from "../screen.js";

describe("circle", () => {
  const { out } = screen().terminal;

  it("runs clockwise from the top, each arc in its letter, the node at its end", () => {
    const arcs = [
      { letter: "A", start: 0, end: 0.5 },
      { letter: "B", start: 0.5, end: 1 },
    ];
    const rows = circle(out, arcs, 12);
    expect(rows.map((row) => row.length)).toEqual(Array(12).fill(24));
    const right = rows.map((row) => row.slice(13)).join("");
    const left = rows.map((row) => row.slice(0, 11)).join("");
    expect(right).not.toMatch(/[bB]/);
    expect(left).not.toMatch(/[aA]/);
    expect(rows.at(-1)).toContain("A");
    expect(rows[0]).toContain("B");
  });

  it("is one colour round for a lone node", () => {
    const drawn = circle(out, [{ letter: "A", start: 0.5, end: 0.5 }], 12).join("");
    expect(drawn.replaceAll(" ", "")).toMatch(/^[aA]+$/);
    expect(drawn.match(/A/g)).toHaveLength(1);
  });
});

describe("bar", () => {
  it("is exact to the eighth of a cell", () => {
    expect([0, 0.5, 0.53125, 1].map((part) => bar(part, 1, 4))).toEqual(["", "██", "██▏", "████"]);
    expect(bar(0.25, 0.5, 4)).toBe("██");
  });

  it("is none where there is nothing at all", () => {
    expect(bar(0, 0, 4)).toBe("");
  });
});
