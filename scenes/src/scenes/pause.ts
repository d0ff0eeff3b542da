import { setTimeout as delay } from "node:timers/promises";
import { audit } from "../audit.js";
import type { Pause } from "../epochs.js";
import type { Fleet } from "../fleet.js";
import { keysOwnedBy } from "../keys.js";
import type { Asker, Tally } from "../load.js";
import { Load } from "../load.js";
import { failed, failedOrTook, lastSentAfter } from "../outage.js";
import { worst } from "../quantiles.js";
import type { Sighting } from "../sighting.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { loadOn, ringOf } from "./ring.js";

const nodes = 16;
const rounds = 2;
const pauseMs = 10_000;
const healedBound = 6;
const oneRingBoundMs = 5_000;

export const pause: Scene = {
  name: "pause-10s",
  must: "SIGSTOP of one for 10 s (nothing refuses: silence), then SIGCONT: healed ≤ 6 intervals after the stop; afterwards one ring again within 5 s; at no moment do two nodes confirm the same key, the one that woke up included",
  play,
};

interface Sleep {
  readonly tallies: ReadonlyArray<Tally>;
  readonly pause: Pause;
  readonly withoutIt: Sighting;
  readonly oneRing: Sighting;
}

async function play(stage: Stage): Promise<void> {
  const { book } = stage;
  const fleet = await ringOf(stage, nodes);
  const sleeps: Sleep[] = [];
  for (let round = 0; round < rounds; round += 1) {
    sleeps.push(await sleep(stage, fleet, stage.random.pick(fleet.alive)));
  }
  audit(
    book,
    fleet.timeline,
    sleeps.flatMap(({ tallies }) => tallies),
    sleeps.map((each) => each.pause),
  );
  const healed = sleeps.map((each) => inIntervals(stage, lastFailingMs(each)));
  book.figure("lastFailingIntervals", healed);
  book.figure(
    "lastFailingOrSlowerThanHalfAnInterval",
    sleeps.map((each) => lastSlow(stage, each)),
  );
  book.figure(
    "oneRingWithoutItIntervals",
    sleeps.map((each) => inIntervals(stage, each.withoutIt.ringAt - each.pause.from)),
  );
  book.figure(
    "oneRingAfterWakingMs",
    sleeps.map((each) => each.oneRing.ringAt - each.pause.to),
  );
  book.figure(
    "idealWithoutItIntervals",
    sleeps.map((each) => inIntervals(stage, each.withoutIt.idealAt - each.pause.from)),
  );
  for (const { withoutIt, oneRing } of sleeps) {
    if (withoutIt.flaw !== null) book.evidence("while it lay stopped", withoutIt.flaw);
    if (oneRing.flaw !== null) book.evidence("after it woke", oneRing.flaw);
  }
  const healedAt = sleeps.map((each) => inIntervals(stage, each.withoutIt.ringAt - each.pause.from));
  book.atMost("last failing lookup starts after the stop, intervals", worst(healed), healedBound);
  book.atMost("one ring without it after the stop, intervals", worst(healedAt), healedBound);
  book.atMost(
    "one ring again after it woke, ms",
    worst(sleeps.map((each) => each.oneRing.ringAt - each.pause.to)),
    oneRingBoundMs,
  );
}

async function sleep(stage: Stage, fleet: Fleet, victim: string): Promise<Sleep> {
  const ring = fleet.alive;
  const others = ring.filter((address) => address !== victim);
  const hot = keysOwnedBy(ring, victim, 12);
  const load = await loadOn(stage, fleet, hot);
  const interview = await interrogate(stage, victim, await stage.connect(victim), hot);
  await delay(2 * stage.intervalMs);
  load.remove(victim);
  const from = fleet.pause(victim);
  const withoutIt = fleet.ideal(pauseMs, others);
  await delay(pauseMs);
  const to = fleet.resume(victim);
  const sighting = await withoutIt;
  const oneRing = await fleet.ideal(2 * oneRingBoundMs, ring, others[0]);
  if (oneRing.flaw === null) fleet.settled(victim, oneRing.idealAt);
  await delay(2 * stage.intervalMs);
  const tallies = await Promise.all([load.stop(), interview.stop()]);
  return { tallies, pause: { address: victim, from, to }, withoutIt: sighting, oneRing };
}

/**
 * Asks the node that is to sleep for its own keys without a break, also while it lies stopped: those questions are the
 * first that it finds when it wakes, before it may have noticed that it was away.
 */
async function interrogate(
  stage: Stage,
  victim: string,
  asker: Asker,
  keys: ReadonlyArray<bigint>,
): Promise<Load> {
  const load = new Load({ ratePerSecond: 50, nextKey: () => stage.random.pick(keys), timeoutsMs: [5_000] });
  load.add(victim, asker);
  load.start();
  return load;
}

/** Lookups through the node that lay stopped fail by nature. */
function lastFailingMs(each: Sleep): number {
  return Math.max(
    ...each.tallies.map((tally) => lastSentAfter(each.pause.from, others(each, tally), failed)),
  );
}

function lastSlow(stage: Stage, each: Sleep): number {
  const slow = failedOrTook(stage.intervalMs / 2);
  const ms = each.tallies.map((tally) => lastSentAfter(each.pause.from, others(each, tally), slow));
  return inIntervals(stage, Math.max(...ms));
}

function others(each: Sleep, tally: Tally): Tally {
  return { ...tally, lookups: tally.lookups.filter(({ via }) => via !== each.pause.address) };
}
