import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, jsonLines } from "./processes.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const program = fileURLToPath(new URL("../dist/tour.mjs", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const tour = readme.slice(readme.indexOf("## Five minutes"), readme.indexOf("## What you can rely on"));

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The tour's ports may be in use here: each stands for a free one. */
async function withFreePorts(text: string): Promise<string> {
  let replaced = text;
  for (const port of new Set(text.match(/\b70\d\d\b/g)))
    replaced = replaced.replaceAll(port, String(await freePort()));
  return replaced;
}

/** Does what a person at a shell would do, who waits for a node to be ready before typing on. */
class Shell {
  readonly jobs: ChildProcess[] = [];
  #env = process.env;

  async type(line: string): Promise<string> {
    if (line.startsWith("export PATH=")) {
      expect(line).toBe('export PATH="$PWD/node_modules/.bin:$PATH"');
      this.#env = { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` };
      return "";
    }
    if (line.endsWith(" &")) return this.#background(line.slice(0, -2));
    if (line.startsWith("kill ")) return this.#end(line.split("; "));
    const ran = await promisify(execFile)("bash", ["-c", line], { cwd: root, env: this.#env });
    expect(ran.stderr).toBe("");
    return ran.stdout;
  }

  async #background(command: string): Promise<string> {
    const job = spawn("bash", ["-c", `exec ${command}`], { cwd: root, env: this.#env, stdio: "pipe" });
    this.jobs.push(job);
    for await (const line of createInterface(job.stdout)) if (line.includes('"ready"')) break;
    job.stdout.resume();
    return "";
  }

  /** Jobs are told to end by `kill`; `wait` waits for one of them, and before the next line all have ended. */
  async #end(commands: ReadonlyArray<string>): Promise<string> {
    const ends = new Map<string, Promise<void>>();
    for (const command of commands) {
      const [name, ...words] = command.split(" ");
      const which = words.at(-1) ?? expect.fail(`${command}: which job?`);
      if (name === "wait") await (ends.get(which) ?? expect.fail(`${which} was not told to end`));
      else ends.set(which, this.#kill(which, words[0] === "-9" ? "SIGKILL" : "SIGTERM"));
    }
    await Promise.all(ends.values());
    return "";
  }

  async #kill(which: string, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const job = this.jobs[Number(which.slice(1)) - 1] ?? expect.fail(`there is no job ${which}`);
    const exited = once(job, "exit");
    job.kill(signal);
    expect(await exited).toEqual(signal === "SIGTERM" ? [0, null] : [null, "SIGKILL"]);
  }
}

describe("the tour in the README", () => {
  const shell = new Shell();
  const printed = new Map<string, string>();
  let blocks: Block[] = [];

  beforeAll(async () => {
    const text = await withFreePorts(tour);
    blocks = [...text.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language = "", code = ""]) => ({
      language,
      text: code,
    }));
    for (const block of blocks) {
      if (block.language === "js") {
        writeFileSync(program, block.text);
        const name = printed.has("program") ? "joining program" : "program";
        printed.set(name, (await promisify(execFile)(process.execPath, [program])).stdout);
      } else {
        for (const line of block.text.trim().split("\n")) {
          printed.set(line.replaceAll(/\b\d{4,5}\b/g, "PORT"), await shell.type(line));
        }
      }
    }
  });
  afterAll(() => {
    for (const job of shell.jobs) job.kill("SIGKILL");
    rmSync(program, { force: true });
  });

  const output = (start: string): string =>
    [...printed].find(([line]) => line.startsWith(start))?.[1] ?? expect.fail(`${start} is not in the tour`);

  it("is all there", () => {
    expect(blocks.map(({ language }) => language)).toEqual(["js", "sh", "sh", "sh", "js", "sh"]);
    expect(shell.jobs).toHaveLength(3);
  });

  it("has its program where packages are resolved, and where neither git nor the linter looks", () => {
    const path = /save it as `(packages\/cli\/[^`/]+)`/.exec(tour)?.[1] ?? expect.fail("it is saved nowhere");
    expect(tour).toContain(`run \`node ${path}\``);
    expect(readFileSync(`${root}.gitignore`, "utf8").split("\n")).toContain(`/${path}`);
  });

  it("finds owners, in a table and in JSON", () => {
    expect(output("chordnet lookup alice bob")).toMatch(/tcp:.*alice\n|tcp:.*bob\n/);
    const answers = jsonLines(output("ls |"));
    expect(answers.map(({ key }) => key)).toContain("README.md");
    expect(answers.every(({ owner }) => owner !== undefined)).toBe(true);
  });

  it("shows the ring and a node", () => {
    expect(output("chordnet ring")).toContain("3 nodes in ring chordnet");
    expect(output("chordnet status")).toContain("member");
  });

  it("finds owners after a kill, too", () => {
    expect(output("chordnet lookup alice --via")).toMatch(/tcp:.*alice\n/);
  });

  it("has after a kill what was put before it", () => {
    expect(output("chordnet put alice")).toMatch(/^version \d+\n$/);
    expect(output("chordnet get alice")).toBe("likes cats");
  });

  it("runs a program whose nodes ask each other, and each do their own", () => {
    expect(output("program")).toContain("room:7 says hello world");
    expect(output("program")).toContain("user:42 is Ada");
    expect(output("program")).toMatch(/^mine, under epoch \d+$/m);
    expect(output("program")).toMatch(/^NOT_OWNER (one|two) has it$/m);
  });

  it("runs a program that is a node, gains a range, and gives it back", () => {
    expect(output("joining program")).toMatch(/^mine now: [0-9a-f]{40} to [0-9a-f]{40} from tcp:/m);
    expect(output("joining program")).toMatch(/^tcp:\S+ since \d+/m);
  });
});
