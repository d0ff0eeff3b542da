import type { Schedule, Simulation } from "@chordnet/simulator";
import { draw, play, shrink, transcript } from "@chordnet/simulator";
import { Failure, failed } from "../failure.js";
import { progress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import type { Run } from "./figures.js";
import { broken, figures, runJson, violationJson, violationTable } from "./figures.js";
import { Sampler } from "./samples.js";
import { checkWritable, save, saved, savedBegins, writeText } from "./saved.js";
import type { SimulateOptions } from "./wish.js";
import { command, wished } from "./wish.js";

/** Runs one simulation. Exit status 1 where a promise was broken, or a replay came out otherwise. */
export async function simulate(terminal: Terminal, options: SimulateOptions): Promise<number> {
  for (const [path, begins] of [
    [options.plot, plotBegins],
    [options.record, savedBegins],
    [options.shrink, savedBegins],
  ] as const)
    if (path !== undefined) checkWritable(path, begins);
  // What is to be written, and the exit status, are owed also to who has read enough (`| head`).
  terminal.io.stdout.on("error", () => undefined);
  const again = options.replay === undefined ? null : saved(options.replay);
  const schedule = again?.schedule ?? draw(wished(options, options.seed ?? freshSeed()));
  const sampler = new Sampler(Math.max(1000, schedule.trouble.until / samplesWanted), actsEndMs(schedule));
  const run = played(terminal, schedule, options.plot === undefined ? null : sampler);
  const recorded = again?.traceHash ?? null;
  tell(terminal, run, options, recorded);
  await write(run, sampler, options);
  if (options.shrink !== undefined) shrunk(terminal, run, options.shrink);
  const { traceHash } = run.result;
  if (recorded !== null && recorded !== traceHash)
    throw failed(`the run came out otherwise: its hash is ${traceHash}, ${recorded} was recorded`);
  return broken(run.result) > 0 ? 1 : 0;
}

/** First of all: whatever becomes of the files, this was the run. */
function tell({ out, err }: Terminal, run: Run, options: SimulateOptions, recorded: string | null): void {
  const { schedule, result } = run;
  if (options.json === true) {
    for (const violation of result.violations) out.json(violationJson(schedule, violation));
    out.json(runJson(run));
  } else {
    if (options.print === true) out.line(transcript(schedule));
    out.line(figures(out, run, recorded));
    if (broken(result) > 0) out.line(`\n${violationTable(out, run)}`);
  }
  if (broken(result) > 0) err.line(`the same again: ${command(options, schedule.seed)}`);
}

/** Each file is tried, also where another can't be written. */
async function write(run: Run, { samples }: Sampler, { record, plot }: SimulateOptions): Promise<void> {
  const { plotted } = plot === undefined ? { plotted: null } : await import("./plot.js");
  const troubles = [
    record === undefined ? null : trouble(() => save(record, run.schedule, run.result.traceHash)),
    plot === undefined || plotted === null ? null : trouble(() => writeText(plot, plotted(run, samples))),
  ].filter((each) => each !== null);
  if (troubles.length > 0) throw failed(troubles.join("; "));
}

/** Why something failed; null: it did not. */
function trouble(write: () => void): string | null {
  try {
    write();
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/** When nothing is done to the ring any more, on the virtual clock: what comes then are checks. */
function actsEndMs({ trouble, acts }: Schedule): number {
  return Math.max(trouble.until, acts.at(-1)?.at ?? 0);
}

/** How many steps are taken between two looks at the time that has passed. */
const stepsUnseen = 4096;

/** About so many points of a curve. */
const samplesWanted = 200;

function played({ err }: Terminal, schedule: Schedule, sampler: Sampler | null): Run {
  const bar = progress(err, "simulating", true);
  const minutes = (ms: number): number => Math.round(ms / 6000) / 10;
  const total = minutes(actsEndMs(schedule));
  const began = performance.now();
  const prepare = (simulation: Simulation): void => {
    sampler?.watch(simulation);
    const { step } = simulation;
    let steps = 0;
    simulation.step = (state, node, event) => {
      steps += 1;
      if (steps % stepsUnseen === 0)
        bar.show(Math.min(total, minutes(simulation.now)), total, `minutes · ${simulation.hosts.size} nodes`);
      return step(state, node, event);
    };
  };
  try {
    const result = play(schedule, { prepare });
    return { schedule, result, seconds: (performance.now() - began) / 1000 };
  } finally {
    bar.stop();
  }
}

/** Looks for the smallest run that breaks the same kind of promise as the first one broken, and writes it. */
function shrunk({ err }: Terminal, { schedule, result }: Run, path: string): void {
  const kind = result.violations[0]?._tag;
  if (kind === undefined) {
    err.line("no promise was broken: there is nothing to shrink");
    return;
  }
  const bar = progress(err, "shrinking", true);
  const all = schedule.acts.length;
  const smallest = shrink(schedule, kind, {
    progress: ({ acts }, runs) => bar.show(all - acts.length, all, `acts fewer · ${runs} runs`),
  });
  bar.stop();
  if (smallest === null) throw failed(`a run that ends at the first ${kind} does not show it`);
  save(path, smallest.schedule, play(smallest.schedule).traceHash);
  const acts = `${smallest.schedule.acts.length} acts of ${all} are left after ${smallest.runs} runs`;
  err.line(`the smallest: ${acts}; read it with chordnet simulate --replay ${path} --print`);
}

/** How a file begins that `--plot` wrote. */
const plotBegins = "<svg ";

/** Small enough to be typed. */
function freshSeed(): number {
  return Math.floor(Math.random() * 1_000_000);
}
