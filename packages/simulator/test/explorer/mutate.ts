import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as core from "@chordnet/core";
import type { Configuration, Machine } from "../../src/explorer/index.js";
import { configurationNamed, explore } from "../../src/explorer/index.js";
import type { PlayOptions, Result } from "../../src/index.js";
import { disasters, lossy, mild, play, simulate, stopped } from "../../src/index.js";
import { smallest } from "../smallest.js";
import { answers, judged } from "./cases.js";
import type { Mutant } from "./mutants.js";
import { laws } from "./steps/index.js";
import * as steps from "./steps/law.js";

type Core = typeof core;

const dist: string = dirname(createRequire(import.meta.url).resolve("@chordnet/core"));

/** How often the mutant's text stands in the core as it is built. */
export function occurrences({ file, text }: Mutant): number {
  return readFileSync(join(dist, file), "utf8").split(text).length - 1;
}

/** A copy of the built core with the fault in it. It lies beside the core, so that it finds what the core imports. */
export async function mutated({ file, text, instead }: Mutant): Promise<Core> {
  const folder = mkdtempSync(join(dist, "..", "node_modules", "mutant-"));
  try {
    cpSync(dist, folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const path = join(folder, file);
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(text, () => instead),
    );
    return (await import(pathToFileURL(join(folder, "index.js")).href)) as Core;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * What told a mutant from the core: a configuration of the explorer, or a seed of the simulator; by what, after how
 * much.
 */
export interface Killer {
  readonly check: string;
  readonly by: string;
  readonly after: string;
}

/**
 * The check that finds the fault first, the cheaper before the dearer; null: none does. `hint`: a configuration that is
 * known to find it.
 */
export function killer(machine: Core, hint?: string): Killer | null {
  const quick = ["crash", "silent-crash", "leave", "loss", "deaf", "rebirth", "join-crash", "late", "joins"];
  return (
    killedByExplorer(machine, hint === undefined ? [] : [hint]) ??
    killedByExplorer(machine, quick) ??
    killedByInduction(machine) ??
    killedByStep(machine) ??
    killedBySchedule(machine) ??
    killedBySimulator(machine, 0, 12) ??
    killedByExplorer(machine, ["split-leave", "join-leave", "lookup", "crashes", "joins-crash"]) ??
    killedBySimulator(machine, 12, 60)
  );
}

/** In rounds, as there are the fewest states then. */
function killedByExplorer(machine: Machine, names: ReadonlyArray<string>): Killer | null {
  for (const name of names) {
    const found = killedIn(machine, { ...configurationNamed(name), order: "rounds" });
    if (found !== null) return found;
  }
  return null;
}

/** More than twice as many as any of these has without a fault. */
const statesMax = 200_000;

function killedIn(machine: Machine, configuration: Configuration): Killer | null {
  const check = `explore ${configuration.name}`;
  try {
    const { violations, missing, cut, states } = explore(configuration, { machine, statesMax });
    const after = `${states} states`;
    const [violation] = violations;
    if (violation !== undefined) return { check, by: violation.law, after };
    if (cut) return { check, by: "no end of states", after };
    return missing.length > 0 ? { check, by: `never ${missing[0]}`, after } : null;
  } catch (error) {
    return { check, by: String(error).replace(/^Error: [^:]*: /, ""), after: "0 states" };
  }
}

/** Where an answer leads from every state that has Zave's invariant. */
function killedByInduction({ step }: Machine): Killer | null {
  const { states, faults } = judged(answers({ _tag: "Wait", soon: false }, "candidate", false), step);
  return faults.length === 0
    ? null
    : { check: "induction", by: "Zave's invariant", after: `${states} states` };
}

/** In any of the cases that there are of one step, or of one lookup. */
function killedByStep(machine: Machine): Killer | null {
  for (const law of laws) {
    const { cases, fault } = steps.judged(law, machine);
    if (fault !== null) return { check: "steps", by: law.name, after: `${cases} cases` };
  }
  return null;
}

function killedBySchedule(machine: Core): Killer | null {
  for (const [place, { schedule }] of smallest.entries()) {
    const by = broken(machine, (options) => play(schedule, options));
    const after = `number ${place + 1}, ${schedule.acts.length} acts`;
    if (by !== null) return { check: "smallest schedules", by, after };
  }
  return null;
}

function killedBySimulator(machine: Core, from: number, to: number): Killer | null {
  for (let seed = from; seed < to; seed++) {
    for (const mode of [mild, stopped, lossy, disasters]) {
      const by = broken(machine, (options) => simulate(mode(seed), options));
      if (by !== null) return { check: `simulate ${mode.name}`, by, after: `${seed + 1} seeds` };
    }
  }
  return null;
}

/** What the first broken promise is of a run in which the machine steps. */
function broken({ stepProcess }: Core, run: (options: PlayOptions) => Result): string | null {
  try {
    const prepare: NonNullable<PlayOptions["prepare"]> = (simulation) => {
      simulation.step = stepProcess;
    };
    return run({ prepare }).violations[0]?._tag ?? null;
  } catch (error) {
    return String(error);
  }
}
