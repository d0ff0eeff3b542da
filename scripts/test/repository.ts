import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Files of the repository, by their path from its root. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export function textOf(path: string): string {
  return readFileSync(`${root}${path}`, "utf8");
}

const passedBy = new Set(["node_modules", "dist", ".git", ".pnpm-store", "coverage"]);

/** The files below a folder (`""`, or with a slash at its end) whose names are such, but for what is built. */
export function filesIn(folder: string, name: RegExp): ReadonlyArray<string> {
  return readdirSync(`${root}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) return passedBy.has(entry.name) ? [] : filesIn(`${path}/`, name);
    return name.test(path) ? [path] : [];
  });
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
