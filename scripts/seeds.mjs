import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { parentPort, Worker, workerData } from "node:worker_threads";

/** The options that every run over seeds has, for `parseArgs`. */
export const seedOptions = {
  from: { type: "string", default: "1" },
  into: { type: "string" },
  jobs: { type: "string", default: String(availableParallelism()) },
};

/** What `--help` says of them. */
export const seedUsage = `  --count N        so many, from seed --from N on
  --into FILE      keeps what comes of each seed in the file; what is there already is not run again, but counts: a run
                   may be interrupted and gone on with, and one with more seeds adds to it; all of one version of the
                   code, for the sum to mean anything
  --jobs N         processes' worth of work at a time`;

/** The number that an option was given as text. What is none, or is too small, ends the process: see `--help`. */
export function number(option, text, least, whole = true) {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && Number.isFinite(value) && (!whole || Number.isSafeInteger(value))) return value;
  return misused(`--${option} is ${whole ? "an integer" : "a number"} from ${least} on, not ${text}`);
}

export function oneOf(option, name, names) {
  if (!names.includes(name)) misused(`--${option} is one of ${names.join(", ")}, not ${name}`);
}

/** `parseArgs`, for people. */
export function parsed(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return misused(error.message);
  }
}

function misused(why) {
  console.error(why);
  process.exit(2);
}

/**
 * What comes of each seed, in their order: run in workers by the script itself, whose workers call `serve`. Each takes
 * the next seed as soon as it is done with the one before. `wish`, plain data, is the same for all; a file that was
 * begun with another is refused. `progress` is told of each outcome, and says how far it is. Interrupted, it finishes
 * the seeds that it began.
 */
export async function eachSeed({ script, wish, from, count, jobs, into, progress }) {
  const outcomes = new Map();
  const show = (outcome) => {
    outcomes.set(outcome.seed, outcome);
    const line = progress(outcome);
    if (process.stderr.isTTY) process.stderr.write(`\r${line} `);
  };
  const kept = into === undefined ? [] : keptIn(into, wish);
  for (const outcome of kept) if (outcome.seed >= from && outcome.seed < from + count) show(outcome);
  let next = from;
  const enough = () => {
    next = from + count;
  };
  process.on("SIGINT", enough).on("SIGTERM", enough);
  const told = (outcome) => {
    if (into !== undefined)
      using("written", into, () => appendFileSync(into, `${JSON.stringify(outcome)}\n`));
    show(outcome);
  };
  const nextSeed = () => {
    while (outcomes.has(next)) next++;
    return next < from + count ? next++ : null;
  };
  const workers = Array.from({ length: Math.min(jobs, count) }, () => inWorker(script, wish, nextSeed, told));
  await Promise.all(workers);
  if (process.stderr.isTTY) process.stderr.write("\n");
  return [...outcomes.values()].sort((a, b) => a.seed - b.seed);
}

/** A worker's side: `run` gives what came of a seed. What it throws is the outcome's `error`. */
export function serve(run) {
  parentPort.on("message", (seed) => {
    let outcome;
    try {
      outcome = run(workerData, seed);
    } catch (error) {
      outcome = { error: String(error?.stack ?? error) };
    }
    parentPort.postMessage({ seed, ...outcome });
  });
}

/** The value below which the share of all lies; null where there is none. */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

function inWorker(script, wish, nextSeed, told) {
  const worker = new Worker(new URL(script), { workerData: wish });
  return new Promise((resolve, reject) => {
    const more = () => {
      const seed = nextSeed();
      if (seed === null) worker.terminate().then(resolve, reject);
      else worker.postMessage(seed);
    };
    worker.on("error", reject);
    worker.on("message", (outcome) => {
      told(outcome);
      more();
    });
    more();
  });
}

/**
 * What a file has of earlier runs; a new one is begun. Its first line says what was wished for, and before that is seen
 * nothing in it is changed. A last line without its end is what a killed writer left.
 */
function keptIn(file, wish) {
  const head = JSON.stringify(wish);
  // What is no file, such as a pipe, holds nothing.
  const text = using("read", file, () => (isFile(file) ? readFileSync(file, "utf8") : ""));
  if (text === "") {
    using("written", file, () => writeFileSync(file, `${head}\n`));
    return [];
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [begun = "", ...lines] = whole.split("\n").slice(0, -1);
  if (jsonIn(begun) === null)
    return misused(`--into ${file}: that is no file of this command; name a new one, or one that it began`);
  if (begun !== head)
    return misused(
      `--into ${file}: it was begun with ${begun}, not ${head}; say the same again, or name a new file`,
    );
  const outcomes = lines.map((line, at) => {
    const outcome = jsonIn(line);
    if (Number.isSafeInteger(outcome?.seed)) return outcome;
    // The head is the first.
    return misused(`--into ${file}: line ${at + 2} is no outcome; without that line its seed is run again`);
  });
  using("written", file, () => truncateSync(file, Buffer.byteLength(whole)));
  return outcomes;
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Null: the line holds no object. */
function jsonIn(line) {
  try {
    const read = JSON.parse(line);
    return typeof read === "object" ? read : null;
  } catch {
    return null;
  }
}

/** Does something with a file, for people: what the system refuses ends the process. */
function using(done, file, act) {
  try {
    return act();
  } catch (error) {
    return misused(`--into ${file}: it cannot be ${done} (${error.message}); name another file`);
  }
}
