import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Bench, catalogue, type Wish } from "./catalogue.js";
import { chart } from "./figures/chart.js";
import { roundsUsual } from "./figures/rounds.js";
import { figureTable } from "./figures/tables.js";
import { canPin } from "./fleet/cpus.js";

const usage = `usage: pnpm bench [name…] [--cpus 1|2] [--rounds N] [--times N] [--json]

How fast it is, each figure beside its limit and its peers in the same run: medians of several rounds, in turn. All
benches unless told. The figures go to bench/results/, as JSON and as a drawing.
${Object.entries(catalogue)
  .map(([name, { what }]) => `  ${name.padEnd(10)} ${what}`)
  .join("\n")}
  --cpus N   1: on one processor alone, 2: on two; first the one and then the other unless told
  --rounds N how often each is measured; ${roundsUsual} times unless told
  --times N  so many times as much in each round
  --json     one line of JSON a bench, instead of tables
`;

const results = fileURLToPath(new URL("../results/", import.meta.url));

const bothCpus = [1, 2] as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cpus: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      rounds: { type: "string", default: String(roundsUsual) },
      times: { type: "string", default: "1" },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const names = Object.keys(catalogue);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`there is ${names.join(", ")}, and no ${unknown}`);
  const wish = { rounds: whole("rounds", values.rounds), times: whole("times", values.times) };
  const cpus = bothCpus.filter((each) => values.cpus === undefined || values.cpus === String(each));
  if (cpus.length === 0) throw new RangeError(`cpus must be 1 or 2, not ${values.cpus}`);
  if (!canPin())
    process.stderr.write("NOT PINNED: there is no taskset here, and nothing stays on its processor\n");
  mkdirSync(results, { recursive: true });
  for (const [name, bench] of Object.entries(catalogue)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    for (const each of bench.byCpus ? cpus : [1 as const])
      await run(name, bench, { ...wish, cpus: each }, values.json);
  }
}

async function run(name: string, bench: Bench, wish: Wish, json: boolean): Promise<void> {
  const title = bench.byCpus ? `${name}-${wish.cpus}-cpu` : name;
  const figures = await bench.run(wish);
  const { rounds, times, cpus } = wish;
  const asRun = { ...(bench.inRounds && { rounds }), times, ...(bench.byCpus && { cpus }) };
  const result = { bench: name, node: process.version, ...asRun, figures };
  writeFileSync(`${results}${title}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${results}${title}.svg`, chart(headline(title, bench), figures));
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `## ${title}\n\n${figureTable(figures)}\n\n`);
}

/** Without how long it takes. */
function headline(title: string, { what }: Bench): string {
  return `${title}: ${what.replace(/;.*/, "")}`;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a positive integer`);
  return value;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
