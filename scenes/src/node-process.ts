import type { ChildProcess } from "node:child_process";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import type { Nursery } from "./nursery.js";

/** How to run the program under test: the interpreter's arguments before the command. */
export type Program = ReadonlyArray<string>;

export interface Ready {
  readonly id: string;
  readonly address: string;
  readonly at: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: number;
}

/** What a node told on standard output: one JSON object a line. */
export interface NodeEvent {
  readonly event?: unknown;
  readonly id?: unknown;
  readonly address?: unknown;
  readonly reason?: unknown;
  readonly peer?: { readonly address?: unknown } | null;
}

const stderrKept = 40;

/** One life of one `chordnet start` process. Times are on the harness's monotonic clock. */
export class NodeProcess {
  readonly startedAt: number;
  /** When it said that it is a member; rejects if it ends before that. */
  readonly ready: Promise<Ready>;
  readonly exited: Promise<Exit>;
  readonly events: NodeEvent[] = [];
  readonly #child: ChildProcess;
  readonly #stderr: string[] = [];
  #ended: Exit | null = null;

  /** `enter`: what the command must begin with to run on the host that is meant. */
  constructor(
    nursery: Nursery,
    program: Program,
    args: ReadonlyArray<string>,
    enter: ReadonlyArray<string> = [],
  ) {
    this.startedAt = performance.now();
    const [command = process.execPath, ...rest] = [...enter, process.execPath, ...program, "start", ...args];
    this.#child = nursery.spawn(command, [...rest, "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.exited = this.#exit();
    this.ready = this.#becomesReady();
    // Whoever waits for it hears of it; a node that is killed while joining is nobody's fault.
    this.ready.catch(() => undefined);
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  /** The system's number for it; `NaN` where it could not be started. */
  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  /** Its last words on standard error. */
  get stderr(): string {
    return this.#stderr.join("\n");
  }

  /** Crash: the process gets no say. */
  kill(): Promise<Exit> {
    this.#child.kill("SIGKILL");
    return this.exited;
  }

  /** Graceful leave. */
  terminate(): Promise<Exit> {
    this.#child.kill("SIGTERM");
    return this.exited;
  }

  /** Stops it in its tracks: it neither answers nor refuses. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  #exit(): Promise<Exit> {
    return new Promise((resolve) => {
      const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#ended ??= { code, signal, at: performance.now() };
        resolve(this.#ended);
      };
      this.#child.once("exit", ended);
      this.#child.once("error", (error) => {
        this.#stderr.push(error.message);
        ended(null, null);
      });
    });
  }

  #becomesReady(): Promise<Ready> {
    return new Promise((resolve, reject) => {
      const { stdout, stderr } = this.#child;
      if (stderr !== null) createInterface({ input: stderr }).on("line", (line) => this.#keep(line));
      if (stdout !== null) {
        createInterface({ input: stdout }).on("line", (line) => {
          const event = this.#read(line);
          if (event !== null && event.event === "ready") resolve(readyOf(event));
        });
      }
      void this.exited.then(({ code, signal }) =>
        reject(new Error(`ended before it was a member (status ${code}, signal ${signal}): ${this.stderr}`)),
      );
    });
  }

  #read(line: string): NodeEvent | null {
    try {
      const event = JSON.parse(line) as NodeEvent;
      this.events.push(event);
      return event;
    } catch {
      this.#keep(`not JSON on standard output: ${line}`);
      return null;
    }
  }

  #keep(line: string): void {
    this.#stderr.push(line);
    if (this.#stderr.length > stderrKept) this.#stderr.shift();
  }
}

function readyOf(event: NodeEvent): Ready {
  return { id: String(event.id), address: String(event.address), at: performance.now() };
}
