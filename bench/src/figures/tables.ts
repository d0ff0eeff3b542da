import type { Figure, Unit } from "./figure.js";
import { reached } from "./figure.js";

/** Figures as a table in Markdown, wide enough to be read as it is. */
export function figureTable(figures: ReadonlyArray<Figure>): string {
  return table([
    ["", "measured", "beside", "", "ratio", "aim", ""],
    ...figures.map((figure) => [
      titleOf(figure),
      written(figure.value, figure.unit),
      figure.beside?.what ?? "",
      figure.beside === null ? "" : written(figure.beside.value, figure.unit),
      figure.ratio === null ? "" : digits(figure.ratio),
      aimOf(figure),
      { true: "reached", false: "MISSED", null: "" }[String(reached(figure)) as "true" | "false" | "null"],
    ]),
  ]);
}

function titleOf({ what, nodes, joinsPerS }: Figure): string {
  if (joinsPerS !== undefined) return `${what}, ${digits(joinsPerS)}/s`;
  return nodes === undefined ? what : `${what}, ${digits(nodes)} nodes`;
}

function aimOf({ aim, unit }: Figure): string {
  if (aim === null) return "";
  const bound = (value: number): string => (aim.of === "ratio" ? `× ${digits(value)}` : written(value, unit));
  return aim.least === undefined ? `≤ ${bound(aim.most ?? 0)}` : `≥ ${bound(aim.least)}`;
}

function written(value: number, unit: Unit): string {
  return `${digits(value)}${unit === "" || unit === "/s" ? unit : ` ${unit}`}`;
}

/** Three of them that count, or all before the point. */
export function digits(value: number): string {
  const places = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en", { maximumFractionDigits: Math.min(places, 4) });
}

/** Rows of cells, the first the head; columns of figures flush right. */
export function table([head = [], ...rows]: ReadonlyArray<ReadonlyArray<string>>): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const isText = (i: number): boolean => rows.every((row) => !/\d/.test(row[i]?.[0] ?? "")) || i === 0;
  const padded = (cell: string, i: number): string =>
    isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  const line = (cells: ReadonlyArray<string>): string => `| ${cells.map(padded).join(" | ")} |`;
  const rule = widths.map((width, i) => (isText(i) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, rule, ...rows].map(line).join("\n");
}
