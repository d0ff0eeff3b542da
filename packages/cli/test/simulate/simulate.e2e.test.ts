import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it } from "vitest";
import { chordnet, killAll } from "../processes.js";

const folder = mkdtempSync(join(tmpdir(), "chordnet-simulate-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(killAll);

const parted = ["--nodes", "8", "--minutes", "2", "--seed", "29", "--crash-rate", "2", "--partition", "4"];

it("a simulation that nobody reads has its exit status, and writes its files", async () => {
  const file = join(folder, "run.json");
  const { child, ended } = chordnet("simulate", ...parted, "--record", file);
  child.stdout?.destroy();
  const { status, stderr } = await ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^the same again: chordnet simulate --nodes 8 [^\n]*$/);
  expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("traceHash");
});
