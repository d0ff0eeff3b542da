import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** A program that needs to be told something says so in its first line, in capitals. */
const programs = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".mjs") && !file.includes("node_modules"))
  .filter((file) => /^\/\/ node \w+\.mjs [A-Z]/.test(readFileSync(folder + file, "utf8")));

describe("a program that is told nothing", () => {
  it("is most of them", () => {
    expect(programs.length).toBeGreaterThan(6);
  });

  it.each(programs)("says how it is to be run: %s", (file) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [folder + file], { encoding: "utf8" });
    expect(stderr).toMatch(/^usage: node \w+\.mjs .*\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});
