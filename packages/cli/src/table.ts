import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";
import type { Output } from "./terminal.js";

export interface Column<Row> {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Where a person looks, longer cells go on in the next line after a word. At most so many columns. */
  readonly width?: number;
  readonly cell: (row: Row) => string;
}

/** Aligned columns, two spaces apart, without lines: one row a line, so that `grep`, `sort` and eyes can use it. */
export function table<Row>(
  output: Output,
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
): string {
  const drawn = new Table({
    chars: noLines,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    head: columns.map(({ title }) => output.colors.dim(title)),
    colAligns: columns.map(({ align }) => align ?? "left"),
    colWidths: columns.map(({ width }) => (output.isTerminal ? (width ?? null) : null)),
    wordWrap: true,
  });
  for (const row of rows) drawn.push(columns.map(({ cell }) => cell(row)));
  return withoutTrailingSpaces(drawn.toString());
}

/** Whether a person sees these lines as they are: where programs read, and where none is wider than the terminal. */
export function fits(output: Output, lines: ReadonlyArray<string>): boolean {
  if (!output.isTerminal) return true;
  return lines.every((line) => stripVTControlCharacters(line).length <= output.columns);
}

const noLines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

function withoutTrailingSpaces(text: string): string {
  return text.replaceAll(/ +$/gm, "");
}
