import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../src/command.js";
import { NodeProcess } from "../src/node-process.js";
import { Nursery } from "../src/nursery.js";

/** Programs that behave as `chordnet start` may, told on the interpreter's command line. */
const program = (script: string): ReadonlyArray<string> => ["--input-type=module", "--eval", script, "--"];

const ready = `console.log(JSON.stringify({ event: "ready", id: "ab", address: "tcp://x" }));`;
const stay = "setInterval(() => {}, 1000);";

let nursery: Nursery;
beforeEach(() => {
  nursery = new Nursery();
});
afterEach(() => nursery.close());

const start = (script: string): NodeProcess =>
  new NodeProcess(nursery, program(script), ["--listen", "tcp://x"]);

describe("NodeProcess", () => {
  it("is ready when the process says so, and ends with the status it gives", async () => {
    const node = start(`process.on("SIGTERM", () => process.exit(0)); ${ready} ${stay}`);
    const { id, address, at } = await node.ready;
    expect({ id, address }).toEqual({ id: "ab", address: "tcp://x" });
    expect(at).toBeGreaterThan(node.startedAt);
    expect(node.alive).toBe(true);
    expect(await node.terminate()).toMatchObject({ code: 0, signal: null });
    expect(node.alive).toBe(false);
  });

  it("hands on the flags, with --json behind them", async () => {
    const node = start(
      `console.log(JSON.stringify({ event: process.argv.slice(1).join(" ") })); ${ready} ${stay}`,
    );
    await node.ready;
    expect(node.events[0]).toEqual({ event: "start --listen tcp://x --json" });
    expect(await node.kill()).toMatchObject({ code: null, signal: "SIGKILL" });
  });

  it("is never ready when the process ends before, and tells its last words", async () => {
    const node = start(`console.error("port in use"); process.exitCode = 1;`);
    await expect(node.ready).rejects.toThrow(/status 1.*port in use/s);
  });

  it("keeps what is no JSON on standard output as a complaint", async () => {
    const node = start(`console.log("hello"); ${ready} ${stay}`);
    await node.ready;
    expect(node.stderr).toContain("not JSON on standard output: hello");
  });

  it("stops and goes on", async () => {
    const node = start(`${ready} ${stay}`);
    await node.ready;
    node.pause();
    node.resume();
    expect(node.alive).toBe(true);
  });
});

describe("Nursery", () => {
  it("ends whatever still lives, stopped ones too", async () => {
    const [one, two] = [start(`${ready} ${stay}`), start(`${ready} ${stay}`)];
    await Promise.all([one.ready, two.ready]);
    two.pause();
    expect(nursery.living).toBe(2);
    await nursery.close();
    expect(nursery.living).toBe(0);
    expect(await two.exited).toMatchObject({ signal: "SIGKILL" });
  });
});

describe("runCommand", () => {
  it("gives the rows and the status", async () => {
    const echo = `process.stdin.on("data", (text) => console.log(JSON.stringify({ text: String(text) }))); process.exitCode = 3;`;
    const finished = await runCommand(nursery, program(echo), ["lookup"], 10_000, "key");
    expect(finished).toEqual({ code: 3, rows: [{ text: "key" }], stderr: "" });
  });

  it("ends what takes too long", async () => {
    expect(await runCommand(nursery, program(stay), [], 300)).toMatchObject({ code: null, rows: [] });
  });

  it("rejects what is no JSON", async () => {
    await expect(runCommand(nursery, program(`console.log("hello")`), [], 10_000)).rejects.toThrow(
      SyntaxError,
    );
  });
});
