import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ran } from "../screen.js";
import { life } from "./life.js";

const folder = mkdtempSync(join(tmpdir(), "chordnet-replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lines = life();
const whole = (those: ReadonlyArray<string>): string => those.map((line) => `${line}\n`).join("");

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("replaying a recording", () => {
  it("tells how many events came out the same", async () => {
    const { status, stdout, stderr } = await ran(["replay", file("good", whole(lines))]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [head, row] = stdout.split("\n");
    expect(head?.split(/ {2,}/)).toEqual(["RESULT", "EVENTS", "EFFECTS", "SECONDS", "EVENTS/S", "FILE"]);
    expect(row?.split(/ {2,}/)).toEqual([
      "the same",
      "2",
      "4",
      expect.stringMatching(/^\d+\.\d\d$/),
      expect.any(String),
      join(folder, "good"),
    ]);
  });

  it("prints one object a file for programs", async () => {
    const good = file("good", whole(lines));
    const { status, stdout } = await ran(["replay", good, good, "--json"]);
    expect(status).toBe(0);
    const told = stdout.trimEnd().split("\n");
    expect(told).toHaveLength(2);
    expect(JSON.parse(told[0] ?? "")).toMatchObject({
      file: good,
      same: true,
      lives: 1,
      events: 2,
      effects: 4,
      tornBytes: 0,
      trouble: null,
    });
  });

  it("tells everything to who wants to read it", async () => {
    const { stdout } = await ran(["replay", file("good", whole(lines)), "--print"]);
    expect(stdout.split("\n").slice(0, 7)).toEqual([
      "    0.000  born tcp://127.0.0.1:7001, virtual nodes 1, ring (name chordnet, bits 160, hash sha256, successors 8, intervalMs 1000, leaseMs 2250)",
      "    0.001  CreateRequested(operation 1)",
      "           → Settled(operation 1, result Right(right Created))",
      "           → Announced(change Joined)",
      expect.stringMatching(/^ {11}→ Announced\(change RangeGained\(start [0-9a-f]{9}…, .* reason create/),
      "    0.001  Received(from client:1, incarnation 0, client true, message Inspect(rid 5))",
      expect.stringMatching(/^ {11}→ Send\(to client:1, message Inspected\(rid 5, self tcp:/),
    ]);
  });

  it("takes a last line that was not finished for the end, and says so", async () => {
    const torn = file("torn", `${whole(lines)}{"node":0,"eve`);
    const { status, stdout, stderr } = await ran(["replay", torn]);
    expect(status).toBe(0);
    expect(stdout).toContain("the same");
    expect(stderr).toContain("the last line was not finished, its 14 bytes were left out");
  });

  it("stops at the first difference, and tells what was recorded and what came", async () => {
    const [born = "", first = "", second = ""] = lines;
    const other = file("other", whole([born, first, second.replace('"rid":5,"self"', '"rid":6,"self"')]));
    const { status, stdout, stderr } = await ran(["replay", other]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^different +1 /m);
    expect(stderr).toContain(`${other}:3: something else came of an event`);
    expect(stderr).toMatch(/^ {2}- \{"node":0,"_tag":"Send",.*"rid":6/m);
    expect(stderr).toMatch(/^ {2}\+ \{"node":0,"_tag":"Send",.*"rid":5/m);
    const { trouble } = JSON.parse((await ran(["replay", other, "--json"])).stdout) as { trouble: object };
    expect(trouble).toMatchObject({ _tag: "Different", line: 3, node: 0, event: { _tag: "Received" } });
  });

  it.each([
    ["of another version", () => whole(lines).replace('"recording":1', '"recording":7'), "of version 7"],
    ["without its beginning", () => whole(lines.slice(1)), "before the node's birth"],
    ["with a line of something else", () => whole([...lines, "hello"]), ":4: not a line of a recording"],
    ["that is empty", () => "", "no whole line is in it: it is empty"],
    ["of which only half a line was written", () => lines[0]?.slice(0, 30) ?? "", "no whole line is in it"],
    ["that is a simulation", () => '{"simulation":2,"schedule":{}}\n', "chordnet simulate --replay "],
    ["that is a schedule", () => '{\n  "acts": []\n}', "chordnet simulate --replay "],
    ["without a line end", () => "x".repeat(17_000_000), "a line longer than"],
  ])("refuses one %s", async (name, text, told) => {
    const { status, stderr } = await ran(["replay", file(name, text())]);
    expect(status).toBe(1);
    expect(stderr).toContain(told);
  });

  it("says that nothing happened where nothing was recorded, and that a file is missing", async () => {
    const born = await ran(["replay", file("born", whole(lines.slice(0, 1)))]);
    expect(born).toMatchObject({ status: 0, stderr: expect.stringContaining("nothing happened in it") });
    const { status, stderr } = await ran(["replay", join(folder, "missing")]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^chordnet: cannot read .*missing: no such file or directory\n$/);
  });

  it("reads lines that lie across the pieces of a file", async () => {
    const long = whole([...lines, ...Array.from({ length: 200 }, () => lines).flat()]);
    expect(long.length).toBeGreaterThan(3 * 65_536);
    const { status, stdout } = await ran(["replay", file("long", long), "--json"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ lives: 201, events: 402, same: true });
  });
});
