import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { audit } from "../audit.js";
import { Fleet } from "../fleet.js";
import { keysOwnedBy } from "../keys.js";
import { askAll } from "../load.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { loadOn, quietLoad, reserveMany } from "./ring.js";

const nodes = 8;
const boundIntervals = 10;

export const sameFlags: Scene = {
  name: "same-flags",
  must: "8 nodes with the same flags (three seeds, --create); the first killed and started again with them; then all killed and started again: one ring each time, within 10 intervals; epochs higher than before; no wrong answer while one of them is a member",
  play,
};

async function play(stage: Stage): Promise<void> {
  const { book } = stage;
  const fleet = new Fleet(stage);
  const all = await reserveMany(fleet, nodes);
  const flags = ["--create", ...all.slice(0, 3).flatMap((seed) => ["--join", seed])];
  const first = all[0] as string;
  const startAll = (): void => {
    for (const address of all) fleet.start(address, flags);
  };
  const keys = all.flatMap((address) => keysOwnedBy(all, address, 6));
  const firstKeys = new Set(keysOwnedBy(all, first, 6));

  await oneRing(stage, fleet, all, "all started together", startAll);
  const epochs = await epochsOf(stage, all[1] as string, keys, "at first");
  const load = await loadOn(stage, fleet, [...firstKeys]);
  load.remove(first);
  await fleet.kill(first);
  await oneRing(stage, fleet, all, "the first killed and started again", () => fleet.start(first, flags));
  load.add(first, await stage.connect(first));
  await delay(2 * stage.intervalMs);
  const whileKilled = await load.stop();
  const second = await epochsOf(stage, all[1] as string, keys, "after its return");
  const risen = keys.filter((key) => higher(second.get(key), epochs.get(key)));
  const kept = keys.filter((key) => (second.get(key) ?? 0) >= (epochs.get(key) ?? Number.POSITIVE_INFINITY));
  book.exactly(
    "keys of the first in a higher epoch",
    risen.filter((key) => firstKeys.has(key)).length,
    firstKeys.size,
  );
  book.exactly("keys in no lower epoch after its return", kept.length, keys.length);
  await fleet.kill(...all);
  await oneRing(stage, fleet, all, "all killed and started again", startAll);
  const third = await epochsOf(stage, first, keys, "after all were killed");
  book.exactly(
    "keys in a higher epoch after all were killed",
    keys.filter((key) => higher(third.get(key), second.get(key))).length,
    keys.length,
  );
  audit(book, fleet.timeline, [whileKilled, await quietLoad(stage, fleet)]);
}

async function oneRing(
  stage: Stage,
  fleet: Fleet,
  all: ReadonlyArray<string>,
  what: string,
  start: () => void,
): Promise<void> {
  const { book } = stage;
  const startedAt = performance.now();
  start();
  const { ringAt, idealAt, flaw } = await fleet.ideal(3 * boundIntervals * stage.intervalMs, all);
  if (flaw !== null) book.evidence(what, flaw);
  book.figure(`${what}: ideal after, intervals`, inIntervals(stage, idealAt - startedAt));
  const told = await fleet.flawByCommand(all, all[0] as string);
  book.exactly(`${what}: flaw told by chordnet ring`, told ?? "none", "none");
  book.atMost(`${what}: one ring after, intervals`, inIntervals(stage, ringAt - startedAt), boundIntervals);
  const ready = await Promise.race([
    Promise.all(all.map((address) => fleet.node(address).ready)),
    fleet.node(all[0] as string).exited.then(() => null),
  ]);
  if (ready === null) throw new Error(`${all[0]} ended by itself: ${fleet.node(all[0] as string).stderr}`);
}

async function epochsOf(
  stage: Stage,
  via: string,
  keys: ReadonlyArray<bigint>,
  when: string,
): Promise<ReadonlyMap<bigint, number>> {
  const asker = await stage.connect(via);
  const { lookups } = await askAll(via, asker, keys, 5_000);
  await asker.close();
  const epochs = new Map(
    lookups.flatMap(({ keyId, outcome }) =>
      outcome._tag === "Answered" ? [[keyId, outcome.epoch] as const] : [],
    ),
  );
  // Of a key without an answer no epoch is known: the comparisons that follow need all.
  stage.book.exactly(`keys answered ${when}`, epochs.size, keys.length);
  return epochs;
}

function higher(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one > other;
}
