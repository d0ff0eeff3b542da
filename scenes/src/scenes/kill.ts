import { setTimeout as delay } from "node:timers/promises";
import { audit } from "../audit.js";
import type { Fleet } from "../fleet.js";
import { keysOwnedBy } from "../keys.js";
import type { Tally } from "../load.js";
import { failed, failedOrTook, lastSentAfter } from "../outage.js";
import { median, worst } from "../quantiles.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { loadOn, neighbours, rejoin, ringOf, settle } from "./ring.js";

const boundIntervals = { 1: 3, 2: 5 } as const;

/** SIGKILL of one node, or of two neighbours at once, while lookups go on from all. */
export function kill(victims: 1 | 2, nodes = 16, rounds = 3): Scene {
  const whom = victims === 1 ? "one" : "two neighbours";
  const bound = boundIntervals[victims];
  return {
    name: victims === 1 ? "kill-one" : "kill-two-neighbours",
    must: `${nodes} nodes, SIGKILL of ${whom}, lookups going on from all: no wrong answer; failed ones typed and within their deadline; the last failing lookup starts ≤ ${bound} intervals after the kill`,
    play: (stage) => play(stage, nodes, rounds, (fleet) => neighbours(stage, fleet).slice(0, victims), bound),
  };
}

async function play(
  stage: Stage,
  nodes: number,
  rounds: number,
  choose: (fleet: Fleet) => ReadonlyArray<string>,
  bound: number,
): Promise<void> {
  const { book } = stage;
  const fleet = await ringOf(stage, nodes);
  const tallies: Tally[] = [];
  const lastFailing: number[] = [];
  const lastSlow: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const victims = choose(fleet);
    const { tally, killedAt } = await strike(stage, fleet, victims, bound);
    tallies.push(tally);
    lastFailing.push(inIntervals(stage, lastSentAfter(killedAt, tally, failed)));
    lastSlow.push(inIntervals(stage, lastSentAfter(killedAt, tally, failedOrTook(stage.intervalMs / 2))));
    await Promise.all(victims.map((victim) => rejoin(stage, fleet, victim).ready));
    await settle(stage, fleet);
  }
  audit(book, fleet.timeline, tallies);
  book.figure("lastFailingIntervals", lastFailing);
  book.figure("lastFailingIntervalsMedian", median(lastFailing));
  book.figure("lastFailingOrSlowerThanHalfAnInterval", lastSlow);
  book.atMost("last failing lookup starts after the kill, intervals", worst(lastFailing), bound);
}

async function strike(
  stage: Stage,
  fleet: Fleet,
  victims: ReadonlyArray<string>,
  bound: number,
): Promise<{ readonly tally: Tally; readonly killedAt: number }> {
  const hot = victims.flatMap((victim) => keysOwnedBy(fleet.alive, victim, 12));
  const load = await loadOn(stage, fleet, hot);
  await delay(2 * stage.intervalMs);
  for (const victim of victims) load.remove(victim);
  const killedAt = await fleet.kill(...victims);
  await delay((bound + 3) * stage.intervalMs);
  return { tally: await load.stop(), killedAt };
}
