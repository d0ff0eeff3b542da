import { describe, expect, it } from "vitest";
import { table } from "../src/table.js";
import { screen } from "./screen.js";

describe("table", () => {
  it("aligns columns and leaves no trailing spaces", () => {
    const { out } = screen().terminal;
    const rows = [
      { name: "a", count: 5 },
      { name: "longer", count: 1234 },
    ];
    const drawn = table(
      out,
      [
        { title: "NAME", cell: ({ name }) => name },
        { title: "COUNT", align: "right", cell: ({ count }) => String(count) },
      ],
      rows,
    );
    expect(drawn.split("\n")).toEqual(["NAME    COUNT", "a           5", "longer   1234"]);
  });
});
