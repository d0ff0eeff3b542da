import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { codec, configure, defaultRing, type Id } from "@chordnet/core";
import { bareStep } from "./bare.js";
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

/** The state machine beside the same letters without a node. */
function step(): Ratios {
  const straight = new LookupTraffic({ nodes: 64, inFlight: 1000 });
  const fingers = new LookupTraffic({ nodes: 64, inFlight: 1000, routesMax: 1 });
  const bare = new LookupTraffic({ nodes: 64, inFlight: 1000, stepped: bareStep });
  const speeds = rounds({
    straight: () => straight.run(60_000),
    fingers: () => fingers.run(60_000),
    bare: () => bare.run(200_000),
  });
  return {
    "step, straight to the owner": ratio(speeds.straight, speeds.bare),
    "step, by fingers": ratio(speeds.fingers, speeds.bare),
  };
}

/** Writing and reading a lookup's frames, beside JSON. */
function frames(): Ratios {
  const { space, naming } = configure(defaultRing, {});
  const wire = codec({ space, naming });
  const origin = {
    id: naming("tcp://127.0.0.1:40000"),
    address: "tcp://127.0.0.1:40000",
    incarnation: 1_700_000_000,
  };
  const question = questionOf(2 ** 47, naming("key") as Id, origin);
  const [plain, answer] = [
    { ...question, target: "key", origin: { ...origin, id: "id" } },
    foundFor(2 ** 47),
  ];
  const count = 20_000;
  const speeds = rounds({
    ours: () => {
      for (let i = 0; i < count; i++) {
        for (const message of [question, answer]) wire.decode(wire.encode({ from: 0, to: 0, message }));
      }
      return count;
    },
    json: () => {
      for (let i = 0; i < count; i++) {
        for (const message of [plain, { ...answer, token: i }]) JSON.parse(JSON.stringify(message));
      }
      return count;
    },
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
