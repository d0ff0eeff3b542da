import { parseArgs } from "node:util";
import { catalogue, chosen } from "./catalogue.js";
import { enter, told } from "./entry.js";
import type { Report } from "./notebook.js";
import { perform } from "./perform.js";
import { summary } from "./summary.js";

const usage = `usage: pnpm scenes [name…] [--json] [--list] [--seed N] [--rate N] [--minutes N] [--values N]

Plays black-box scenes over real chordnet processes on loopback, and measures them against their bounds.
  name      a scene, or the beginning of some (quiet, kill, leave); all of them unless told
  --rate N  requests a second, where a scene has some (deploy: 1000)
  --minutes N  how long, where a scene lasts for a while (jobs: 1)
  --values N  how many, where a scene keeps some (store, store-3-copies: 2000, or 100000 for the
               full run; store-1g-1-copy, store-1g-3-copies: 65536; store-idle: 4000)
  --json    one JSON object a scene on standard output; the story goes to standard error
  --list    tells the names
  --seed N  the keys and victims of another run
Exit status 1 if any bound was missed, 2 for wrong usage.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      rate: { type: "string" },
      minutes: { type: "string" },
      values: { type: "string" },
    },
  });
  if (values.help) return told(usage);
  if (values.list) return told(catalogue.map(({ name, must }) => `${name.padEnd(22)}${must}\n`).join(""));
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`--seed is an integer, not ${values.seed}`);
  const wish = {
    ratePerSecond: positive("--rate", values.rate),
    minutes: positive("--minutes", values.minutes),
    values: positive("--values", values.values),
  };
  const story = values.json ? process.stderr : process.stdout;
  const tell = (line: string): void => void story.write(`${line}\n`);
  const reports: Report[] = [];
  for (const scene of chosen(positionals)) {
    const report = await perform(scene, { seed, tell, wish });
    reports.push(report);
    const { processorIdlePercent, harnessDelayMsP99, harnessDelayMsWorst } = report.figures;
    tell(
      `  processors idle ${processorIdlePercent} %; harness late p99 ${harnessDelayMsP99}, worst ${harnessDelayMsWorst} ms`,
    );
    for (const line of report.evidence) tell(`  ! ${line}`);
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  for (const line of summary(reports)) tell(line);
  return reports.every(({ pass }) => pass) ? 0 : 1;
}

function positive(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`${option} is a number above 0, not ${text}`);
}

enter("scenes", main);
