import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fleet } from "../fleet.js";
import type { Repair } from "../repair.js";
import { repairAfterDeath, whole } from "../repair.js";
import type { Scene, Stage } from "../stage.js";
import type { Values } from "../values.js";
import { cutOut, getAll, judgePass, putAll } from "../values.js";
import { found, reserveMany, settle } from "./ring.js";

const nodes = 8;
const valueBytes = 1_024;
const usualValues = 2_000;
const mebibyte = 1_048_576;
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

async function play(stage: Stage, copies: number): Promise<void> {
  const folder = join(tmpdir(), `chordnet-store-${process.pid}`);
  const values = {
    count: stage.wish.values ?? usualValues,
    keyOf: (i: number): string => `value ${i}`,
    bytesOf: await cutOut(valueBytes),
  };
  try {
    const fleet = new Fleet(stage);
    const addresses = await reserveMany(fleet, nodes + 2);
    const flags = addresses.map((_, i) => ["--copies", `${copies}`, "--data", join(folder, `${i}`)]);
    const start = (address: string, ...how: ReadonlyArray<string>): ReturnType<Fleet["start"]> =>
      fleet.start(address, [...how, ...(flags[addresses.indexOf(address)] ?? [])]);
    await found(stage, fleet, addresses.slice(0, nodes), start);
    await writeUnderFire(stage, fleet, values, addresses, start, copies);
    await settle(stage, fleet);
    judgePass(stage.book, "after the changes", await getAll(fleet.alive, values));
    await whole(fleet);
    judgeRepair(stage, await repairAfterDeath(fleet, stage.random.pick(fleet.alive)));
    judgePass(stage.book, "after a death", await getAll(fleet.alive, values));
    const alive = [...fleet.alive];
    await fleet.kill(...alive);
    await found(stage, fleet, alive, start);
    judgePass(stage.book, "after a restart of all", await getAll(fleet.alive, values));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** While the values are written, two neighbours die, two others join, and one leaves. */
async function writeUnderFire(
  stage: Stage,
  fleet: Fleet,
  values: Values,
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
    [Math.floor(values.count / 4), killBoth],
    [Math.floor(values.count / 2), joinTwo],
    [Math.floor((3 * values.count) / 4), () => fleet.leave(leaver)],
  ]);
  // One after another, however fast the values are written.
  let done: Promise<unknown> = Promise.resolve();
  const pass = await putAll(via, values, (i) => {
    const turn = turns.get(i);
    if (turn !== undefined) done = done.then(turn);
  });
  await done;
  judgePass(stage.book, "written", pass);
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
