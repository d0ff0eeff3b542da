import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Ran } from "./screen.js";

const script = fileURLToPath(new URL("../bin/chordnet.js", import.meta.url));

/** The command as users run it, in a process of its own. */
export interface Command {
  readonly child: ChildProcess;
  /** The first line of standard output, or of standard error, that matches; it may have come already. */
  line(matches: (line: string) => boolean, stream?: "stdout" | "stderr"): Promise<string>;
  readonly ended: Promise<Ran>;
}

const running = new Set<ChildProcess>();

export function chordnet(...args: string[]): Command {
  return chordnetTo("pipe", ...args);
}

/** The same; what it prints goes to that file, or comes from it as lines. */
export function chordnetTo(printed: number | "pipe", ...args: string[]): Command {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", printed, "pipe"] });
  running.add(child);
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  const waiting = new Set<() => void>();
  for (const stream of ["stdout", "stderr"] as const) {
    const input = child[stream];
    if (input === null) continue;
    createInterface(input).on("line", (line) => {
      lines[stream].push(line);
      for (const look of waiting) look();
    });
  }
  const ended = once(child, "close").then(([status]): Ran => {
    running.delete(child);
    return {
      status: status as number,
      stdout: lines.stdout.join("\n"),
      stderr: lines.stderr.join("\n"),
    };
  });
  return {
    child,
    ended,
    line: (matches, stream = "stdout") => firstLine(lines[stream], waiting, ended, matches),
  };
}

function firstLine(
  lines: ReadonlyArray<string>,
  waiting: Set<() => void>,
  ended: Promise<Ran>,
  matches: (line: string) => boolean,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = lines.find(matches);
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
    void ended.then(({ status, stderr }) => reject(new Error(`it ended with ${status}: ${stderr}`)));
  });
}

/** Kills what a test has left running, and waits until it is gone. */
export async function killAll(): Promise<void> {
  await Promise.all([...running].map(killed));
}

async function killed(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

export interface Node extends Command, Place {}

/** `chordnet start`, once it is a member. */
export async function node(...args: string[]): Promise<Node> {
  const command = chordnet("start", "--interval-ms", "200", ...args);
  const { id, address } = JSON.parse(await command.line((line) => line.includes('"ready"'))) as Node;
  return { ...command, id, address };
}

/**
 * For addresses that must be known before anybody listens there. Below those that the system gives to whoever asks for
 * any: other tests would be given one of these, too, before it is listened on.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Asks until the walk closes with so many nodes, which takes some intervals. */
export async function closes(via: string, count: number): Promise<Printed[]> {
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const { status, stdout } = await chordnet("ring", "--via", via, "--json").ended;
    const members = jsonLines(stdout);
    if (status === 0 && members.length === count) return members;
  }
  throw new Error(`the ring did not close with ${count} nodes`);
}

export const anyPort: ReadonlyArray<string> = ["--listen", "tcp://127.0.0.1:0"];

/** A line of JSON, whatever command printed it. */
export interface Printed {
  readonly event?: string;
  readonly key?: string | null;
  readonly keyId?: string | null;
  readonly owner?: Place;
  readonly hops?: number;
  readonly trace?: ReadonlyArray<Place>;
  readonly id?: string;
  readonly address?: string;
  readonly successors?: ReadonlyArray<Place>;
  readonly claims?: { readonly from: string; readonly to: string } | null;
  readonly handedOver?: boolean;
}

export interface Place {
  readonly id: string;
  readonly address: string;
}

export function jsonLines(text: string): Printed[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Printed);
}
