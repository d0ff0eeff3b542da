import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
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
