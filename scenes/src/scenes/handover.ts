import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { audit } from "../audit.js";
import { Fleet } from "../fleet.js";
import { hoardBytes, hoardKey } from "../hoard.js";
import { idOf, ownerOf } from "../identifiers.js";
import type { Tally } from "../load.js";
import type { NodeEvent } from "../node-process.js";
import { quantile, worst } from "../quantiles.js";
import type { Scene, Stage } from "../stage.js";
import { found, loadOn, rejoin, reserveMany, settle } from "./ring.js";

const hoarder = fileURLToPath(new URL("../../dist/workers/hoarder.js", import.meta.url));
const nodes = 4;
const quietMs = 10_000;
const memoryBoundMiB = 48;
const latencyBound = 2;
const resolutionMs = 5;
const mebibyte = 1_048_576;

export const handover1g: Scene = {
  name: "handover-1g",
  must: `1 GiB moves by give and take, on a leave and on a join: memory <= ${memoryBoundMiB} MiB above rest, lookups' p99 <= ${latencyBound} x normal meanwhile, beyond what the harness itself is late`,
  play,
};

interface Move {
  readonly what: "leave" | "join";
  readonly tally: Tally;
  /** How late this process itself was, of a hundred times: no lookup can be answered sooner. */
  readonly lateMs: number;
  readonly ms: number;
  readonly gave: NodeEvent;
  readonly took: NodeEvent;
}

async function play(stage: Stage): Promise<void> {
  const { book } = stage;
  const fleet = new Fleet({ ...stage, program: [hoarder] });
  const addresses = await reserveMany(fleet, nodes);
  await found(stage, fleet, addresses);
  const owner = ownerOf(addresses, idOf(hoardKey));
  const heir = ownerOf(
    addresses.filter((address) => address !== owner),
    idOf(hoardKey),
  );
  await begin(owner);
  const quiet = await loadOn(stage, fleet, []);
  await delay(quietMs);
  const normal = await quiet.stop();
  const leave = await move(stage, fleet, "leave", [owner, heir], owner);
  await settle(stage, fleet);
  const join = await move(stage, fleet, "join", [heir, owner], owner);
  await settle(stage, fleet);
  audit(book, fleet.timeline, [normal, leave.tally, join.tally]);
  judge(stage, normal, [leave, join]);
}

async function begin(owner: string): Promise<void> {
  const client = await ChordNet.connect({ transport: tcp(), via: owner });
  await client.request(hoardKey, new Uint8Array(0));
  await client.close();
}

/** One node goes, or comes; the hoard with it. */
async function move(
  stage: Stage,
  fleet: Fleet,
  what: Move["what"],
  [giver, taker]: readonly [string, string],
  mover: string,
): Promise<Move> {
  const giving = fleet.node(giver);
  const load = await loadOn(stage, fleet, []);
  load.remove(mover);
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  const at = performance.now();
  if (what === "leave") await fleet.leave(mover);
  else await rejoin(stage, fleet, mover).ready;
  const ms = performance.now() - at;
  const tally = await load.stop();
  delays.disable();
  // What it measures is from one look to the next.
  const lateMs = Math.max(0, delays.percentile(99) / 1e6 - resolutionMs);
  return {
    what,
    tally,
    lateMs,
    ms,
    gave: last(giving.events, "gave"),
    took: last(fleet.node(taker).events, "took"),
  };
}

function last(events: ReadonlyArray<NodeEvent>, name: string): NodeEvent {
  return events.filter(({ event }) => event === name).at(-1) ?? {};
}

function judge(stage: Stage, normal: Tally, moves: ReadonlyArray<Move>): void {
  const { book } = stage;
  const normalMs = p99(normal);
  book.figure("normalMsP99", normalMs);
  for (const { what, tally, lateMs, ms, gave, took } of moves) {
    const { bytes, right } = took as { readonly bytes?: number; readonly right?: boolean };
    book.exactly(`${what}: bytes taken, and right`, right === true ? Number(bytes) : "wrong", hoardBytes);
    const aboveMiB = [gave, took].map((event) => Number((event as Memory).aboveRestBytes) / mebibyte);
    book.figure(`${what}MiBAboveRestGiverTaker`, aboveMiB);
    book.figure(`${what}MiBPerSecond`, hoardBytes / mebibyte / (ms / 1_000));
    book.atMost(`${what}: memory above rest, giver and taker, MiB`, worst(aboveMiB), memoryBoundMiB);
    book.figure(`${what}HarnessLateMsP99`, lateMs);
    const boundMs = latencyBound * normalMs + lateMs;
    book.atMost(`${what}: lookups' p99`, p99(tally), Number(boundMs.toFixed(1)), " ms");
  }
}

interface Memory {
  readonly aboveRestBytes?: number;
}

function p99({ lookups }: Tally): number {
  return quantile(
    lookups.map(({ sentAt, settledAt }) => settledAt - sentAt),
    0.99,
  );
}
