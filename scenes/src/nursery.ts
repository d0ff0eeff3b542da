import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";

/** Starts processes, and sees to it that none outlives its maker, whichever way that one ends. */
export class Nursery {
  readonly #living = new Set<ChildProcess>();
  readonly #onExit = (): void => this.#slay();

  constructor() {
    process.on("exit", this.#onExit);
  }

  spawn(program: string, args: ReadonlyArray<string>, options: SpawnOptions): ChildProcess {
    const child = spawn(program, [...args], options);
    this.#living.add(child);
    child.once("exit", () => this.#living.delete(child));
    child.once("error", () => this.#living.delete(child));
    return child;
  }

  get living(): number {
    return this.#living.size;
  }

  /** Kills whatever still lives, stopped processes included, and waits until it is gone. */
  async close(): Promise<void> {
    const ends = [...this.#living].map(
      (child) => new Promise<void>((resolve) => child.once("exit", () => resolve())),
    );
    this.#slay();
    await Promise.all(ends);
    process.off("exit", this.#onExit);
  }

  #slay(): void {
    for (const child of this.#living) child.kill("SIGKILL");
  }
}
