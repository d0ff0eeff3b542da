import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Fleet } from "../fleet.js";
import { ownBytes, watchMemory } from "../footprint.js";
import { idOf, ownerOf } from "../identifiers.js";
import type { NodeProcess } from "../node-process.js";
import { worst } from "../quantiles.js";
import { statuses } from "../repair.js";
import type { Scene, Stage } from "../stage.js";
import type { Values } from "../values.js";
import { cutOut, getAll, judgePass, putAll } from "../values.js";
import { found, reserveMany } from "./ring.js";

const nodes = 4;
const valueBytes = 16_384;
const usualValues = 65_536;
const mebibyte = 1_048_576;
const memoryBoundMiB = 128;
const wireBound = 1.2;
const patienceMs = 600_000;
const lookMs = 50;

/** All values are one node's, then its heir's, then its own again. With one copy they are nowhere else. */
export function storeHandover(copies: 1 | 3): Scene {
  const each = copies === 1 ? "1 copy" : `${copies} copies`;
  return {
    name: `store-1g-${each.replace(" ", "-")}`,
    must: `1 GiB of values, all owned by one of ${nodes} nodes, ${each} of each, on disk: the owner leaves, and joins again with nothing; memory of each node <= ${memoryBoundMiB} MiB above that of an empty one, bytes on the wire <= ${wireBound} x what has to move; every value is read back, byte by byte`,
    play: (stage) => play(stage, copies),
  };
}

interface Hoard {
  readonly stage: Stage;
  readonly fleet: Fleet;
  readonly values: Values;
  readonly copies: number;
  readonly emptyBytes: number;
}

async function play(stage: Stage, copies: number): Promise<void> {
  const { book } = stage;
  const folder = join(tmpdir(), `chordnet-store-handover-${process.pid}`);
  try {
    const fleet = new Fleet(stage);
    const addresses = await reserveMany(fleet, nodes);
    let folders = 0;
    const start = (address: string, ...how: ReadonlyArray<string>): NodeProcess => {
      const data = join(folder, `${folders++}`);
      const flags = { "--copies": copies, "--data": data, "--leave-timeout-ms": patienceMs };
      return fleet.start(address, [...how, ...Object.entries(flags).flat().map(String)]);
    };
    await found(stage, fleet, addresses, start);
    const [owner = "nobody", ...others] = addresses;
    const values = await ownedBy(owner, addresses, stage.wish.values ?? usualValues);
    const emptyBytes = worst(fleet.lives.map(({ pid }) => ownBytes(pid) ?? Number.NaN));
    book.figure("MiBOfAnEmptyNode", emptyBytes / mebibyte);
    const hoard = { stage, fleet, values, copies, emptyBytes };
    await measure(hoard, "put", async () => judgePass(book, "put", await putAll(others, values)));
    const left = await measure(hoard, "leave", () => fleet.leave(owner));
    book.atMost("leave: bytes on the wire, over those of the values", left, wireBound);
    judgePass(book, "after the leave", await getAll(others, values));
    const rejoin = (): Promise<unknown> => start(owner, "--join", others[0] ?? owner).ready;
    const joined = await measure(hoard, "join", rejoin);
    book.atMost("join: bytes on the wire, over those of the values", joined, wireBound);
    judgePass(book, "after the join", await getAll(addresses, values));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Values whose keys are this node's, and after its leave its heir's. */
async function ownedBy(owner: string, addresses: ReadonlyArray<string>, count: number): Promise<Values> {
  const keys: string[] = [];
  for (let i = 0; keys.length < count; i += 1) {
    const key = `value ${i}`;
    if (ownerOf(addresses, idOf(key)) === owner) keys.push(key);
  }
  return { count, keyOf: (i) => keys[i] as string, bytesOf: await cutOut(valueBytes) };
}

/**
 * Bytes that came in at all nodes until the values were where they belong, over the bytes of the values. Judges the
 * memory of each node meanwhile.
 */
async function measure(hoard: Hoard, what: string, change: () => Promise<unknown>): Promise<number> {
  const { stage, fleet, emptyBytes } = hoard;
  const before = await receivedBytes(fleet);
  const at = performance.now();
  const changed = change();
  const memory = watchMemory(fleet.lives.filter(({ alive }) => alive).map(({ pid }) => pid));
  await changed;
  stage.book.figure(`${what}: seconds until it was put, gone or a member`, (performance.now() - at) / 1_000);
  await kept(hoard);
  const seconds = (performance.now() - at) / 1_000;
  await dropped(hoard);
  memory.stop();
  const aboveMiB = [...memory.mostBytes.values()].map((bytes) => (bytes - emptyBytes) / mebibyte);
  stage.book.figure(`${what}: seconds`, seconds);
  stage.book.figure(`${what}: MiB above an empty node, each`, aboveMiB);
  stage.book.atMost(`${what}: memory above an empty node's, MiB`, worst(aboveMiB), memoryBoundMiB);
  const after = await receivedBytes(fleet);
  const movedBytes = [...after].reduce(
    (sum, [address, bytes]) => sum + bytes - (before.get(address) ?? 0),
    0,
  );
  return movedBytes / (hoard.values.count * valueBytes);
}

/** Waits until the owner and the next nodes keep every value, as many nodes as there are to be copies. */
async function kept(hoard: Hoard): Promise<void> {
  const { values, copies } = hoard;
  await until(hoard, (entries) => entries.slice(0, copies).every((each) => each === values.count));
}

/** Waits until no other node keeps any. */
async function dropped(hoard: Hoard): Promise<void> {
  await until(hoard, (entries) => entries.slice(hoard.copies).every((each) => each === 0));
}

/** Waits for these numbers of entries, of the values' owner first, and then of the others in the order of the ring. */
async function until(
  { fleet, values }: Hoard,
  come: (entries: ReadonlyArray<number>) => boolean,
): Promise<void> {
  const { alive } = fleet;
  const place = alive.indexOf(ownerOf(alive, idOf(values.keyOf(0))));
  const fromOwner = [...alive.slice(place), ...alive.slice(0, place)];
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const entries = (await statuses(fromOwner)).map((status) => status.values?.entries ?? Number.NaN);
    if (come(entries)) return;
    if (performance.now() > deadline) throw new Error(`after ${patienceMs / 1_000} s nodes kept ${entries}`);
    await delay(lookMs);
  }
}

/** What each living node has read so far. */
async function receivedBytes(fleet: Fleet): Promise<ReadonlyMap<string, number>> {
  const { alive } = fleet;
  const all = await statuses(alive);
  return new Map(all.map(({ counters }, i) => [alive[i] as string, counters["bytesIn"] ?? Number.NaN]));
}
