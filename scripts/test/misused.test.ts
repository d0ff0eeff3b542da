import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "./repository.js";

/** What is typed wrong must not look like a run in which nothing was broken. */
describe("a long run that is asked for with what is no number or no name", () => {
  it.each([
    ["scripts/soak.mjs --count many", "--count is an integer from 1 on, not many"],
    ["scripts/soak.mjs --class mildest", "--class is one of promised, hard, "],
    ["scripts/soak.mjs --seeds 3", "Unknown option '--seeds'"],
    ["scripts/heal.mjs --nodes eight", "--nodes is an integer from 1 on, not eight"],
    ["scripts/heal.mjs --count 0", "--count is an integer from 1 on, not 0"],
    ["experiments/dist/main.js churn --rate fast", "rate must be a number above 0, not fast"],
    ["experiments/dist/main.js churn --nodes 1.5", "nodes must be an integer, not 1.5"],
    ["bench/dist/main.js hops --cpus 3", "cpus must be 1 or 2, not 3"],
    ["bench/dist/main.js hops --rounds 0", "rounds must be a positive integer"],
  ])("is refused: %s", (command, why) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, command.split(" "), {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toContain(why);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });
});

describe("a long run that is to be kept in a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "seeds-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (into: string, ...args: string[]) =>
    spawnSync(
      process.execPath,
      ["scripts/soak.mjs", "--class", "tiny", "--count", "1", "--into", into, ...args],
      {
        cwd: root,
        encoding: "utf8",
      },
    );

  it.each([
    [
      "notes",
      "Buy milk,\nand bread",
      "that is no file of this command; name a new one, or one that it began",
    ],
    ["json", "7\n", "that is no file of this command"],
    [
      "hard",
      '{"name":"hard"}\n',
      'it was begun with {"name":"hard"}, not {"name":"tiny"}; say the same again',
    ],
    ["torn", '{"name":"tiny"}\n{"seed":1}\nnonsense\n', "line 3 is no outcome; without that line its seed"],
  ])("leaves what is something else as it is: %s", (name, text, why) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const { status, stdout, stderr } = run(file);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`--into ${file}: ${why}`);
    expect(stderr.trimEnd()).not.toContain("\n");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it.each([
    ["", /^--into .*: it cannot be written \(EISDIR.*\); name another file\n$/],
    ["none/file", /^--into .*: it cannot be written \(ENOENT.*\); name another file\n$/],
  ])("says where it cannot be kept: %s", (name, why) => {
    const { status, stderr } = run(join(folder, name));
    expect(stderr).toMatch(why);
    expect(status).toBe(2);
  });

  it("begins an empty file, and goes on with what a killed run left", () => {
    const file = join(folder, "kept");
    writeFileSync(file, "");
    const first = run(file);
    expect(first.status).toBe(0);
    const kept = readFileSync(file, "utf8");
    writeFileSync(file, `${kept}{"se`);
    expect(run(file)).toMatchObject({ status: 0, stdout: first.stdout });
    expect(readFileSync(file, "utf8")).toBe(kept);
  });
});
