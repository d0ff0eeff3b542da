import type { Schedule, Simulation } from "@chordnet/simulator";
import { draw, play } from "@chordnet/simulator";
import { failed } from "../failure.js";
import { progress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import type { Run } from "./figures.js";
import { broken, figures, runJson, violationJson, violationTable } from "./figures.js";
import { save, saved } from "./saved.js";
import type { SimulateOptions } from "./wish.js";
import { command, wished } from "./wish.js";

/** Runs one simulation. Exit status 1 where a promise was broken, or a replay came out otherwise. */
export async function simulate(terminal: Terminal, options: SimulateOptions): Promise<number> {
  const { out, err } = terminal;
  const again = options.replay === undefined ? null : saved(options.replay);
  const schedule = again?.schedule ?? draw(wished(options, options.seed ?? freshSeed()));
  const run = played(terminal, schedule);
  const { result } = run;
  if (options.record !== undefined) save(options.record, schedule, result.traceHash);
  if (options.json === true) {
    for (const violation of result.violations) out.json(violationJson(schedule, violation));
    out.json(runJson(run));
  } else out.line(figures(out, run));
  if (broken(result) > 0) {
    if (options.json !== true) out.line(`\n${violationTable(out, run)}`);
    err.line(`the same again: ${command(options, schedule.seed)}`);
    return 1;
  }
  if (again !== null && again.traceHash !== result.traceHash)
    throw failed(
      `the run came out otherwise: its hash is ${result.traceHash}, ${again.traceHash} was recorded`,
    );
  return 0;
}

/** So many steps are taken between two looks at the time that has passed. */
const stepsUnseen = 4096;

function played({ err }: Terminal, schedule: Schedule): Run {
  const bar = progress(err, "simulating", true);
  const minutes = (ms: number): number => Math.round(ms / 6000) / 10;
  const total = minutes(Math.max(schedule.trouble.until, schedule.acts.at(-1)?.at ?? 0));
  const began = performance.now();
  const prepare = (simulation: Simulation): void => {
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

/** Small enough to be typed. */
function freshSeed(): number {
  return Math.floor(Math.random() * 1_000_000);
}
