import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Act } from "@chordnet/simulator";
import { simulate } from "@chordnet/simulator";
import fc from "fast-check";
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
      stderr: expect.stringMatching(`^chordnet: cannot write ${path}: no such file or directory\n$`),
    });
  });

  it.each(["--record", "--plot", "--shrink"])("writes nothing over what %s did not write", async (option) => {
    const path = join(folder, "notes");
    writeFileSync(path, "Buy milk.\n");
    const refused = await simulated(option, path);
    expect(refused).toEqual({
      ...{ status: 1, stdout: "" },
      stderr: `chordnet: cannot write ${path}: it holds something else; name a new file, or remove it\n`,
    });
    expect(readFileSync(path, "utf8")).toBe("Buy milk.\n");
    expect((await simulated(option, folder)).stderr).toMatch(
      /^chordnet: cannot write .*: illegal operation on a directory\n$/,
    );
  });

  it("is written over an empty file, and over an earlier run", async () => {
    const [record, plot] = [join(folder, "again.json"), join(folder, "again.svg")];
    for (const path of [record, plot]) writeFileSync(path, "");
    const files = ["--record", record, "--plot", plot];
    for (const seed of ["3", "4"]) expect((await simulated("--seed", seed, ...files)).status).toBe(0);
    expect(JSON.parse(readFileSync(record, "utf8"))).toMatchObject({ schedule: { seed: 4 } });
    expect(readFileSync(plot, "utf8")).toContain("Seed 4.");
  });

  it("is told also where its files can't be written in the end, and so is each of them", async () => {
    const files = ["--record", "/dev/full", "--plot", "/dev/full"];
    const { status, stdout, stderr } = await simulated("--seed", "3", ...files);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^seed +3\ntrace +[0-9a-f]{16}\n/);
    expect(stderr).toMatch(
      /^chordnet: cannot write \/dev\/full: no space left on device; cannot write \/dev\/full: no space left on device\n$/,
    );
  });

  it.each(["1", "2"])("spares the last one of a ring of %s", async (nodes) => {
    const crashes = ["--minutes", "1", "--seed", "3", "--crash-rate", "20", "--leave-rate", "20"];
    const { status, stdout } = await ran(["simulate", "--nodes", nodes, ...crashes]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/ Crash \d/);
    expect(stdout).toMatch(/^members left +1\nideal after +\d/m);
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

  it("is drawn with a scale where there is nothing but zeros", async () => {
    const file = join(folder, "alone.svg");
    const alone = ["--nodes", "1", "--minutes", "1", "--seed", "1", "--lookups-per-s", "0"];
    expect((await ran(["simulate", ...alone, "--plot", file])).status).toBe(0);
    const svg = readFileSync(file, "utf8");
    for (const label of ["messages a node", "lookups a second", "milliseconds"])
      expect(svg).toContain(`↑ ${label}`);
    expect(svg).not.toContain("0.000000");
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
    expect(stderr).toContain("the same again: chordnet simulate --nodes 4 ");
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

/** A schedule whose parts may become anything. */
interface Loose {
  readonly acts: Array<object | null | undefined>;
  readonly faults: object;
  readonly trouble: object;
  readonly ring: object;
}

function set(part: object | null | undefined, name: string, value: unknown): void {
  Object.assign(part ?? {}, { [name]: value });
}

/** A small run, recorded, whatever was in the file. */
async function recorded(file: string): Promise<{ simulation: number; traceHash: string; schedule: Loose }> {
  rmSync(file, { force: true });
  await ran(["simulate", "--nodes", "3", "--minutes", "0.1", "--seed", "2", "--record", file]);
  return JSON.parse(readFileSync(file, "utf8")) as Awaited<ReturnType<typeof recorded>>;
}

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

  it.each<[what: string, put: (schedule: object, simulation: number) => unknown]>([
    ["a file without a hash", (schedule, simulation) => ({ simulation, schedule })],
    ["a schedule alone", (schedule) => schedule],
    ["a property's counterexample", (schedule) => [schedule]],
  ])("is played, and nothing is compared, from %s", async (_, put) => {
    const file = join(folder, "bare.json");
    const { simulation, traceHash, schedule } = await recorded(file);
    set(schedule.acts[2], "at", 1500);
    writeFileSync(file, JSON.stringify(put(schedule, simulation), null, 2));
    const again = await ran(["simulate", "--replay", file, "--json"]);
    expect(again).toMatchObject({ status: 0, stderr: "" });
    expect(last(again).traceHash).not.toBe(traceHash);
  });

  it("is played from all that fast-check says of a property that fails", async () => {
    const file = join(folder, "failed.txt");
    const { schedule } = await recorded(file);
    const failing = fc.property(fc.constant(schedule), () => false);
    writeFileSync(file, fc.defaultReportMessage(fc.check(failing)) ?? "");
    expect(await ran(["simulate", "--replay", file, "--json"])).toMatchObject({ status: 0, stderr: "" });
  });

  it("in which nobody is left is never ideal", async () => {
    const file = join(folder, "nobody.json");
    const { schedule } = await recorded(file);
    const crashes = [0, 1, 2].map((who) => ({ _tag: "Crash", who, at: 30_000 }));
    writeFileSync(file, JSON.stringify({ ...schedule, membersMin: 0, acts: [...schedule.acts, ...crashes] }));
    const { stdout } = await ran(["simulate", "--replay", file]);
    expect(stdout).toMatch(/^members left +0\nideal after +never: nobody is left$/m);
    const json = await ran(["simulate", "--replay", file, "--json"]);
    expect(last(json)).toMatchObject({ members: 0, healedInIntervals: null, parted: true });
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
    ["something else", '{"recording":1}', "a node's recording: chordnet replay "],
    ["a life of a node", '{"recording":1,"born":{}}\n{"node":0}\n', "a node's recording: chordnet replay "],
    ["two counterexamples", "[{},{}]", "is no recorded simulation"],
    ["with a hash that is none", '{"simulation":2,"schedule":{},"traceHash":3}', "traceHash must be a text"],
    ["of another version", '{"simulation":1}', "of version 1"],
    ["without a schedule", '{"simulation":2}', "it has no schedule"],
  ])("that is %s is refused", async (name, text, told) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const { status, stderr } = await ran(["simulate", "--replay", file]);
    expect(status).toBe(1);
    expect(stderr).toContain(told);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  it.each<[what: string, change: (schedule: Loose) => void, told: string]>([
    ["an act that there is not", ({ acts }) => set(acts[2], "_tag", "Krash"), "act 3: there is no act Krash"],
    [
      "an act by the name of a method",
      ({ acts }) => set(acts[2], "_tag", "toString"),
      "act 3: there is no act to",
    ],
    ["an act without a name", ({ acts }) => set(acts[0], "_tag", undefined), "act 1: _tag is missing"],
    [
      "a time in words",
      ({ acts }) => set(acts[2], "at", "soon"),
      'act 3: at must be a number from 0 on, not "soon"',
    ],
    ["null among the acts", ({ acts }) => acts.splice(1, 1, null), "act 2: it must be an object, not null"],
    [
      "an act by nobody",
      ({ acts }) => set(acts[3], "who", undefined),
      "act 4: who is missing: a whole number",
    ],
    ["a name misspelt", ({ acts }) => set(acts[3], "how", 1), "act 4: there is no how"],
    ["acts out of order", ({ acts }) => set(acts[3], "at", 1), "act 4: at 1 is before "],
    [
      "half a latency",
      ({ faults }) => set(faults, "latencyMs", [30]),
      "faults.latencyMs must be two numbers",
    ],
    ["faults misspelt", ({ faults }) => set(faults, "los", 1), "there is no faults.los"],
    [
      "a share above 1",
      ({ faults }) => set(faults, "loss", 5),
      "faults.loss must be a number from 0 to 1, not 5",
    ],
    ["no seed", (schedule) => set(schedule, "seed", undefined), "seed is missing: a whole number from 0 on"],
    ["what no schedule has", (schedule) => set(schedule, "minutes", 3), "there is no minutes"],
    ["no trouble", (schedule) => set(schedule, "trouble", null), "trouble must be an object, not null"],
    ["trouble that ends first", ({ trouble }) => set(trouble, "until", 0), "trouble ends before it begins"],
    [
      "a ring that cannot be",
      ({ ring }) => set(ring, "successors", 0),
      "ring.successors must be an integer from 1",
    ],
    ["a ring misspelt", ({ ring }) => set(ring, "sucessors", 3), "there is no ring.sucessors"],
    [
      "too many to be seen",
      (schedule) => set(schedule, "minMembers", 99),
      "minMembers must be 9 at most, not 99",
    ],
    [
      "half a store",
      (schedule) => set(schedule, "store", {}),
      "store.copies is missing: a whole number from 1 on",
    ],
  ])("changed by hand, with %s, is refused, and it is told what is wrong", async (_, change, told) => {
    const file = join(folder, "changed.json");
    const { simulation, traceHash, schedule } = await recorded(file);
    change(schedule);
    writeFileSync(file, JSON.stringify({ simulation, traceHash, schedule }));
    const { status, stdout, stderr } = await ran(["simulate", "--replay", file]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(`chordnet: ${file}: ${told}`);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  it("cannot be written or read where there is no folder", async () => {
    const file = join(folder, "no", "file");
    expect((await simulated("--record", file)).stderr).toMatch(
      /^chordnet: cannot write .*: no such file or directory\n$/,
    );
    expect((await ran(["simulate", "--replay", file])).stderr).toMatch(
      /^chordnet: cannot read .*: no such file or directory\n$/,
    );
  });
});
