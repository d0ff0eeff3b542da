import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
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
    const { status, stdout, stderr } = run(file);
    expect(stderr).toMatch(/^usage: node \w+\.mjs .*\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

describe("a program that cannot begin", () => {
  it.each(programs)("says in one line what is wrong with its arguments: %s", (file) => {
    const { status, stdout, stderr } = run(file, "nonsense", "nonsense", "nonsense");
    expect(stderr).toMatch(/^(usage: node|bad address nonsense: ).*\n$/);
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
  });

  it.each([
    ["cron/node.mjs", ["URL"]],
    ["deploy/node.mjs", ["URL"]],
    ["fencing/worker.mjs", ["http://127.0.0.1:8080", "URL"]],
    ["forward/node.mjs", ["0", "URL"]],
    ["rooms/node.mjs", ["0", "URL"]],
  ])("says in one line that another one listens there: %s", async (file, args) => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const url = `tcp://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { status, stderr } = run(file, ...args.map((arg) => (arg === "URL" ? url : arg)));
    other.close();
    expect(stderr).toMatch(/^can't listen on .*: address already in use: .*\n$/);
    expect(status).toBe(1);
  });
});

function run(file: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [folder + file, ...args], { encoding: "utf8" });
}
