import { describe, expect, it } from "vitest";
import { flaws, isGood, row } from "../../src/explore/print.js";
import type { Ran } from "../screen.js";
import { ran, screen } from "../screen.js";

const explored = (...args: string[]): Promise<Ran> => ran(["explore", ...args]);

const exploration = {
  name: "join",
  states: 12_345,
  transitions: 23_456,
  depth: 17,
  seconds: 1.25,
  cut: false,
  violations: [],
  sometimes: { "done: Joined": 3 },
  missing: [],
};

describe("exploring", () => {
  it("tells how far it came and that nothing was broken", async () => {
    const { status, stdout, stderr } = await explored("crash");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [head, only, ...rest] = stdout.trimEnd().split("\n");
    expect(head?.split(/ {2,}/)).toEqual([
      "CONFIGURATION",
      "STATES",
      "DEPTH",
      "SECONDS",
      "SOMETIMES",
      "RESULT",
    ]);
    expect(only?.split(/ {2,}/)).toEqual([
      "crash",
      expect.stringMatching(/^[\d,]+$/),
      expect.stringMatching(/^\d+$/),
      expect.stringMatching(/^\d+\.\d$/),
      expect.stringMatching(/^\d+ kinds$/),
      "all explored",
    ]);
    expect(rest).toEqual([]);
  });

  it("prints one object a configuration for programs, and is cut where that was asked for", async () => {
    const { status, stdout } = await explored("crash", "join", "--states-max", "50", "--json");
    expect(status).toBe(0);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { name: "crash", states: 50, cut: true, violations: [] },
      { name: "join", states: 50, cut: true, violations: [] },
    ]);
  });

  it("lists what there is to explore", async () => {
    const { status, stdout } = await explored("--list");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^NAME +WHAT HAPPENS$/m);
    expect(stdout).toMatch(/^crash +A ring of three; one crashes\.$/m);
    const named = (await explored("--list", "--json")).stdout.trimEnd().split("\n");
    expect(named.map((line) => (JSON.parse(line) as { name: string }).name)).toContain("crash");
  });

  it("knows the names of its configurations", async () => {
    const { status, stderr } = await explored("crsh");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^chordnet: there is no configuration crsh: chordnet explore --list .*\n$/);
  });
});

describe("an exploration", () => {
  const { out } = screen().terminal;

  it("that broke a law shows the shortest way to it", () => {
    const broken = {
      ...exploration,
      violations: [{ law: "disjoint", detail: "0 and 3 claim 2", trace: ["crash 5", "tick 3"] }],
    };
    expect(isGood(broken)).toBe(false);
    expect(row(out, ["join"], broken)).toMatch(/breaks disjoint$/);
    expect(flaws(out, broken)).toEqual(["disjoint: 0 and 3 claim 2", "  crash 5", "  tick 3"]);
  });

  it("in which nothing worth it happened is no proof, unless it was cut", () => {
    const vain = { ...exploration, missing: ["done: Joined"] };
    expect(isGood(vain)).toBe(false);
    expect(row(out, ["join"], vain)).toMatch(/in vain$/);
    expect(flaws(out, vain)).toEqual(["never happened: done: Joined"]);
    expect(isGood({ ...vain, cut: true })).toBe(true);
    expect(flaws(out, { ...vain, cut: true })).toEqual([]);
  });
});
