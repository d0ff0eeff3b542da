import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Something that is asked by a line of JSON, and answers by one: `{ name, argument }`, `{ answer }` or `{ error }`. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #waiting: Array<{ resolve(answer: unknown): void; reject(error: Error): void }> = [];
  readonly #ended: Promise<void>;

  constructor([command = "", ...args]: ReadonlyArray<string>) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => this.#answered(JSON.parse(line) as { answer?: unknown; error?: string }));
    this.#ended = new Promise((resolve) => {
      const over = (why: string): void => {
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(`a worker ended: ${why}`));
        resolve();
      };
      this.#child.once("exit", (code, signal) => over(String(signal ?? code)));
      this.#child.once("error", (error) => over(error.message));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ask<A>(name: string, argument: unknown = null): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      this.#waiting.push({ resolve: resolve as (answer: unknown) => void, reject });
      this.#child.stdin?.write(`${JSON.stringify({ name, argument })}\n`);
    });
  }

  /** Ends it at once, however busy it is. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Answers come in the order of the questions. */
  #answered({ answer, error }: { readonly answer?: unknown; readonly error?: string }): void {
    const asked = this.#waiting.shift();
    if (error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(error));
  }
}
