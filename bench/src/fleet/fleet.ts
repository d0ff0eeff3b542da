import { fileURLToPath } from "node:url";
import type { LoadSetting, Measured } from "../workers/load.js";
import { type Cpus, pinned } from "./cpus.js";
import { WorkerProcess } from "./worker-process.js";

/** What a load came to, and the processor time of all processes for each of it. */
export interface Weighed extends Measured {
  readonly cpuUs: number;
}

/** Processes of one kind, a node each. */
export class Fleet implements AsyncDisposable {
  readonly workers: ReadonlyArray<WorkerProcess>;

  constructor(count: number, command: ReadonlyArray<string>, cpus: Cpus) {
    this.workers = Array.from({ length: count }, () => new WorkerProcess([...pinned(cpus), ...command]));
  }

  /** The one that asks, where only one does. */
  get asker(): WorkerProcess {
    return this.workers[0] as WorkerProcess;
  }

  /** Asks all at once. */
  all<A>(name: string, argument: unknown = null): Promise<A[]> {
    return Promise.all(this.workers.map((worker) => worker.ask<A>(name, argument)));
  }

  /** The asker does so many, and the processor time of all is taken. */
  async weigh(setting: LoadSetting): Promise<Weighed> {
    const before = await this.cpuUs();
    const measured = await this.asker.ask<Measured>("measure", setting);
    return { ...measured, cpuUs: ((await this.cpuUs()) - before) / setting.count };
  }

  /** Processor time that all have used so far. */
  async cpuUs(): Promise<number> {
    return (await this.all<number>("cpuUs")).reduce((sum, us) => sum + us, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
  }
}

/** How to run one of the scripts in `workers`. */
export function workerScript(name: string, ...args: ReadonlyArray<string>): ReadonlyArray<string> {
  return [
    process.execPath,
    "--expose-gc",
    fileURLToPath(new URL(`../workers/${name}.js`, import.meta.url)),
    ...args,
  ];
}
