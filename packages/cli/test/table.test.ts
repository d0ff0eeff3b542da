import { stripVTControlCharacters } from "node:util";
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

  it("goes on in the next line where a person looks, and stays one row a line for programs", () => {
    const columns = [
      { title: "NAME", cell: ({ name }: { name: string }) => name },
      { title: "ABOUT", width: 12, cell: () => "one two three four" },
    ];
    const drawn = (isTTY: boolean) =>
      table(screen({ isTTY }).terminal.out, columns, [{ name: "a" }]).split("\n");
    expect(drawn(true).map(stripVTControlCharacters)).toEqual([
      "NAME  ABOUT",
      "a     one two",
      "      three four",
    ]);
    expect(drawn(false)).toEqual(["NAME  ABOUT", "a     one two three four"]);
  });
});
