import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Act } from "@chordnet/simulator";
import { simulate } from "@chordnet/simulator";
import { afterAll, describe, expect, it } from "vitest";
import type { Saved } from "../../src/simulate/saved.js";
import type { SimulateOptions } from "../../src/simulate/wish.js";
import { command, wished } from "../../src/simulate/wish.js";
import type { Ran } from "../screen.js";
import { ran } from "../screen.js";

const folder = mkdtempSync(join(tmpdir(), "chordnet-simulate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const churn = ["--nodes", "5", "--minutes", "0.2", "--join-rate", "12", "--crash-rate", "12"];
const simulated = (...args: string[]): Promise<Ran> => ran(["simulate", ...churn, ...args]);

interface Results {
  readonly seed: number;
  readonly traceHash: string;
  readonly events: number;
  readonly violations: number;
}

function last({ stdout }: Ran): Results {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Results;
}

describe("a simulation", () => {
  it("is the same for the same seed, and another for another", async () => {
    const run = await simulated("--seed", "3", "--json");
    expect(run).toMatchObject({ status: 0, stderr: "" });
    const results = last(run);
    expect(results).toMatchObject({ seed: 3, violations: 0, healedInIntervals: expect.any(Number) });
    expect(results.traceHash).toMatch(/^[0-9a-f]{16}$/);
    expect(results.events).toBeGreaterThan(300);
    expect(last(await simulated("--seed", "3", "--json")).traceHash).toBe(results.traceHash);
    expect(last(await simulated("--seed", "4", "--json")).traceHash).not.toBe(results.traceHash);
  });

  it("draws a seed where none was given, and tells it", async () => {
    const { seed, traceHash } = last(await simulated("--json"));
    expect(last(await simulated("--seed", String(seed), "--json")).traceHash).toBe(traceHash);
  });

  it("is told in a table to people", async () => {
    const { stdout } = await simulated("--seed", "3");
    const rows = stdout.trimEnd().split("\n");
    expect(rows.map((row) => row.split(/ {2,}/)[0])).toEqual([
      "seed",
      "trace",
      "simulated",
      "schedule",
      "events",
      "messages",
      "members left",
      "ideal after",
      "lookups",
      "answers",
      "violations",
    ]);
    expect(rows.at(-1)).toMatch(/^violations +0$/);
  });

  it.each(["--record", "--plot", "--shrink"])("is not begun where %s cannot be written", async (option) => {
    const path = join(folder, "none/run");
    expect(await simulated(option, path)).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(`^chordnet: cannot write ${path}: ENOENT`),
    });
  });

  it("has no averages of lookups that were not asked", async () => {
    const { stdout } = await simulated("--seed", "3", "--lookups-per-s", "0");
    expect(stdout).toMatch(/^lookups +none\nanswers +none$/m);
  });

  it("is drawn on request, and goes the same way", async () => {
    const file = join(folder, "run.svg");
    const { traceHash } = last(await simulated("--seed", "3", "--json"));
    expect(last(await simulated("--seed", "3", "--json", "--plot", file)).traceHash).toBe(traceHash);
    const svg = readFileSync(file, "utf8");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /);
    for (const label of ["members", "messages a node", "lookups a second", "milliseconds"]) {
      expect(svg).toContain(`↑ ${label}`);
    }
    const curves = [...svg.matchAll(/aria-label="line"><path [^>]*d="(M[^"]+)"/g)];
    expect(curves).toHaveLength(5);
    expect(svg).toMatch(/aria-label="dot"[^>]*><circle /);
    for (const [, path = ""] of curves.slice(0, 2)) expect(path.split(/[ML]/).length).toBeGreaterThan(10);
  });

  it("gives the lines that the README shows, but for its own speed", async () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, command = "", shown = ""] =
      /^chordnet (simulate [^\n]* --json)\n```\n\n```json\n(.*?)^```$/ms.exec(readme) ?? [];
    const rounded = (_: string, value: unknown): unknown =>
      typeof value === "number" ? Math.round(100 * value) / 100 : value;
    const lines = (text: string): object[] =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => ({ ...JSON.parse(line, rounded), seconds: 0, eventsPerSecond: 0 }) as object);
    const { stdout, stderr } = await ran(command.split(" "));
    expect(lines(stdout)).toEqual(lines(shown));
    expect(lines(shown).length).toBeGreaterThan(1);
    expect(stderr).toContain("the same again: chordnet simulate --nodes 8 ");
  });

  it("is done again by the command that is told where a promise was broken", async () => {
    const options: SimulateOptions = {
      nodes: 6,
      minutes: 0.3,
      joinRate: 10,
      leaveRate: 0,
      crashRate: 10,
      restartRate: 5,
      pauseRate: 3,
      partition: 2,
      loss: 0.01,
      latency: [2, 20],
      lookupsPerS: 3,
      successors: 4,
      intervalMs: 500,
      virtualNodes: 2,
    };
    const [, ...args] = command(options, 77).split(" ");
    const { traceHash } = simulate(wished(options, 77));
    expect(last(await ran([...args, "--json"]))).toMatchObject({ seed: 77, traceHash });
  });
});

describe("a recorded simulation", () => {
  it("is replayed to the same hash", async () => {
    const file = join(folder, "run.json");
    const { traceHash } = last(await simulated("--seed", "5", "--json", "--record", file));
    const again = await ran(["simulate", "--replay", file, "--json"]);
    expect(again.status).toBe(0);
    expect(last(again)).toMatchObject({ seed: 5, traceHash });
    const told = await ran(["simulate", "--replay", file]);
    expect(told.stdout).toMatch(new RegExp(`^trace +${traceHash}, as recorded$`, "m"));
  });

  it("that comes out otherwise is told", async () => {
    const file = join(folder, "other.json");
    await simulated("--seed", "5", "--record", file);
    writeFileSync(file, readFileSync(file, "utf8").replace(/"traceHash":"\w+"/, '"traceHash":"00"'));
    const { status, stderr } = await ran(["simulate", "--replay", file]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^chordnet: the run came out otherwise: its hash is \w+, 00 was recorded\n$/);
  });

  it("in which a promise is broken is told, each kind with its first time, and how to do it again", async () => {
    const file = join(folder, "cut.json");
    await ran(["simulate", "--nodes", "4", "--minutes", "2", "--seed", "6", "--record", file]);
    const { schedule, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Saved;
    const cut: Act = {
      _tag: "Cut",
      inside: [0, 1],
      direction: "both",
      ms: 60_000,
      at: schedule.trouble.from + 1000,
    };
    const acts = [...schedule.acts, cut].sort((a, b) => a.at - b.at);
    writeFileSync(file, JSON.stringify({ ...rest, schedule: { ...schedule, acts } }));

    const { status, stdout, stderr } = await ran(["simulate", "--replay", file]);
    expect(status).toBe(1);
    const [once, ...more] = stderr.split("\n");
    expect(once).toBe(`the same again: chordnet simulate --replay ${file}`);
    // The cut is not in the run that was recorded.
    expect(more.join("\n")).toMatch(
      /^chordnet: the run came out otherwise: its hash is \w+, \w+ was recorded\n$/,
    );
    expect(stdout).toMatch(/^VIOLATION +TIMES +FIRST AT +WHAT\nOverlap +\d+ +[\d.]+ s +a memory:/m);

    const small = join(folder, "small.json");
    const shrunk = await ran(["simulate", "--replay", file, "--shrink", small]);
    expect(shrunk.stderr).toMatch(
      /^the smallest: \d+ acts of \d+ are left .* --replay .*small.json --print$/m,
    );
    expect((JSON.parse(readFileSync(small, "utf8")) as Saved).schedule.acts.length).toBeLessThan(
      acts.length / 4,
    );
    const read = await ran(["simulate", "--replay", small, "--print"]);
    expect(read.status).toBe(1);
    expect(read.stdout).toMatch(/^== \d+ start n\d /m);
    expect(read.stdout).toMatch(/^!! \d+ Overlap: /m);

    const lines = (await ran(["simulate", "--replay", file, "--json"])).stdout.trimEnd().split("\n");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ violation: "Overlap", a: expect.any(String) });
    const { violations } = JSON.parse(lines.at(-1) ?? "") as Results;
    expect(violations).toBeGreaterThanOrEqual(lines.length - 1);
  });

  it.each([
    ["not JSON", "hello", "is no recorded simulation"],
    ["something else", '{"recording":1}', "is no recorded simulation"],
    ["of another version", '{"simulation":1}', "of version 1"],
    ["without a schedule", '{"simulation":2,"schedule":{}}', "it has no schedule"],
  ])("that is %s is refused", async (name, text, told) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const { status, stderr } = await ran(["simulate", "--replay", file]);
    expect(status).toBe(1);
    expect(stderr).toContain(told);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  it("cannot be written or read where there is no folder", async () => {
    const file = join(folder, "no", "file");
    expect((await simulated("--record", file)).stderr).toMatch(/^chordnet: cannot write .*ENOENT[^\n]*\n$/);
    expect((await ran(["simulate", "--replay", file])).stderr).toMatch(
      /^chordnet: cannot read .*ENOENT[^\n]*\n$/,
    );
  });
});
