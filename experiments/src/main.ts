import { parseArgs } from "node:util";
import { churn } from "./churn.js";
import { half } from "./half.js";
import { schedules } from "./schedules.js";
import { speed } from "./speed.js";
import { churnTable, halfTable, schedulesTable, speedTable } from "./tables.js";

const usage = `usage: pnpm experiments [name…] [--json] [--seed N] [--nodes N] [--minutes M] [--rate R]

Large simulated rings, measured beside what papers say. All of them unless told; hours of processor time.
  churn      1,000 nodes for an hour of virtual time: 1 join and 1 crash a second, then 8 and 8
  half       half of 1,000 nodes crash at once, with lists of 20 and of 8 successors
  speed      events a second of processor time, and bytes a node
  schedules  the same of small rings with all checks, with the hash of the run and without
  --json     one line of JSON an experiment, instead of tables
  --nodes N  another size than 1,000, for churn and half
  --minutes M, --rate R   another length of churn, and one rate alone
`;

interface Wish {
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  readonly rates: ReadonlyArray<number>;
}

const experiments = {
  churn: ({ seed, nodes, minutes, rates }: Wish) =>
    told(
      "churn",
      rates.map((rate) => churn({ seed, nodes, minutes, rate, lookupsPerS: 10 })),
      churnTable,
    ),
  half: ({ seed, nodes }: Wish) =>
    told(
      "half",
      [20, 8].map((successors) => half({ seed, nodes, successors, lookups: nodes })),
      halfTable,
    ),
  speed: ({ seed }: Wish) =>
    told(
      "speed",
      [
        // The small ones long enough for all to be compiled before it counts.
        speed({ seed, nodes: 24, rate: 0.1, intervalMs: 1000, seconds: 3000 }),
        speed({ seed, nodes: 100, rate: 0.1, intervalMs: 1000, seconds: 900 }),
        speed({ seed, nodes: 1000, rate: 1, intervalMs: 1000, seconds: 60 }),
        speed({ seed, nodes: 10_000, rate: 10, intervalMs: 1000, seconds: 5 }),
        speed({ seed, nodes: 10_000, rate: 10 / 30, intervalMs: 30_000, seconds: 60 }),
      ],
      speedTable,
    ),
  schedules: ({ seed }: Wish) =>
    told(
      "schedules",
      (["full", "brief", "none"] as const).map((hashed) =>
        schedules({ seed, count: 24, warmUp: 24, minutes: 10, hashed }),
      ),
      schedulesTable,
    ),
};

/** The same as JSON and as a table. */
function told<A>(
  experiment: string,
  figures: ReadonlyArray<A>,
  table: (figures: ReadonlyArray<A>) => string,
) {
  return { json: JSON.stringify({ experiment, figures }), table: table(figures) };
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      nodes: { type: "string", default: "1000" },
      minutes: { type: "string", default: "60" },
      rate: { type: "string" },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const names = Object.keys(experiments) as Array<keyof typeof experiments>;
  const unknown = positionals.find((name) => !names.some((known) => known === name));
  if (unknown !== undefined) throw new RangeError(`there is ${names.join(", ")}, and no ${unknown}`);
  const wish: Wish = {
    seed: whole("seed", values.seed),
    nodes: whole("nodes", values.nodes),
    minutes: positive("minutes", values.minutes),
    rates: values.rate === undefined ? [1, 8] : [positive("rate", values.rate)],
  };
  for (const name of names) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const { json, table } = experiments[name](wish);
    process.stdout.write(values.json ? `${json}\n` : `## ${name}\n\n${table}\n\n`);
  }
  return 0;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new RangeError(`${name} must be a number above 0, not ${text}`);
  return value;
}

function whole(name: string, text: string): number {
  if (!Number.isSafeInteger(positive(name, text)))
    throw new RangeError(`${name} must be an integer, not ${text}`);
  return Number(text);
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`experiments: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
