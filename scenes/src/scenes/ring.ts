import { setTimeout as delay } from "node:timers/promises";
import { Fleet } from "../fleet.js";
import { keySource } from "../keys.js";
import type { Tally } from "../load.js";
import { Load } from "../load.js";
import type { Host } from "../network.js";
import type { Stage } from "../stage.js";

const startPatienceMs = 30_000;

const quietIntervals = 4;

/** Lookups a second, over all nodes: enough to see every moment, little enough for two cores that also run 32 nodes. */
const ratePerSecond = 300;

/** A ring of `count` nodes, ideal: the founder first, then all others at once. */
export async function ringOf(stage: Stage, count: number): Promise<Fleet> {
  const fleet = new Fleet(stage);
  await found(stage, fleet, await reserveMany(fleet, count));
  return fleet;
}

/** The same, with a node on each of these hosts. */
export async function ringOn(stage: Stage, hosts: ReadonlyArray<Host>): Promise<Fleet> {
  const fleet = new Fleet(stage);
  const addresses: string[] = [];
  for (const host of hosts) addresses.push(await fleet.reserve(host));
  await found(stage, fleet, addresses);
  return fleet;
}

/** Starts nodes at these addresses, and waits until they are an ideal ring. */
export async function found(
  stage: Stage,
  fleet: Fleet,
  addresses: ReadonlyArray<string>,
  start: (address: string, ...how: ReadonlyArray<string>) => ReturnType<Fleet["start"]> = (address, ...how) =>
    fleet.start(address, how),
): Promise<void> {
  const [founder = "nobody", ...others] = addresses;
  await start(founder, "--create").ready;
  await Promise.all(others.map((address) => start(address, "--join", founder).ready));
  await settle(stage, fleet);
  stage.book.say(`a ring of ${addresses.length} nodes is ideal`);
}

/** Waits for the ideal ring of all that live; throws where it does not come. */
export async function settle(stage: Stage, fleet: Fleet): Promise<void> {
  const { flaw } = await fleet.ideal(startPatienceMs);
  if (flaw === null) return;
  for (const address of fleet.alive) {
    const said = fleet.node(address).stderr;
    if (said !== "") stage.book.evidence("standard error", `${address}: ${said}`);
  }
  throw new Error(`the ring was not ideal after ${startPatienceMs} ms: ${flaw}`);
}

export async function reserveMany(fleet: Fleet, count: number): Promise<ReadonlyArray<string>> {
  const addresses: string[] = [];
  while (addresses.length < count) addresses.push(await fleet.reserve());
  return addresses;
}

/**
 * Lookups from all living nodes, going on until stopped: one half with the default deadline, the other with two
 * intervals, so that an outage shows and is not waited out.
 */
export async function loadOn(stage: Stage, fleet: Fleet, hot: ReadonlyArray<bigint>): Promise<Load> {
  const load = loadFor(stage, fleet.alive, hot);
  await Promise.all(fleet.alive.map(async (via) => load.add(via, await stage.connect(via))));
  load.start();
  return load;
}

/** The same for a ring of these addresses, which asks nobody yet. */
export function loadFor(stage: Stage, ring: ReadonlyArray<string>, hot: ReadonlyArray<bigint>): Load {
  const nextKey = keySource(stage.random, ring, hot);
  return new Load({ ratePerSecond, nextKey, timeoutsMs: [5_000, 2 * stage.intervalMs] });
}

/** Lookups from all of an ideal ring, for some intervals in which nothing changes. */
export async function quietLoad(stage: Stage, fleet: Fleet): Promise<Tally> {
  const load = await loadOn(stage, fleet, []);
  await delay(quietIntervals * stage.intervalMs);
  return load.stop();
}

/** Starts a node again where it was, through three others, of which none is busy otherwise. */
export function rejoin(
  stage: Stage,
  fleet: Fleet,
  address: string,
  busy: ReadonlySet<string> = new Set(),
): ReturnType<Fleet["start"]> {
  const others = fleet.alive.filter((other) => other !== address && !busy.has(other));
  const seeds = new Set([stage.random.pick(others), stage.random.pick(others), stage.random.pick(others)]);
  return fleet.start(
    address,
    [...seeds].flatMap((seed) => ["--join", seed]),
  );
}

/** A node and its successor. */
export function neighbours(stage: Stage, fleet: Fleet): readonly [string, string] {
  const ring = fleet.alive;
  const place = stage.random.below(ring.length);
  return [ring[place] as string, ring[(place + 1) % ring.length] as string];
}
