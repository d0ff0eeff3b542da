import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { failed } from "../failure.js";
import type { Told } from "../start/events.js";

/** A node that runs as a process of its own: `chordnet start`, as anybody would start it. */
export interface NodeProcess {
  readonly startedAt: number;
  /** Rejects if the process ends before it is a member. */
  readonly ready: Promise<Ready>;
  /** When it has ended: at which time, and with which status (null: by a signal). */
  readonly ended: Promise<{ readonly at: number; readonly status: number | null }>;
  signal(name: "SIGKILL" | "SIGTERM"): void;
}

export interface Ready {
  readonly id: string;
  readonly address: string;
  readonly at: number;
}

const script = fileURLToPath(new URL("../../bin/chordnet.js", import.meta.url));

/** A node told that the one at this address is silent. */
type Silent = (address: string) => void;

/** All processes of a demo: none outlives it, however it ends. */
export class Processes {
  readonly #running = new Set<ChildProcess>();
  readonly #silent: Silent;
  readonly #atExit = (): void => this.killAll();

  constructor(silent: Silent = () => undefined) {
    this.#silent = silent;
    process.on("exit", this.#atExit);
  }

  start(args: ReadonlyArray<string>): NodeProcess {
    const startedAt = performance.now();
    // The channel lets the node notice when this process is gone, whatever ended it.
    const child = spawn(process.execPath, [script, "start", ...args, "--json", "--log-level", "warn"], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#running.add(child);
    const ended = new Promise<{ at: number; status: number | null }>((resolve) => {
      const settle = (status: number | null): void => {
        this.#running.delete(child);
        resolve({ at: performance.now(), status });
      };
      child.once("exit", settle);
      child.once("error", () => settle(null));
    });
    return {
      startedAt,
      ended,
      ready: readiness(child, ended, this.#silent),
      signal: (name) => void child.kill(name),
    };
  }

  killAll(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }

  /** Kills what still runs, and waits until it is gone. */
  async close(): Promise<void> {
    const last = [...this.#running].map((child) => new Promise((resolve) => child.once("exit", resolve)));
    this.killAll();
    await Promise.all(last);
    process.off("exit", this.#atExit);
  }
}

function readiness(child: ChildProcess, ended: NodeProcess["ended"], silent: Silent): Promise<Ready> {
  const complaints: string[] = [];
  if (child.stderr !== null)
    createInterface(child.stderr).on("line", (line) => complaints.splice(0, 9, line));
  const ready = new Promise<Ready>((resolve, reject) => {
    if (child.stdout !== null) {
      createInterface(child.stdout).on("line", (line) => {
        const told = JSON.parse(line) as Told;
        if (told.event === "ready") resolve({ id: told.id, address: told.address, at: performance.now() });
        if (told.event === "peerEvicted" && told.reason === "silent") silent(told.peer.address);
      });
    }
    void ended.then(() =>
      reject(failed(`a node ended before it was a member: ${complaints.at(-1) ?? "no reason given"}`)),
    );
  });
  ready.catch(() => undefined);
  return ready;
}
