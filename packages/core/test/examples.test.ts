import assert from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isLeft, isRight, left, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import * as core from "../src/index.js";
import * as pending from "../src/pending.js";
import * as routes from "../src/routes.js";

// An example may use `assert`, fp-ts's Either, all that the package exports, and the modules that are imported whole.
const scope: Readonly<Record<string, unknown>> = {
  ...core,
  ...routes,
  pending,
  assert,
  left,
  right,
  isLeft,
  isRight,
};
const src = fileURLToPath(new URL("../src/", import.meta.url));

interface Example {
  readonly where: string;
  readonly code: string;
}

function examplesIn(file: string): ReadonlyArray<Example> {
  const text = readFileSync(`${src}${file}`, "utf8");
  return [...text.matchAll(/^ *\* @example\n((?: *\*(?: .*)?\n)+?) *\*(?:\/| @)/gm)].map((match) => ({
    where: `${file}:${text.slice(0, match.index).split("\n").length}`,
    code: (match[1] ?? "").replaceAll(/^ *\* ?/gm, ""),
  }));
}

/** Examples need no types, and so are JavaScript as they stand. */
function run(code: string): void {
  const names = Object.keys(scope);
  new Function(...names, `"use strict";\n${code}`)(...names.map((name) => scope[name]));
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const examples = files.flatMap(examplesIn);

describe("the examples of the docstrings", () => {
  it("are found", () => {
    const marks = files.map((file) => readFileSync(`${src}${file}`, "utf8").split("* @example").length - 1);
    expect(examples.length).toBe(marks.reduce((sum, n) => sum + n, 0));
    expect(examples.length).toBeGreaterThan(15);
  });

  it.each(examples)("$where runs, and is true", ({ code }) => run(code));
});
