import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import * as simulator from "../packages/simulator/dist/index.js";

const usage = `Long runs of random schedules, on every core: pnpm soak --class promised --count 10000.

  --class NAME     promised (0 broken promises), hard (the aim: 1 in 1,000), fenced (a register that checks epochs),
                   values (0 broken promises of the store), mild, lossy, stopped, virtual, disasters (half of
                   the ring crashes again and again), tiny (two to five nodes of which none is spared)
  --count N        so many schedules, from seed --from N on
  --minutes M      of trouble in each, on the virtual clock
  --jobs N         processes' worth of work at a time
  --shrink SEED    instead: the smallest schedule that breaks what this seed's breaks, as JSON and as a transcript

Interrupted, it finishes the schedules that it began. It closes with one line of JSON, and fails where a promise was broken.
`;

const {
  disasters,
  draw,
  fenced,
  hard,
  lossy,
  mild,
  promised,
  shrink,
  simulate,
  stopped,
  tiny,
  transcript,
  values,
  virtual,
} = simulator;
const classes = { promised, hard, fenced, values, mild, lossy, stopped, virtual, disasters, tiny };

if (isMainThread) await main();
else work(workerData);

async function main() {
  const options = {
    class: { type: "string", default: "promised" },
    count: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    minutes: { type: "string" },
    jobs: { type: "string", default: String(availableParallelism()) },
    shrink: { type: "string" },
    help: { type: "boolean" },
  };
  const { values } = parseArgs({ options });
  if (values.help) return console.log(usage);
  const { class: name, minutes, shrink: seed } = values;
  if (!(name in classes))
    throw new Error(`--class is one of ${Object.keys(classes).join(", ")}, not ${name}`);
  if (seed !== undefined) return smallest(name, Number(seed), minutes);
  const [count, from, jobs] = [Number(values.count), Number(values.from), Number(values.jobs)];
  const total = await inWorkers(name, from, count, minutes, jobs);
  for (const { seed, counts, error } of total.broken) {
    const length = minutes === undefined ? "" : ` --minutes ${minutes}`;
    console.log(`seed ${seed}: ${error ?? JSON.stringify(counts)}`);
    console.log(`  pnpm soak --class ${name}${length} --shrink ${seed}`);
  }
  console.log(JSON.stringify({ class: name, from, ...summary(total) }));
  if (total.broken.length > 0) process.exitCode = 1;
}

function scenarioOf(name, seed, minutes) {
  const scenario = classes[name](seed);
  return minutes === undefined ? scenario : { ...scenario, minutes: Number(minutes) };
}

/** Each worker takes the next seed as soon as it is done with the one before. */
async function inWorkers(name, from, count, minutes, jobs) {
  const total = {
    schedules: 0,
    nodeHours: 0,
    events: 0,
    lookups: 0,
    stored: 0,
    read: 0,
    failed: 0,
    healed: [],
    counts: {},
    broken: [],
  };
  const started = Date.now();
  let next = from;
  const enough = () => {
    next = from + count;
  };
  process.on("SIGINT", enough).on("SIGTERM", enough);
  await Promise.all(
    Array.from({ length: Math.min(jobs, count) }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { name, minutes } });
      return new Promise((resolve, reject) => {
        const more = () => {
          if (next < from + count) worker.postMessage(next++);
          else worker.terminate().then(resolve, reject);
        };
        worker.on("error", reject);
        worker.on("message", (outcome) => {
          add(total, outcome);
          progress(total, count, started);
          more();
        });
        more();
      });
    }),
  );
  if (process.stderr.isTTY) process.stderr.write("\n");
  return total;
}

/** Nobody compares these traces. */
function prepare({ trace }) {
  trace.isBrief = true;
}

function work({ name, minutes }) {
  parentPort.on("message", (seed) => {
    try {
      const { counts, nodeHours, events, lookups, store, healedInIntervals } = simulate(
        scenarioOf(name, seed, minutes),
        { prepare },
      );
      parentPort.postMessage({ seed, counts, nodeHours, events, lookups, store, healedInIntervals });
    } catch (error) {
      parentPort.postMessage({ seed, error: String(error?.stack ?? error) });
    }
  });
}

function add(total, outcome) {
  const { counts = {}, nodeHours = 0, events = 0, lookups, store, healedInIntervals = null } = outcome;
  total.schedules++;
  total.nodeHours += nodeHours;
  total.events += events;
  total.lookups += lookups?.asked ?? 0;
  total.stored += store?.stored ?? 0;
  total.read += store?.read ?? 0;
  total.failed += (lookups?.failed ?? 0) + (store?.failed ?? 0);
  total.healed.push(healedInIntervals ?? Number.POSITIVE_INFINITY);
  for (const kind of Object.keys(counts)) total.counts[kind] = (total.counts[kind] ?? 0) + 1;
  if (outcome.error !== undefined || Object.keys(counts).length > 0) total.broken.push(outcome);
}

function summary({ schedules, nodeHours, events, lookups, stored, read, failed, healed, counts, broken }) {
  const sorted = healed.sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return {
    schedules,
    nodeHours: Math.round(nodeHours * 10) / 10,
    events,
    lookups,
    ...(stored > 0 && { stored, read }),
    failed,
    healedInIntervals: { median: at(0.5), worst: at(1) },
    schedulesBroken: broken.length,
    violations: counts,
  };
}

function progress({ schedules, nodeHours, broken }, count, started) {
  if (!process.stderr.isTTY) return;
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stderr.write(
    `\r${schedules}/${count} schedules, ${nodeHours.toFixed(1)} node-hours, ${broken.length} broken, ${seconds} s `,
  );
}

function smallest(name, seed, minutes) {
  const schedule = draw(scenarioOf(name, seed, minutes));
  const [kind] = Object.keys(simulate(scenarioOf(name, seed, minutes)).counts);
  if (kind === undefined) return console.log(`seed ${seed} breaks nothing`);
  const progress = ({ acts }, runs) => process.stderr.write(`\r${acts.length} acts after ${runs} runs `);
  const shrunk = shrink(schedule, kind, { progress });
  process.stderr.write("\n");
  console.log(JSON.stringify(shrunk.schedule));
  console.log(transcript(shrunk.schedule, { untilMs: shrunk.violation.at + 1000 }));
}
