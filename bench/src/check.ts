import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { codec, configure, defaultRing, type Id } from "@chordnet/core";
import { libraryHash, local } from "./benches/local.js";
import { best, lost, type Ratios } from "./figures/guard.js";
import { ratio, rounds } from "./figures/rounds.js";
import { table } from "./figures/tables.js";
import { SimulatedRing } from "./simulated-ring.js";
import { LookupTraffic } from "./traffic.js";
import { foundFor, questionOf } from "./workers/bare.js";

/**
 * Whether it has become slower: ratios to something that stays the same, measured in the same breath, beside those that
 * were committed. Never a time: machines differ. `--update` writes down what is measured now.
 */

const committed = fileURLToPath(new URL("../results/check.json", import.meta.url));

const measures: ReadonlyArray<() => Ratios | Promise<Ratios>> = [step, frames, ownKeys, simulated];

/** A lookup's question and its answer, with identifiers that JSON can write. */
const { space, naming } = configure(defaultRing, {});
const origin = {
  id: naming("tcp://127.0.0.1:40000"),
  address: "tcp://127.0.0.1:40000",
  incarnation: 1_700_000_000,
};
const question = questionOf(2 ** 47, naming("key") as Id, origin);
const answer = foundFor(2 ** 47);
const plain = [
  { ...question, target: "key", origin: { ...origin, id: "id" } },
  { ...answer, token: 1 },
];

/** Writes and reads a question and its answer so often. Of all that a run does the steadiest from one to the next. */
function json(count: number): number {
  for (let i = 0; i < count; i++) {
    for (const message of plain) JSON.parse(JSON.stringify(message));
  }
  return count;
}

/** The state machine beside JSON. */
function step(): Ratios {
  const straight = new LookupTraffic({ nodes: 64, inFlight: 1000 });
  const fingers = new LookupTraffic({ nodes: 64, inFlight: 1000, routesMax: 1 });
  const speeds = rounds({
    straight: () => straight.run(60_000),
    fingers: () => fingers.run(60_000),
    json: () => json(20_000),
  });
  return {
    "step, straight to the owner, beside JSON": ratio(speeds.straight, speeds.json),
    "step, by fingers, beside JSON": ratio(speeds.fingers, speeds.json),
  };
}

/** Writing and reading a lookup's frames, beside JSON. */
function frames(): Ratios {
  const wire = codec({ space, naming });
  const count = 20_000;
  const speeds = rounds({
    ours: () => {
      for (let i = 0; i < count; i++) {
        for (const message of [question, answer]) wire.decode(wire.encode({ from: 0, to: 0, message }));
      }
      return count;
    },
    json: () => json(count),
  });
  return { "a lookup's frames, beside JSON": ratio(speeds.ours, speeds.json) };
}

async function ownKeys(): Promise<Ratios> {
  const figures = await local({ rounds: 7, count: 20_000 });
  const found = figures.find(({ beside }) => beside?.what === libraryHash);
  return { "lookup of an own key, beside the library's hash": found?.ratio ?? Number.NaN };
}

/** The same in every run, until something changes. */
function simulated(): Ratios {
  const nodes = 64;
  const fingers = new SimulatedRing({ nodes, routesMax: 1 });
  const cached = new SimulatedRing({ nodes });
  cached.walk(20_000, 20_000);
  return {
    "hops by fingers, beside ½ log2 N": Math.log2(nodes) / 2 / fingers.walk(2000, 5000).hops,
    "hops by what is remembered, beside 1": 1 / cached.walk(2000, 5000).hops,
    "bytes/s at rest, beside 100": 100 / (new SimulatedRing({ nodes }).rest(5000).bytes / nodes / 5),
  };
}

async function main(): Promise<void> {
  const update = process.argv.includes("--update");
  const then: Ratios = update ? {} : (JSON.parse(readFileSync(committed, "utf8")) as Ratios);
  const now: Record<string, number> = {};
  for (const measure of measures) Object.assign(now, await (update ? measure() : best(measure, then)));
  if (update) writeFileSync(committed, `${JSON.stringify(now, null, 2)}\n`);
  const rows = Object.entries(now).map(([name, value]) => {
    const before = update ? value : then[name];
    const verdict = lost(value, before) ? "SLOWER" : "ok";
    return [name, value.toFixed(3), before?.toFixed(3) ?? "none", verdict];
  });
  const failed = rows.filter(([, , , verdict]) => verdict === "SLOWER").length;
  process.stdout.write(`${table([["ratio", "now", "committed", ""], ...rows])}\n\n`);
  process.stdout.write(`${rows.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
