import { defaultRing } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { drawn } from "../../src/ring/print.js";
import { screen } from "../screen.js";

const members = ["20", "80"].map((start, i) => ({
  id: start.padEnd(40, "0"),
  address: `tcp://127.0.0.1:700${i}`,
  predecessor: null,
  successors: [],
  claims: null,
}));

const rows = (isTTY: boolean, columns: number): string[] => {
  const { out } = screen({ isTTY, columns, env: { NO_COLOR: "1" } }).terminal;
  const lines = drawn(out, members, defaultRing).flatMap((part) => part.split("\n"));
  return lines.filter((line) => line.includes("tcp://"));
};

describe("a row of a ring's node", () => {
  it("has a bar where that fits, and goes on in the same line where it does not", () => {
    expect(rows(true, 80).filter((line) => line.includes("█"))).toHaveLength(2);
    const narrow = rows(true, 70);
    expect(narrow.filter((line) => line.includes("█") || line.length > 70)).toEqual([]);
    expect(narrow.filter((line) => line.endsWith("nothing"))).toHaveLength(2);
  });

  it("is the same for programs, however wide", () => {
    expect(rows(false, 40)).toEqual(rows(false, 80));
  });
});
