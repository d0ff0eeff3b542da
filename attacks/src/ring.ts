import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("bin/chordnet.js", import.meta.resolve("@chordnet/cli/package.json")));

export interface RingOptions {
  /** For each of the members. */
  readonly flags?: ReadonlyArray<string>;
  /** What its command begins with, such as a limit of descriptors. */
  readonly enter?: ReadonlyArray<string>;
  /** What runs a member, if not `chordnet`. */
  readonly program?: string;
}

/** A node under attack, in a process of its own. */
export interface Member {
  readonly address: string;
  readonly pid: number;
  readonly stderr: ReadonlyArray<string>;
  isAlive(): boolean;
  /** Resident memory, MiB. */
  memoryMib(): number;
  descriptors(): number;
  /** TCP ports of this machine that it listens on. */
  ports(): ReadonlyArray<number>;
  /** Processor time spent so far, ms. */
  busyMs(): number;
}

/** Starts members one after the other, and ends them all. */
export class Ring {
  readonly members: Member[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #enter: ReadonlyArray<string>;
  readonly #program: string;

  constructor({ enter = [], program = command }: RingOptions = {}) {
    this.#enter = enter;
    this.#program = program;
    process.on("exit", () => this.close());
  }

  /** Of so many members. */
  static async of(count: number, options: RingOptions = {}): Promise<Ring> {
    const ring = new Ring(options);
    for (let i = 0; i < count; i += 1) await ring.start(options.flags ?? []);
    return ring;
  }

  async start(flags: ReadonlyArray<string>): Promise<Member> {
    const seed = this.members[0]?.address;
    const begin = seed === undefined ? ["--create"] : ["--join", seed];
    const listen = flags.includes("--listen") ? [] : ["--listen", "tcp://127.0.0.1:0"];
    const [head = process.execPath, ...rest] = [...this.#enter, process.execPath, this.#program];
    const child = spawn(head, [...rest, "start", ...listen, ...begin, ...flags, "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.push(child);
    const stderr: string[] = [];
    if (child.stderr !== null) createInterface(child.stderr).on("line", (line) => stderr.push(line));
    const address = await ready(child, stderr);
    const pid = child.pid ?? 0;
    const member: Member = {
      address,
      pid,
      stderr,
      isAlive: () => child.exitCode === null && child.signalCode === null,
      memoryMib: () =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024,
      descriptors: () => readdirSync(`/proc/${pid}/fd`).length,
      ports: () => portsOf(pid),
      busyMs: () => busyMs(pid),
    };
    this.members.push(member);
    return member;
  }

  close(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}

const ready = (child: ChildProcess, stderr: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    if (child.stdout === null) return;
    createInterface(child.stdout).on("line", (line) => {
      const event: { event?: string; address?: string } = JSON.parse(line);
      if (event.event === "ready") resolve(event.address ?? "");
    });
    child.once("exit", (code) => reject(new Error(`a member ended with ${code}: ${stderr.join("\n")}`)));
    child.once("error", reject);
  });

/** User and system time are fields 14 and 15; a tick is 10 ms. */
const busyMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** The sockets that it has, found again in the system's table; state 0A: it listens there. */
const portsOf = (pid: number): ReadonlyArray<number> => {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      } catch {
        // Closed since it was listed.
        return undefined;
      }
    }),
  );
  return readFileSync(`/proc/${pid}/net/tcp`, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && own.has(fields[9]))
    .map((fields) => Number.parseInt(fields[1]?.split(":")[1] ?? "", 16));
};
