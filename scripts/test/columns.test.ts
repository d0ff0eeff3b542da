import { expect, it } from "vitest";
import { filesIn, textOf } from "./repository.js";

/**
 * What people read has lines of 120 columns at most: documents but for tables and what stands between fences, and
 * comments but for examples. What has no blank can't be broken.
 */
const columnsMax = 120;

function tooLong(line: string): boolean {
  return (
    line.length > columnsMax &&
    line
      .trim()
      .replace(/^(\/\/|\*|-) /, "")
      .includes(" ")
  );
}

function inDocument(lines: ReadonlyArray<string>): ReadonlyArray<number> {
  let fenced = false;
  return lines.flatMap((line, i) => {
    if (line.trimStart().startsWith("```")) fenced = !fenced;
    return !fenced && !line.startsWith("|") && tooLong(line) ? [i + 1] : [];
  });
}

function inComments(lines: ReadonlyArray<string>): ReadonlyArray<number> {
  let example = false;
  return lines.flatMap((line, i) => {
    if (/^ *(\*\/|\* @)/.test(line)) example = line.includes("@example");
    return !example && /^ *(\/\/|\/\*|\* )/.test(line) && tooLong(line) ? [i + 1] : [];
  });
}

it("prose has at most 120 columns", () => {
  const found = filesIn("", /\.(md|ts|mjs|cjs|js)$/).flatMap((path) => {
    const lines = textOf(path).split("\n");
    const places = path.endsWith(".md") ? inDocument(lines) : inComments(lines);
    return places.map((line) => `${path}:${line}`);
  });
  expect(found).toEqual([]);
});
