import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Fleet } from "../fleet.js";
import type { Scene, Stage } from "../stage.js";

const boundMs = 1_000;
const patienceMs = 10_000;
const program = fileURLToPath(new URL("../closing.js", import.meta.url));

export const close: Scene = {
  name: "leave-and-close",
  must: "a lone node's leave(), close() in any state: under 1 s; no handle open",
  play,
};

async function play(stage: Stage): Promise<void> {
  const { book } = stage;
  const [states] = (await runClosing(stage, [])).rows as [ReadonlyArray<string>];
  for (const state of states) {
    const { rows, lingeredMs } = await runClosing(stage, [state]);
    const [row] = rows as ReadonlyArray<{ readonly ms: number }>;
    book.atMost(`${state}, ms`, row?.ms ?? Number.POSITIVE_INFINITY, boundMs);
    book.atMost(`${state}: the process ended by itself after, ms`, lingeredMs, boundMs);
  }
  await commandLeaves(stage);
}

async function commandLeaves(stage: Stage): Promise<void> {
  const fleet = new Fleet(stage);
  const address = await fleet.reserve();
  await fleet.start(address, ["--create"]).ready;
  const askedAt = performance.now();
  const [exit] = await fleet.leave(address);
  stage.book.exactly("a lone chordnet start: status after SIGTERM", exit?.code ?? "killed", 0);
  stage.book.atMost(
    "a lone chordnet start: from SIGTERM to its end, ms",
    (exit?.at ?? Number.NaN) - askedAt,
    boundMs,
  );
}

interface Closing {
  readonly rows: ReadonlyArray<unknown>;
  /** From its last word to its end; `Infinity` where it had to be killed. */
  readonly lingeredMs: number;
}

function runClosing(stage: Stage, args: ReadonlyArray<string>): Promise<Closing> {
  return new Promise((resolve, reject) => {
    const child = stage.nursery.spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const rows: unknown[] = [];
    let saidAt = Number.NaN;
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        rows.push(JSON.parse(line));
        saidAt = performance.now();
      });
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    child.once("error", reject);
    child.once("close", (_code, signal) => {
      clearTimeout(timer);
      resolve({ rows, lingeredMs: signal === null ? performance.now() - saidAt : Number.POSITIVE_INFINITY });
    });
  });
}
