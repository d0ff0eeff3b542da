import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { families, healing, troubles } from "../packages/simulator/dist/index.js";

const usage = `Random states of rings, and whether each heals: pnpm heal --count 1000 --nodes 8.

  --count N        so many states, from seed --from N on
  --nodes N        nodes in each
  --family NAME    how the pointers are wrong (default: each in turn)
  --trouble NAME   while it begins to heal: none, loss (5 %), churn (newcomers that crash), links (cut one way)
  --jobs N         processes' worth of work at a time

It closes with one line of JSON, and fails where a ring did not become ideal, or did not stay so.
`;

if (isMainThread) await main();
else work(workerData);

async function main() {
  const options = {
    count: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    nodes: { type: "string", default: "8" },
    family: { type: "string" },
    trouble: { type: "string", default: "none" },
    jobs: { type: "string", default: String(availableParallelism()) },
    help: { type: "boolean" },
  };
  const { family, trouble, help, ...numbers } = parseArgs({ options }).values;
  if (help) return console.log(usage);
  oneOf("family", family ?? families[0], families);
  oneOf("trouble", trouble, troubles);
  const [nodes, from, count, jobs] = [numbers.nodes, numbers.from, numbers.count, numbers.jobs].map(Number);
  const wish = { nodes, trouble, ...(family === undefined ? {} : { family }) };
  const outcomes = await inWorkers(wish, from, count, jobs);
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

function oneOf(option, name, names) {
  if (!names.includes(name)) throw new Error(`--${option} is one of ${names.join(", ")}, not ${name}`);
}

/** Each worker takes the next seed as soon as it is done with the one before. */
async function inWorkers(wish, from, count, jobs) {
  const outcomes = [];
  let next = from;
  await Promise.all(
    Array.from({ length: Math.min(jobs, count) }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: wish });
      return new Promise((resolve, reject) => {
        const more = () => {
          if (next < from + count) worker.postMessage(next++);
          else worker.terminate().then(resolve, reject);
        };
        worker.on("error", reject);
        worker.on("message", (outcome) => {
          outcomes.push(outcome);
          if (process.stderr.isTTY) process.stderr.write(`\r${outcomes.length}/${count} states `);
          more();
        });
        more();
      });
    }),
  );
  if (process.stderr.isTTY) process.stderr.write("\n");
  return outcomes.sort((a, b) => a.seed - b.seed);
}

function work(wish) {
  parentPort.on("message", (seed) => {
    try {
      parentPort.postMessage(healing(seed, wish));
    } catch (error) {
      parentPort.postMessage({ seed, error: String(error?.stack ?? error) });
    }
  });
}

function spread(values) {
  const sorted = values.sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
  return { median: at(0.5), p95: at(0.95), worst: at(1) };
}
