import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { auditAnswers } from "../audit.js";
import { contradictions } from "../epochs.js";
import type { Fleet } from "../fleet.js";
import type { Tally } from "../load.js";
import type { Host, Network } from "../network.js";
import { withNetwork } from "../network.js";
import { worst } from "../quantiles.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { loadOn, ringOn } from "./ring.js";

const others = 8;
const cutMs = 20_000;
const worstBound = 20;
const patienceMs = 60_000;

/**
 * Two nodes can't talk, in one direction or in both, and both reach all the others: nobody but one of those two may be
 * evicted, and no answer may be wrong. Once as neighbours on the ring, once with others between them.
 */
export const cutPair: Scene = {
  name: "cut-pair",
  must: `${others + 2} nodes, two of which can't talk for ${cutMs / 1000} s while both reach the others, in one direction and in both, as neighbours and apart: no wrong answer, nobody else evicted, one ideal ring within ${worstBound} intervals of the mending`,
  play: (stage) => withNetwork(stage, others + 2, (network) => play(stage, network)),
};

interface Trial {
  readonly neighbours: boolean;
  readonly oneWay: boolean;
}

const trials: ReadonlyArray<Trial> = [true, false].flatMap((neighbours) =>
  [true, false].map((oneWay) => ({ neighbours, oneWay })),
);

async function play(stage: Stage, network: Network): Promise<void> {
  const { book } = stage;
  const fleet = await ringOn(stage, network.hosts);
  const healed: number[] = [];
  const tallies: Tally[] = [];
  for (const trial of trials) {
    const { tally, healedMs } = await estrange(stage, fleet, network, trial);
    tallies.push(tally);
    healed.push(inIntervals(stage, healedMs));
    const failed = tally.lookups.filter(({ outcome }) => outcome._tag === "Failed");
    book.say(`${named(trial)}: ${failed.length} of ${tally.lookups.length} lookups failed`);
  }
  auditAnswers(book, fleet.timeline, tallies);
  const fell = contradictions(tallies.flatMap(({ lookups }) => lookups));
  book.exactly("answers that contradict each other", fell.length, 0);
  book.figure("wholeAfterMendingIntervals", healed);
  book.atMost("one ideal ring after the mending, worst, intervals", worst(healed), worstBound);
}

async function estrange(
  stage: Stage,
  fleet: Fleet,
  network: Network,
  trial: Trial,
): Promise<{ readonly tally: Tally; readonly healedMs: number }> {
  const { book } = stage;
  const ring = fleet.alive;
  const place = stage.random.below(ring.length);
  const pair = [0, trial.neighbours ? 1 : ring.length / 2].map(
    (step) => ring[(place + step) % ring.length] as string,
  );
  const [one, other] = pair.map((address) => hostOf(network, address)) as [Host, Host];
  const told = new Map(ring.map((address) => [address, fleet.node(address).events.length]));
  const load = await loadOn(stage, fleet, []);
  await delay(2 * stage.intervalMs);
  // Who can't reach its heir may have to give up what it owns.
  for (const address of pair) fleet.unsettled(address, performance.now());
  network.cut(one, other);
  if (!trial.oneWay) network.cut(other, one);
  await delay(cutMs);
  network.mend(one, other);
  network.mend(other, one);
  const mendedAt = performance.now();
  const { idealAt, flaw } = await fleet.ideal(patienceMs);
  if (flaw !== null) throw new Error(`not one ring ${patienceMs} ms after the mending: ${flaw}`);
  for (const address of pair) fleet.settled(address, idealAt);
  const evicted = ring.flatMap((address) =>
    fleet
      .node(address)
      .events.slice(told.get(address))
      .filter(({ event, peer }) => event === "peerEvicted" && !pair.includes(String(peer?.address)))
      .map(({ peer, reason }) => `${address} evicted ${String(peer?.address)}: ${String(reason)}`),
  );
  for (const line of evicted) book.evidence(named(trial), line);
  book.exactly(`${named(trial)}: evictions of anybody else`, evicted.length, 0);
  return { tally: await load.stop(), healedMs: idealAt - mendedAt };
}

function named({ neighbours, oneWay }: Trial): string {
  return `${neighbours ? "neighbours" : "nodes far apart"}, cut ${oneWay ? "one way" : "both ways"}`;
}

function hostOf(network: Network, address: string): Host {
  const found = network.hosts.find(({ ip }) => address.startsWith(`tcp://${ip}:`));
  if (found === undefined) throw new RangeError(`${address} is on no host`);
  return found;
}
