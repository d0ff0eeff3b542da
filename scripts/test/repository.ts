import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Files of the repository, by their path from its root. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export function textOf(path: string): string {
  return readFileSync(`${root}${path}`, "utf8");
}

/** The cells of the table under this heading row, a row each. */
export function tableUnder(heading: string, text: string): ReadonlyArray<ReadonlyArray<string>> {
  const start = text.indexOf(`${heading}\n`);
  if (start < 0) throw new Error(`no table with the heading ${heading}`);
  const lines = text.slice(start).split("\n").slice(2);
  const rows = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("|")),
  );
  return rows.map((row) => row.split(" | ").map((cell) => cell.replaceAll(/^\| ?| ?\|$/g, "")));
}

/** What stands between backticks. */
export function quoted(text = ""): ReadonlyArray<string> {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}
