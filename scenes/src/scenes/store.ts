import { open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { tcp } from "@chordnet/transport-tcp";
import type { Store } from "chordnet";
import { ChordNet } from "chordnet";
import { Fleet } from "../fleet.js";
import { quantile } from "../quantiles.js";
import type { Repair } from "../repair.js";
import { repairAfterDeath, whole } from "../repair.js";
import type { Scene, Stage } from "../stage.js";
import { found, reserveMany, settle } from "./ring.js";

const nodes = 8;
const valueBytes = 1_024;
const usualValues = 2_000;
const mebibyte = 1_048_576;
const atOnce = 32;
const callTimeoutMs = 60_000;
/** What is sent to have all copies again, over what the dead one kept. */
const repairBound = 1.2;

/** With 3 copies one may die at once, so there is a repair between two deaths; with 5 two may. */
export function storeScene(copies: 3 | 5): Scene {
  const killed =
    copies === 3 ? "2 neighbours killed, one after a repair of the other," : "2 neighbours killed";
  return {
    name: copies === 5 ? "store" : `store-${copies}-copies`,
    must: `values of 1 KiB on ${nodes} nodes, ${copies} copies of each: ${killed} while they are written, 2 join, 1 leaves, 1 is killed, then all are killed and started again; every acknowledged value is read back, byte by byte; a death costs <= ${repairBound} x what the dead one kept`,
    play: (stage) => play(stage, copies),
  };
}

/** What one pass over all values came to. */
interface Pass {
  readonly wrong: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly msP50: number;
  readonly msP99: number;
}

async function play(stage: Stage, copies: number): Promise<void> {
  const count = stage.wish.values ?? usualValues;
  const folder = join(tmpdir(), `chordnet-store-${process.pid}`);
  const values = await cutOut(count);
  try {
    const fleet = new Fleet(stage);
    const addresses = await reserveMany(fleet, nodes + 2);
    const flags = addresses.map((_, i) => ["--copies", `${copies}`, "--data", join(folder, `${i}`)]);
    const start = (address: string, ...how: ReadonlyArray<string>): ReturnType<Fleet["start"]> =>
      fleet.start(address, [...how, ...(flags[addresses.indexOf(address)] ?? [])]);
    await found(stage, fleet, addresses.slice(0, nodes), start);
    await writeUnderFire(stage, fleet, values, addresses, start, copies);
    await settle(stage, fleet);
    judge(stage, "after the changes", await readAll(fleet, values));
    await whole(fleet);
    judgeRepair(stage, await repairAfterDeath(fleet, stage.random.pick(fleet.alive)));
    judge(stage, "after a death", await readAll(fleet, values));
    const alive = [...fleet.alive];
    await fleet.kill(...alive);
    await found(stage, fleet, alive, start);
    judge(stage, "after a restart of all", await readAll(fleet, values));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** While the values are written, two neighbours die, two others join, and one leaves. */
async function writeUnderFire(
  stage: Stage,
  fleet: Fleet,
  values: ReadonlyArray<Uint8Array>,
  addresses: ReadonlyArray<string>,
  start: (address: string, ...how: ReadonlyArray<string>) => ReturnType<Fleet["start"]>,
  copies: number,
): Promise<void> {
  const [first = "nobody", second = "nobody", leaver = "nobody"] = fleet.alive;
  const via = fleet.alive.slice(3);
  const killBoth = async (): Promise<void> => {
    if (copies > 3) return void (await fleet.kill(first, second));
    await fleet.kill(first);
    await whole(fleet);
    await fleet.kill(second);
  };
  const joinTwo = async (): Promise<void> => {
    const newcomers = addresses.slice(nodes).map((address) => start(address, "--join", via[0] ?? first));
    await Promise.all(newcomers.map(({ ready }) => ready));
  };
  const turns = new Map<number, () => Promise<unknown>>([
    [Math.floor(values.length / 4), killBoth],
    [Math.floor(values.length / 2), joinTwo],
    [Math.floor((3 * values.length) / 4), () => fleet.leave(leaver)],
  ]);
  // One after another, however fast the values are written.
  let done: Promise<unknown> = Promise.resolve();
  const pass = await each(via, values, async (store, i) => {
    const turn = turns.get(i);
    if (turn !== undefined) done = done.then(turn);
    await store.put(keyOf(i), values[i] as Uint8Array, { timeoutMs: callTimeoutMs });
    return true;
  });
  await done;
  judge(stage, "written", pass);
}

async function readAll(fleet: Fleet, values: ReadonlyArray<Uint8Array>): Promise<Pass> {
  return each(fleet.alive, values, async (store, i) => {
    const read = await store.get(keyOf(i), { timeoutMs: callTimeoutMs });
    return read !== null && Buffer.compare(read.bytes, values[i] as Uint8Array) === 0;
  });
}

/** Does something with every value, many at once, by way of these nodes in turn. */
async function each(
  via: ReadonlyArray<string>,
  values: ReadonlyArray<Uint8Array>,
  what: (store: Store, i: number) => Promise<boolean>,
): Promise<Pass> {
  const clients = await Promise.all(
    via.map((address) => ChordNet.connect({ transport: tcp(), via: address })),
  );
  const tookMs: number[] = [];
  let [next, wrong, failed] = [0, 0, 0];
  const begunAt = performance.now();
  const worker = async (_: unknown, place: number): Promise<void> => {
    const { store } = clients[place % clients.length] as (typeof clients)[number];
    for (let i = next++; i < values.length; i = next++) {
      const at = performance.now();
      const right = await what(store, i).catch(() => null);
      tookMs.push(performance.now() - at);
      if (right === null) failed += 1;
      else if (!right) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const perSecond = values.length / ((performance.now() - begunAt) / 1_000);
  await Promise.all(clients.map((client) => client.close()));
  return { wrong, failed, perSecond, msP50: quantile(tookMs, 0.5), msP99: quantile(tookMs, 0.99) };
}

function judge({ book }: Stage, when: string, { wrong, failed, perSecond, msP50, msP99 }: Pass): void {
  book.exactly(`${when}: missing or not what was put`, wrong, 0);
  book.exactly(`${when}: not done within ${callTimeoutMs / 1_000} s`, failed, 0);
  book.figure(`${when}: a second`, perSecond);
  book.figure(`${when}: ms p50`, msP50);
  book.figure(`${when}: ms p99`, msP99);
}

function judgeRepair({ book }: Stage, { ms, sentBytes, keptBytes }: Repair): void {
  book.figure("repair after a death: seconds", ms / 1_000);
  book.figure("repair after a death: MiB sent", sentBytes / mebibyte);
  book.figure("repair after a death: MiB that the dead one kept", keptBytes / mebibyte);
  book.say(
    `a death was repaired after ${(ms / 1_000).toFixed(1)} s, with ${(sentBytes / mebibyte).toFixed(1)} MiB on the wire`,
  );
  book.atMost(
    "bytes sent to repair a death, over what the dead one kept",
    sentBytes / keptBytes,
    repairBound,
  );
}

function keyOf(i: number): string {
  return `value ${i}`;
}

/** Values that nobody made up: pieces of the program that runs this. */
async function cutOut(count: number): Promise<ReadonlyArray<Uint8Array>> {
  const file = await open(process.execPath);
  const { size } = await file.stat();
  const values: Uint8Array[] = [];
  for (let i = 0; i < count; i += 1) {
    const value = new Uint8Array(valueBytes);
    // A step that has nothing in common with the file's length: pieces begin anywhere.
    await file.read(value, 0, valueBytes, (i * 104_729) % (size - valueBytes));
    values.push(value);
  }
  await file.close();
  return values;
}
