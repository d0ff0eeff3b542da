import type { StepFigure } from "./step.js";

export function stepTable(figures: ReadonlyArray<StepFigure>): string {
  return table([
    ["lookups in a ring of 64", "events/s", "beside the first", "events a lookup"],
    ...figures.map(({ what, eventsPerS, ratio, eventsPerLookup }) => [
      what,
      Math.round(eventsPerS).toLocaleString("en"),
      ratio.toFixed(2),
      eventsPerLookup.toFixed(2),
    ]),
  ]);
}

/** Rows of cells in Markdown, the first the head; wide enough to be read as they are. */
function table([head = [], ...rows]: ReadonlyArray<ReadonlyArray<string>>): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: ReadonlyArray<string>): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, rule, ...rows].map(line).join("\n");
}
