import { setTimeout as delay } from "node:timers/promises";
import type { ChordNet, Held } from "chordnet";
import { isChordNetError } from "chordnet";
import { jobNames, workMs } from "../jobs.js";
import type { Tell } from "./worker.js";
import { runWorker } from "./worker.js";

/** A run that was not done in time is still done so many seconds later, by whoever owns its job then. */
const graceSeconds = 30;

/**
 * Does each job once a second while this node owns its name: one run after the other, those first that its predecessor
 * left undone. Between asking whether a run was done and saying that it is, some time passes: whoever is stopped there
 * says so too late.
 */
function doJobs(ring: ChordNet, tell: Tell, store: string): void {
  const underWay = new Set<string>();
  /** By job, the runs that the store is known to have. */
  const known = new Map(jobNames.map((job) => [job, new Set<number>()]));
  const undone = (job: string): ReadonlyArray<number> => {
    const now = Math.floor(Date.now() / 1000);
    const dues = Array.from({ length: graceSeconds }, (_, i) => now - graceSeconds + 1 + i);
    return dues.filter((due) => known.get(job)?.has(due) === false);
  };
  /** Whether the store has the run. It may have been told so under an epoch that is too low by now. */
  const run = async (job: string, due: number, { epoch, signal }: Held): Promise<boolean> => {
    const begun = await fetch(`${store}/begin?job=${job}&due=${due}&epoch=${epoch}`, { signal });
    const ticket = await begun.text();
    if (ticket === "") return true;
    await delay(workMs);
    if (signal.aborted) return false;
    const ended = await fetch(`${store}/end?ticket=${ticket}`);
    return ended.ok;
  };
  /** Whether all runs that are due are done: else this node does not own the job any more, or under another epoch. */
  const runAll = async (job: string, held: Held): Promise<boolean> => {
    for (const due of undone(job)) {
      if (!(await run(job, due, held))) return false;
      known.get(job)?.add(due);
    }
    return true;
  };
  const work = async (job: string): Promise<void> => {
    if (underWay.has(job) || !ring.owns(job)) return;
    underWay.add(job);
    try {
      while (!(await ring.withOwnership(job, (held) => runAll(job, held))));
    } catch (error) {
      if (!isChordNetError(error)) tell({ event: "trouble", job, message: String(error) });
    } finally {
      underWay.delete(job);
    }
  };
  const workAll = (): void => {
    for (const job of jobNames) void work(job);
  };
  const everySecond = (): void => {
    workAll();
    setTimeout(everySecond, 1000 - (Date.now() % 1000));
  };
  ring.on("joined", everySecond);
  ring.on("rangeGained", workAll);
}

await runWorker(doJobs);
