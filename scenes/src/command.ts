import type { Program } from "./node-process.js";
import type { Nursery } from "./nursery.js";

/** What one run of the `chordnet` command came to. */
export interface Finished {
  readonly code: number | null;
  readonly rows: ReadonlyArray<unknown>;
  readonly stderr: string;
}

/**
 * Runs one `chordnet` command to its end, `input` on its standard input. After `timeoutMs` it is killed, and `code` is
 * null. Rejects where standard output is not a JSON object a line.
 */
export function runCommand(
  nursery: Nursery,
  program: Program,
  args: ReadonlyArray<string>,
  timeoutMs: number,
  input = "",
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = nursery.spawn(process.execPath, [...program, ...args, "--json"], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out: string[] = [];
    const err: string[] = [];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => out.push(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => err.push(text));
    // A command that ends before it has read everything tells why by its status.
    child.stdin?.on("error", () => undefined).end(input);
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      try {
        resolve({ code, rows: parseRows(out.join("")), stderr: err.join("") });
      } catch (error) {
        reject(error);
      }
    });
  });
}

function parseRows(text: string): ReadonlyArray<unknown> {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
