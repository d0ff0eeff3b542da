import { setTimeout as delay } from "node:timers/promises";
import { audit } from "../audit.js";
import type { Fleet } from "../fleet.js";
import { keysOwnedBy } from "../keys.js";
import type { Load, Tally } from "../load.js";
import type { Exit } from "../node-process.js";
import type { Notebook } from "../notebook.js";
import { describe } from "../oracle.js";
import { worst } from "../quantiles.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { loadOn, neighbours, rejoin, ringOf, settle } from "./ring.js";

/** SIGTERM to one node, or to two neighbours at once, while lookups go on from all. */
export function leave(leavers: 1 | 2, nodes = 16, rounds = 3): Scene {
  const whom = leavers === 1 ? "one" : "two neighbours at once";
  return {
    name: leavers === 1 ? "leave-one" : "leave-two-neighbours",
    must: `${nodes} nodes, graceful leave of ${whom}, lookups going on from all: no wrong and no failed lookup`,
    play: (stage) => play(stage, nodes, rounds, (fleet) => neighbours(stage, fleet).slice(0, leavers)),
  };
}

/** Every node in turn: SIGTERM, then started again where it was. */
export function rollingRestart(nodes = 16): Scene {
  return {
    name: "rolling-restart",
    must: `${nodes} nodes, all restarted one after another (SIGTERM, start): no wrong and no failed lookup`,
    play: (stage) => restartAll(stage, nodes),
  };
}

async function play(
  stage: Stage,
  nodes: number,
  rounds: number,
  choose: (fleet: Fleet) => ReadonlyArray<string>,
): Promise<void> {
  const fleet = await ringOf(stage, nodes);
  const tallies: Tally[] = [];
  const leaveMs: number[] = [];
  const exits: Exit[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const leavers = choose(fleet);
    const hot = leavers.flatMap((leaver) => keysOwnedBy(fleet.alive, leaver, 12));
    const load = await loadOn(stage, fleet, hot);
    await delay(2 * stage.intervalMs);
    const askedAt = performance.now();
    const ended = await askToLeave(fleet, load, leavers);
    exits.push(...ended);
    leaveMs.push(Math.max(...ended.map(({ at }) => at)) - askedAt);
    await delay(4 * stage.intervalMs);
    tallies.push(await load.stop());
    await Promise.all(leavers.map((leaver) => rejoin(stage, fleet, leaver).ready));
    await settle(stage, fleet);
  }
  stage.book.figure(
    "fromSigtermToExitIntervals",
    leaveMs.map((ms) => inIntervals(stage, ms)),
  );
  judgeLeaves(stage.book, fleet, tallies, exits);
}

async function restartAll(stage: Stage, nodes: number): Promise<void> {
  const fleet = await ringOf(stage, nodes);
  const load = await loadOn(stage, fleet, []);
  await delay(stage.intervalMs);
  const exits: Exit[] = [];
  const awayMs: number[] = [];
  for (const address of fleet.alive) {
    const askedAt = performance.now();
    exits.push(...(await askToLeave(fleet, load, [address])));
    const ready = await rejoin(stage, fleet, address).ready;
    awayMs.push(ready.at - askedAt);
    load.add(address, await stage.connect(address));
  }
  await delay(4 * stage.intervalMs);
  const tally = await load.stop();
  stage.book.figure("fromSigtermToMemberAgainIntervalsWorst", inIntervals(stage, worst(awayMs)));
  judgeLeaves(stage.book, fleet, [tally], exits);
}

/** From here on an application would ask another node; what these were asked before must still be answered. */
function askToLeave(fleet: Fleet, load: Load, leavers: ReadonlyArray<string>): Promise<ReadonlyArray<Exit>> {
  for (const leaver of leavers) load.remove(leaver);
  return fleet.leave(...leavers);
}

function judgeLeaves(
  book: Notebook,
  fleet: Fleet,
  tallies: ReadonlyArray<Tally>,
  exits: ReadonlyArray<Exit>,
): void {
  const { failed } = audit(book, fleet.timeline, tallies);
  for (const lookup of failed) book.evidence("failed", describe(lookup, tallies[0]?.from ?? 0));
  book.exactly("failed lookups", failed.length, 0);
  book.exactly(
    "leavers that ended with status 0",
    exits.filter(({ code }) => code === 0).length,
    exits.length,
  );
}
