import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { auditAnswers } from "../audit.js";
import { contradictions } from "../epochs.js";
import type { Fleet } from "../fleet.js";
import type { Tally } from "../load.js";
import type { Lookup } from "../lookup-log.js";
import type { Host, Network } from "../network.js";
import { withNetwork } from "../network.js";
import { describe } from "../oracle.js";
import { median, worst } from "../quantiles.js";
import type { Sighting } from "../sighting.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { Timeline } from "../timeline.js";
import { loadOn, ringOn } from "./ring.js";

const nodes = 10;
const medianBound = 10;
const worstBound = 20;
const patienceMs = 60_000;

/** Ten nodes on two hosts, the link between them cut: both sides live on, and are one ring again when it is mended. */
export function cutInTwo(seconds: number, rounds: number): Scene {
  return {
    name: `cut-${seconds}s`,
    must: `${nodes} nodes on two hosts, the link cut for ${seconds} s, ${rounds} times: both sides live on; one ideal ring within ${medianBound} intervals of the mending in the median, ${worstBound} at worst; no wrong answer, no epoch falls once the ring is whole`,
    play: (stage) => withNetwork(stage, 2, (network) => play(stage, network, 1000 * seconds, rounds)),
  };
}

/** One half of the nodes, and who it may rightly name: while cut off, nobody of the other half. */
interface Side {
  readonly members: ReadonlyArray<string>;
  readonly timeline: Timeline;
}

interface Round {
  readonly healedMs: number;
  readonly wholeAt: number;
  readonly tally: Tally;
}

async function play(stage: Stage, network: Network, cutMs: number, rounds: number): Promise<void> {
  const { book } = stage;
  const [left, right] = network.hosts as readonly [Host, Host];
  const fleet = await ringOn(
    stage,
    Array.from({ length: nodes }, (_, i) => (i % 2 === 0 ? left : right)),
  );
  const sides = [left, right].map(({ ip }) => ({
    members: fleet.alive.filter((address) => address.startsWith(`tcp://${ip}:`)),
    timeline: new Timeline(),
  }));
  for (const { timeline } of sides) record(timeline, fleet.alive, "member", performance.now());
  const played: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = await cutOnce(stage, fleet, network, sides, cutMs);
    book.say(`whole again ${inIntervals(stage, one.healedMs).toFixed(1)} intervals after the mending`);
    played.push(one);
  }
  const tallies = played.map(({ tally }) => tally);
  for (const { members, timeline } of sides)
    auditAnswers(
      book,
      timeline,
      tallies.map((tally) => only(tally, members)),
    );
  const fell = contradictions(tallies.flatMap(({ lookups }) => lookups)).filter(
    ({ _tag }) => _tag === "EpochFell",
  );
  const afterwards = fell.filter(({ later }) => played.some((one) => isAfter(one, later)));
  for (const { earlier, later } of afterwards)
    book.evidence("an epoch fell", `${describe(earlier, 0)}; then ${describe(later, 0)}`);
  book.figure("epochsThatFellWhileApartOrMerging", fell.length - afterwards.length);
  book.exactly("epochs that fell once the ring was whole", afterwards.length, 0);
  const healed = played.map(({ healedMs }) => inIntervals(stage, healedMs));
  book.figure("wholeAfterMendingIntervals", healed);
  book.atMost("one ideal ring after the mending, median, intervals", median(healed), medianBound);
  book.atMost("one ideal ring after the mending, worst, intervals", worst(healed), worstBound);
}

async function cutOnce(
  stage: Stage,
  fleet: Fleet,
  network: Network,
  sides: ReadonlyArray<Side>,
  cutMs: number,
): Promise<Round> {
  const { book } = stage;
  const [left, right] = network.hosts as readonly [Host, Host];
  const load = await loadOn(stage, fleet, []);
  await delay(2 * stage.intervalMs);
  for (const { timeline, members } of sides)
    record(timeline, others(fleet, members), "maybe", performance.now());
  network.cut(left, right);
  network.cut(right, left);
  const cutAt = performance.now();
  const apart = await Promise.all(sides.map(({ members }) => fleet.ideal(cutMs, members, members[0])));
  for (const [i, { timeline, members }] of sides.entries()) {
    const { ringAt, idealAt, flaw } = apart[i] as Sighting;
    const isRing = ringAt < Number.POSITIVE_INFINITY;
    book.exactly(
      "each side is a ring of its own while it is cut off",
      isRing ? "yes" : (flaw ?? "no"),
      "yes",
    );
    // What the others owned is claimed later: their leases have to run out first.
    if (flaw === null) record(timeline, others(fleet, members), "gone", idealAt);
  }
  book.figure(
    "ringOfItsOwnAfterIntervals",
    apart.map(({ ringAt }) => inIntervals(stage, ringAt - cutAt)),
  );
  await delay(Math.max(0, cutAt + cutMs - performance.now()));
  const mendedAt = performance.now();
  for (const { timeline } of sides) record(timeline, fleet.alive, "maybe", mendedAt);
  network.mend(left, right);
  network.mend(right, left);
  const { idealAt, flaw } = await fleet.ideal(patienceMs);
  if (flaw !== null) throw new Error(`not one ring ${patienceMs} ms after the mending: ${flaw}`);
  for (const { timeline } of sides) record(timeline, fleet.alive, "member", idealAt);
  await delay(4 * stage.intervalMs);
  book.say(
    `apart at ${cutAt.toFixed(0)} ms, mended at ${mendedAt.toFixed(0)}, whole at ${idealAt.toFixed(0)}`,
  );
  return { healedMs: idealAt - mendedAt, wholeAt: idealAt, tally: await load.stop() };
}

function record(
  timeline: Timeline,
  addresses: ReadonlyArray<string>,
  standing: "maybe" | "gone" | "member",
  at: number,
): void {
  for (const address of addresses) timeline.record(address, standing, at);
}

function others(fleet: Fleet, members: ReadonlyArray<string>): ReadonlyArray<string> {
  return fleet.alive.filter((address) => !members.includes(address));
}

function only(tally: Tally, vias: ReadonlyArray<string>): Tally {
  return { ...tally, lookups: tally.lookups.filter(({ via }) => vias.includes(via)) };
}

/** Whether the lookup was asked in this round, when the ring was whole again. */
function isAfter({ wholeAt, tally }: Round, lookup: Lookup): boolean {
  return lookup.sentAt >= wholeAt && lookup.sentAt <= tally.to;
}
