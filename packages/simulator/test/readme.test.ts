import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""], i) => ({
  name: i + 1,
  code,
}));

describe("the examples of the README", () => {
  it("are found", () => expect(examples).toHaveLength(4));

  it.each(examples)("$name runs as it stands, in plain node", { timeout: 60_000 }, async ({ code }) => {
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", code], {
      cwd: root,
    });
    expect(stderr).toBe("");
    expect(stdout).not.toBe("");
  });
});
