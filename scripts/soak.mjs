import { isMainThread } from "node:worker_threads";
import {
  disasters,
  draw,
  fenced,
  hard,
  lossy,
  mild,
  promised,
  quorum,
  restless,
  shrink,
  simulate,
  sleepy,
  stopped,
  tiny,
  transcript,
  values,
  virtual,
} from "../packages/simulator/dist/index.js";
import { eachSeed, number, oneOf, parsed, quantile, seedOptions, seedUsage, serve } from "./seeds.mjs";

const usage = `Long runs of random schedules, on every core: pnpm soak --class promised --count 10000.

  --class NAME     promised (0 broken promises), hard (the aim: 1 in 1,000), fenced (a register that checks epochs),
                   values (0 broken promises of the store), mild, lossy, stopped, virtual, disasters (half of
                   the ring crashes again and again), tiny (two to five nodes of which none is spared), restless
                   (a few of which one restarts every second, while messages are lost), sleepy
                   (machines sleep), quorum (nodes that must see enough others, while some are cut off)
  --minutes M      of trouble in each, on the virtual clock
${seedUsage}
  --shrink SEED    instead: the smallest schedule that breaks what this seed's breaks, as JSON and as a transcript

Interrupted, it finishes the schedules that it began. It closes with one line of JSON, and fails where a promise was broken.
`;

/** Each makes a scenario from a seed. */
const classes = {
  promised,
  hard,
  fenced,
  values,
  mild,
  lossy,
  stopped,
  virtual,
  disasters,
  tiny,
  restless,
  sleepy,
  quorum,
};

if (isMainThread) await main();
else serve(run);

async function main() {
  const options = {
    class: { type: "string", default: "promised" },
    count: { type: "string", default: "10000" },
    minutes: { type: "string" },
    ...seedOptions,
    shrink: { type: "string" },
    help: { type: "boolean" },
  };
  const { class: name, minutes, shrink: seed, into, help, ...numbers } = parsed(options);
  if (help) return console.log(usage);
  oneOf("class", name, Object.keys(classes));
  if (minutes !== undefined) number("minutes", minutes, 0, false);
  if (seed !== undefined) return smallest(name, number("shrink", seed, 0), minutes);
  const count = number("count", numbers.count, 1);
  const from = number("from", numbers.from, 0);
  const jobs = number("jobs", numbers.jobs, 1);
  const [wish, progress] = [{ name, minutes }, progressOf(count)];
  const outcomes = await eachSeed({ script: import.meta.url, wish, from, count, jobs, into, progress });
  const broken = outcomes.filter(isBroken);
  for (const { seed, counts, error } of broken) {
    const length = minutes === undefined ? "" : ` --minutes ${minutes}`;
    console.log(`seed ${seed}: ${error ?? JSON.stringify(counts)}`);
    console.log(`  pnpm soak --class ${name}${length} --shrink ${seed}`);
  }
  console.log(JSON.stringify({ class: name, from, ...summary(outcomes) }));
  if (broken.length > 0) process.exitCode = 1;
}

function progressOf(count) {
  const started = Date.now();
  let [schedules, nodeHours, broken] = [0, 0, 0];
  return (outcome) => {
    schedules++;
    nodeHours += outcome.nodeHours ?? 0;
    if (isBroken(outcome)) broken++;
    const seconds = Math.round((Date.now() - started) / 1000);
    return `${schedules}/${count} schedules, ${nodeHours.toFixed(1)} node-hours, ${broken} broken, ${seconds} s`;
  };
}

function scenarioOf(name, seed, minutes) {
  const scenario = classes[name](seed);
  return minutes === undefined ? scenario : { ...scenario, minutes: Number(minutes) };
}

/** Nobody compares these traces. */
function prepare({ trace }) {
  trace.detail = "none";
}

function run({ name, minutes }, seed) {
  const result = simulate(scenarioOf(name, seed, minutes), { prepare });
  const { counts, nodeHours, events, lookups, store, healedInIntervals, parted } = result;
  return { counts, nodeHours, events, lookups, store, healedInIntervals, parted };
}

function summary(outcomes) {
  const played = outcomes.filter(({ error }) => error === undefined);
  const sum = (of) => played.reduce((total, outcome) => total + of(outcome), 0);
  const stored = sum(({ store }) => store?.stored ?? 0);
  const violations = {};
  for (const kind of played.flatMap(({ counts }) => Object.keys(counts)))
    violations[kind] = (violations[kind] ?? 0) + 1;
  const whole = played.filter(({ parted }) => !parted);
  const healed = whole.map(({ healedInIntervals }) => healedInIntervals ?? Number.POSITIVE_INFINITY);
  return {
    schedules: outcomes.length,
    nodeHours: Math.round(sum(({ nodeHours }) => nodeHours) * 10) / 10,
    events: sum(({ events }) => events),
    lookups: sum(({ lookups }) => lookups.asked),
    ...(stored > 0 && { stored, read: sum(({ store }) => store.read) }),
    failed: sum(({ lookups, store }) => lookups.failed + (store?.failed ?? 0)),
    healedInIntervals: { median: quantile(healed, 0.5), worst: quantile(healed, 1) },
    parted: played.length - whole.length,
    schedulesBroken: outcomes.filter(isBroken).length,
    violations,
  };
}

function isBroken({ counts, error }) {
  return error !== undefined || Object.keys(counts).length > 0;
}

function smallest(name, seed, minutes) {
  const schedule = draw(scenarioOf(name, seed, minutes));
  const [kind] = Object.keys(simulate(scenarioOf(name, seed, minutes)).counts);
  if (kind === undefined) return console.log(`seed ${seed} breaks nothing`);
  const progress = ({ acts }, runs) => process.stderr.write(`\r${acts.length} acts after ${runs} runs `);
  const shrunk = shrink(schedule, kind, { progress });
  process.stderr.write("\n");
  if (shrunk === null)
    return console.log(`seed ${seed}: a run that ends at the first ${kind} does not show it`);
  console.log(JSON.stringify(shrunk.schedule));
  console.log(transcript(shrunk.schedule, { untilMs: shrunk.violation.at + 1000 }));
}
