import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { roundsUsual } from "./rounds.js";
import { stepBench } from "./step.js";
import { stepTable } from "./tables.js";

const usage = `usage: pnpm bench [name…] [--rounds N] [--json]

How fast it is, each figure beside its limit in the same run: medians of several rounds, in turn. All of them unless told.
Best on one processor that nobody else uses: taskset -c 1 pnpm bench. The figures go to bench/results/ as JSON too.
  step       the state machine alone, on lookup traffic
  --rounds N how often each is measured; ${roundsUsual} times unless told
  --json     one line of JSON a bench, instead of tables
`;

const results = fileURLToPath(new URL("../results/", import.meta.url));

const benches = {
  step: (rounds: number) => {
    const setting = { nodes: 64, events: 300_000, rounds };
    const figures = stepBench(setting);
    return { setting, figures, table: stepTable(figures) };
  },
};

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      rounds: { type: "string", default: String(roundsUsual) },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const names = Object.keys(benches) as Array<keyof typeof benches>;
  const unknown = positionals.find((name) => !names.some((known) => known === name));
  if (unknown !== undefined) throw new RangeError(`there is ${names.join(", ")}, and no ${unknown}`);
  const count = Number(values.rounds);
  if (!Number.isInteger(count) || count < 1) throw new RangeError("rounds must be a positive integer");
  mkdirSync(results, { recursive: true });
  for (const bench of names) {
    if (positionals.length > 0 && !positionals.includes(bench)) continue;
    const { setting, figures, table } = benches[bench](count);
    const result = { bench, node: process.version, setting, figures };
    writeFileSync(`${results}${bench}.json`, `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `## ${bench}\n\n${table}\n\n`);
  }
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
