import { cpus } from "node:os";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { connect } from "./client.js";
import type { Program } from "./node-process.js";
import type { Report } from "./notebook.js";
import { Notebook } from "./notebook.js";
import { Nursery } from "./nursery.js";
import { seeded } from "./random.js";
import type { Scene, Wish } from "./stage.js";

export interface PerformOptions {
  readonly seed: number;
  readonly tell: (line: string) => void;
  readonly wish?: Wish;
}

const intervalMs = 500;
const asMeant: Wish = { ratePerSecond: null, minutes: null, values: null };

/** The command as an installation has it. */
const chordnet: Program = [
  fileURLToPath(new URL("bin/chordnet.js", import.meta.resolve("@chordnet/cli/package.json"))),
];

/** Plays one scene to its end, and clears the stage whatever happens. A scene that breaks off has not passed. */
export async function perform(scene: Scene, { seed, tell, wish = asMeant }: PerformOptions): Promise<Report> {
  const nursery = new Nursery();
  const book = new Notebook(tell);
  const startedAt = performance.now();
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const before = processorMs();
  tell(`${scene.name}: ${scene.must}`);
  try {
    await scene.play({ nursery, program: chordnet, book, random: seeded(seed), intervalMs, wish, connect });
  } catch (error) {
    book.evidence("broke off", error instanceof Error ? (error.stack ?? error.message) : String(error));
    book.exactly("played to its end", error instanceof Error ? error.message : String(error), "yes");
  } finally {
    await nursery.close();
  }
  delays.disable();
  // What the machine could not give: the figures are to be read with this.
  book.figure("seed", seed);
  book.figure("harnessDelayMsP99", delays.percentile(99) / 1e6);
  book.figure("harnessDelayMsWorst", delays.max / 1e6);
  const after = processorMs();
  book.figure("processorIdlePercent", (100 * (after.idle - before.idle)) / (after.all - before.all));
  return book.report(scene.name, scene.must, (performance.now() - startedAt) / 1000);
}

/** Over all processors, since the machine started. */
function processorMs(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idle, all };
}
