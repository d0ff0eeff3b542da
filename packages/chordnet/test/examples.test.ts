import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { ChordNetError, errorCodes } from "../src/index.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const sources = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, text: readFileSync(`${root}src/${file}`, "utf8").replaceAll(/^ *\* ?/gm, "") }));

const examples = [{ file: "README.md", text: readme }, ...sources].flatMap(({ file, text }) =>
  [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""], i) => ({ name: `${file} ${i + 1}`, code })),
);

describe("examples", () => {
  it("are found", () => {
    const marks = sources.map(({ text }) => text.split("@example").length - 1);
    expect(examples.length).toBeGreaterThan(marks.reduce((sum, n) => sum + n, 0));
  });

  it.each(examples)("$name runs as it stands, in plain node", { timeout: 15_000 }, async ({ code }) => {
    const run = promisify(execFile);
    const { stderr } = await run(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: root,
      timeout: 10_000,
    });
    expect(stderr).toBe("");
  });
});

describe("the README", () => {
  it("explains every code, with its fault", () => {
    const rows = new Map(
      [...readme.matchAll(/^\| `([A-Z_]+)` +\| (\w+) +\|/gm)].map(([, code, fault]) => [code, fault]),
    );
    expect([...rows.keys()].sort()).toEqual([...errorCodes].sort());
    const data = { seeds: [], reason: "", detail: "", address: "", phase: "", what: "", received: "" };
    for (const code of errorCodes) expect(new ChordNetError(code, data as never).fault).toBe(rows.get(code));
  });
});
