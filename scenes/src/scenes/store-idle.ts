import { setTimeout as delay } from "node:timers/promises";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { Fleet } from "../fleet.js";
import { sentBytes, statuses, whole } from "../repair.js";
import type { Scene, Stage } from "../stage.js";
import { found, reserveMany } from "./ring.js";

const nodes = 6;
const valueBytes = 100;
const usualValues = 4_000;
const atOnce = 64;
/** Between two comparisons of an owner with one that keeps its values. */
const repairIntervals = 20;
const settleIntervals = 60;
const measureRepairs = 4;
const boundBytesPerSecond = 100;

export const storeIdle: Scene = {
  name: "store-idle",
  must: `two rings of ${nodes} nodes at rest, with 3 copies of each value and with 1: what a node sends more in the first, to compare digests, is <= ${boundBytesPerSecond} B/s`,
  play,
};

async function play(stage: Stage): Promise<void> {
  const { book, intervalMs } = stage;
  const count = stage.wish.values ?? usualValues;
  const rings = [await keeping(stage, 3, count), await keeping(stage, 1, count)] as const;
  await Promise.all(rings.map((ring) => whole(ring)));
  await delay(settleIntervals * intervalMs);
  const before = await Promise.all(rings.map(sent));
  const seconds = (measureRepairs * repairIntervals * intervalMs) / 1_000;
  await delay(seconds * 1_000);
  const after = await Promise.all(rings.map(sent));
  const [compared = Number.NaN, alone = Number.NaN] = after.map(
    (bytes, i) => (bytes - (before[i] as number)) / seconds / nodes,
  );
  book.figure("values", count);
  book.figure("bytesPerSecondOfANode", compared);
  book.figure("bytesPerSecondOfANodeWithoutCopies", alone);
  book.say(`a node sends ${compared.toFixed(0)} B/s with 3 copies, ${alone.toFixed(0)} B/s with 1`);
  book.atMost("digests of a node at rest", compared - alone, boundBytesPerSecond, " B/s");
}

/** A ring that keeps so many values, in so many copies. */
async function keeping(stage: Stage, copies: number, count: number): Promise<Fleet> {
  const fleet = new Fleet(stage);
  await found(stage, fleet, await reserveMany(fleet, nodes), (address, ...how) =>
    fleet.start(address, [...how, "--copies", `${copies}`]),
  );
  const client = await ChordNet.connect({ transport: tcp(), via: [...fleet.alive] });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++)
      await client.store.put(`value ${i}`, new Uint8Array(valueBytes).fill(i));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await client.close();
  return fleet;
}

async function sent(fleet: Fleet): Promise<number> {
  return sentBytes(await statuses(fleet.alive));
}
