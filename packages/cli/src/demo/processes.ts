import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { failed } from "../failure.js";

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

/** All processes of a demo: none outlives it, however it ends. */
export class Processes {
  readonly #running = new Set<ChildProcess>();
  readonly #atExit = (): void => this.killAll();

  constructor() {
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
    return { startedAt, ended, ready: readiness(child, ended), signal: (name) => void child.kill(name) };
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

function readiness(child: ChildProcess, ended: NodeProcess["ended"]): Promise<Ready> {
  const complaints: string[] = [];
  if (child.stderr !== null)
    createInterface(child.stderr).on("line", (line) => complaints.splice(0, 9, line));
  const ready = new Promise<Ready>((resolve, reject) => {
    if (child.stdout !== null) {
      createInterface(child.stdout).on("line", (line) => {
        const told = JSON.parse(line) as { event: string; id: string; address: string };
        if (told.event === "ready") resolve({ id: told.id, address: told.address, at: performance.now() });
      });
    }
    void ended.then(() =>
      reject(failed(`a node ended before it was a member: ${complaints.at(-1) ?? "no reason given"}`)),
    );
  });
  ready.catch(() => undefined);
  return ready;
}
