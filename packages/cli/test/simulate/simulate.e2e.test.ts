import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import { chordnet, killAll } from "../processes.js";

const folder = mkdtempSync(join(tmpdir(), "chordnet-simulate-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(killAll);

/** So many cuts of so small a ring break promises with nearly every seed. */
const hard = ["--nodes", "4", "--minutes", "5", "--join-rate", "6", "--crash-rate", "6", "--partition", "20"];

it("a simulation that nobody reads has its exit status, and writes its files", async () => {
  const file = join(folder, "run.json");
  const { child, ended } = chordnet("simulate", ...hard, "--seed", "3", "--record", file);
  child.stdout?.destroy();
  const { status, stderr } = await ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^the same again: chordnet simulate --nodes 4 [^\n]*$/);
  expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("traceHash");
});
