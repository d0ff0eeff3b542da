import { setTimeout as delay } from "node:timers/promises";
import type { ChordNet, Held } from "chordnet";
import { isChordNetError } from "chordnet";
import { jobNames, workMs } from "../jobs.js";
import type { Tell } from "./worker.js";
import { runWorker } from "./worker.js";

/**
 * Does each job once a second, where this node owns its name. A run that is due while nobody owns it waits for the next
 * owner. Between asking whether a run was done and saying that it is, some time passes: whoever is stopped there says
 * so too late.
 */
function doJobs(ring: ChordNet, tell: Tell, store: string): void {
  /** Each is begun once under an epoch: a range that is gained and the second that begins may both ask for it. */
  const begunHere = new Set<string>();
  const run = async (job: string, due: number, { epoch, signal }: Held): Promise<void> => {
    const name = `${job} ${due} ${epoch}`;
    if (begunHere.has(name)) return;
    begunHere.add(name);
    const begun = await fetch(`${store}/begin?job=${job}&due=${due}&epoch=${epoch}`, { signal });
    const ticket = await begun.text();
    if (ticket === "") return;
    await delay(workMs);
    if (signal.aborted) return;
    await fetch(`${store}/end?ticket=${ticket}`);
  };
  const attempt = (job: string, due: number): Promise<void> =>
    ring
      .withOwnership(job, (held) => run(job, due, held))
      .catch((error: unknown) => {
        if (!isChordNetError(error)) tell({ event: "trouble", job, message: String(error) });
      });
  const attemptAll = (due: number): void => {
    for (const job of jobNames) void attempt(job, due);
  };
  const wait = (due: number): void => {
    setTimeout(
      () => {
        attemptAll(due);
        wait(Math.max(due, Math.floor(Date.now() / 1000)) + 1);
      },
      1000 * due - Date.now(),
    );
  };
  ring.on("joined", () => wait(Math.ceil(Date.now() / 1000)));
  // Who had the range may have died in the middle of a run: what has been done is not done again.
  ring.on("rangeGained", () => attemptAll(Math.floor(Date.now() / 1000)));
}

await runWorker(doJobs);
