import type { Configuration, Exploration } from "@chordnet/simulator/explorer";
import { grouped } from "../numbers.js";
import { table } from "../table.js";
import type { Output } from "../terminal.js";

/** The configurations that there are. */
export function listing(output: Output, configurations: ReadonlyArray<Configuration>): string {
  const nameColumns = Math.max(...configurations.map(({ name }) => name.length)) + 2;
  return table(
    output,
    [
      { title: "NAME", cell: ({ name }) => name },
      { title: "WHAT HAPPENS", width: output.columns - nameColumns, cell: ({ about }) => about },
    ],
    configurations,
  );
}

/** Rows come one by one, as explorations end: `names` are all that will. */
export function header({ colors }: Output, names: ReadonlyArray<string>): string {
  return colors.dim(cells(names, "CONFIGURATION", "STATES", "DEPTH", "SECONDS", "SOMETIMES", "RESULT"));
}

/** How far one exploration came, and what it found. */
export function row(output: Output, names: ReadonlyArray<string>, exploration: Exploration): string {
  const { name, states, depth, seconds, sometimes, missing } = exploration;
  const kinds = Object.keys(sometimes).length;
  const happened = missing.length === 0 ? `${kinds} kinds` : `${kinds}, less ${missing.length}`;
  const cost = (seconds ?? 0).toFixed(1);
  return cells(names, name, grouped(states), grouped(depth), cost, happened, result(output, exploration));
}

/** The shortest way to each law that was broken, and what should have happened and did not. */
export function flaws({ colors }: Output, { violations, missing, cut }: Exploration): string[] {
  return [
    ...violations.flatMap(({ law, detail, trace }) => [
      colors.red(`${law}: ${detail}`),
      ...trace.map((line) => `  ${line}`),
    ]),
    ...(cut ? [] : missing.map((label) => colors.red(`never happened: ${label}`))),
  ];
}

/** Whether nothing was found to be wrong. What was cut may have had no time for all that should happen. */
export function isGood({ violations, missing, cut }: Exploration): boolean {
  return violations.length === 0 && (cut || missing.length === 0);
}

function result({ colors }: Output, exploration: Exploration): string {
  const [violation] = exploration.violations;
  if (violation !== undefined) return colors.red(`breaks ${violation.law}`);
  if (exploration.cut) return colors.yellow("cut off, nothing broken so far");
  return exploration.missing.length === 0
    ? colors.green("all explored")
    : colors.red("all explored, in vain");
}

function cells(
  names: ReadonlyArray<string>,
  name: string,
  states: string,
  depth: string,
  seconds: string,
  sometimes: string,
  result: string,
): string {
  const width = Math.max("CONFIGURATION".length, ...names.map(({ length }) => length));
  const numbers = `${states.padStart(11)}  ${depth.padStart(5)}  ${seconds.padStart(7)}`;
  return `${name.padEnd(width)}  ${numbers}  ${sometimes.padEnd(12)}  ${result}`;
}
