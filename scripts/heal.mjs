import { isMainThread } from "node:worker_threads";
import { families, healing, troubles } from "../packages/simulator/dist/index.js";
import { eachSeed, number, oneOf, parsed, quantile, seedOptions, seedUsage, serve } from "./seeds.mjs";

const usage = `Random states of rings, and whether each heals: pnpm heal --count 1000 --nodes 8.

  --nodes N        nodes in each
  --family NAME    how the pointers are wrong (default: each in turn)
  --trouble NAME   while it begins to heal: none, loss (5 %), churn (newcomers that crash), links (cut one way)
${seedUsage}

It closes with one line of JSON, and fails where a ring did not become ideal, or did not stay so.
`;

if (isMainThread) await main();
else serve((wish, seed) => healing(seed, wish));

async function main() {
  const options = {
    count: { type: "string", default: "1000" },
    ...seedOptions,
    from: { type: "string", default: "0" },
    nodes: { type: "string", default: "8" },
    family: { type: "string" },
    trouble: { type: "string", default: "none" },
    help: { type: "boolean" },
  };
  const { family, trouble, help, into, ...numbers } = parsed(options);
  if (help) return console.log(usage);
  oneOf("family", family ?? families[0], families);
  oneOf("trouble", trouble, troubles);
  const nodes = number("nodes", numbers.nodes, 1);
  const from = number("from", numbers.from, 0);
  const count = number("count", numbers.count, 1);
  const jobs = number("jobs", numbers.jobs, 1);
  const wish = { nodes, trouble, ...(family === undefined ? {} : { family }) };
  let done = 0;
  const progress = () => `${++done}/${count} states`;
  const outcomes = await eachSeed({ script: import.meta.url, wish, from, count, jobs, into, progress });
  const broken = outcomes.filter(({ flaw, error }) => flaw !== null || error !== undefined);
  for (const { seed, family: of, flaw, error } of broken)
    console.log(`seed ${seed} (${of}): ${error ?? flaw}`);
  const healed = outcomes.filter(({ intervals }) => typeof intervals === "number");
  const summary = {
    states: outcomes.length,
    failed: broken.length,
    intervals: spread(healed.map(({ intervals }) => intervals)),
    overlapIntervals: spread(healed.map(({ overlapIntervals }) => overlapIntervals)),
  };
  console.log(JSON.stringify({ ...wish, from, ...summary }));
  if (broken.length > 0) process.exitCode = 1;
}

function spread(values) {
  return { median: quantile(values, 0.5), p95: quantile(values, 0.95), worst: quantile(values, 1) };
}
