import type { Report } from "./notebook.js";

/** The closing table: a line a scene, and under those that failed the bounds they missed. */
export function summary(reports: ReadonlyArray<Report>): ReadonlyArray<string> {
  const rows = reports.map((report) => [
    report.scene,
    report.pass ? "pass" : "FAIL",
    figure(report, "requests") || figure(report, "lookups"),
    figure(report, "failed"),
    wrongAnswers(report),
    `${report.seconds.toFixed(1)} s`,
    essence(report),
  ]);
  const lines = aligned([["scene", "", "asked", "failed", "wrong", "took", "tightest figures"], ...rows]);
  const missed = reports.flatMap((report) =>
    report.checks
      .filter(({ pass }) => !pass)
      .map(({ what, measured, bound }) => `missed in ${report.scene}: ${what}: ${measured} (${bound})`),
  );
  const passed = reports.filter(({ pass }) => pass).length;
  return ["", ...lines, ...missed, `${passed} scenes passed, ${reports.length - passed} failed`];
}

function figure(report: Report, name: string): string {
  return String(report.figures[name] ?? "");
}

function wrongAnswers(report: Report): string {
  return String(report.checks.find(({ what }) => what === "wrong answers")?.measured ?? "");
}

/** Times against their bounds, which are what one reads the table for. */
function essence(report: Report): string {
  return report.checks
    .filter(({ what, bound }) => bound.startsWith("<=") && !what.includes("ended by itself"))
    .map(({ what, measured, bound }) => `${what} ${measured} (${bound})`)
    .slice(0, 3)
    .join("; ");
}

function aligned(rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
