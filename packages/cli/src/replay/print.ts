import { grouped } from "../numbers.js";
import { table } from "../table.js";
import type { Output } from "../terminal.js";
import type { Relived, Trouble } from "./life.js";

/** A row for each file. */
export function results(output: Output, files: ReadonlyArray<Relived>): string {
  const { green, red } = output.colors;
  return table(
    output,
    [
      { title: "RESULT", cell: ({ trouble }) => (trouble === null ? green("the same") : red(word(trouble))) },
      { title: "EVENTS", align: "right", cell: ({ events }) => grouped(events) },
      { title: "EFFECTS", align: "right", cell: ({ effects }) => grouped(effects) },
      { title: "SECONDS", align: "right", cell: ({ seconds }) => seconds.toFixed(2) },
      { title: "EVENTS/S", align: "right", cell: (relived) => grouped(perSecond(relived)) },
      { title: "FILE", cell: ({ file }) => file },
    ],
    files,
  );
}

/** The same for programs. */
export function resultJson(relived: Relived): object {
  const { file, trouble, lives, events, effects, seconds, tornBytes } = relived;
  return {
    file,
    same: trouble === null,
    lives,
    events,
    effects,
    seconds,
    eventsPerSecond: perSecond(relived),
    tornBytes,
    trouble,
  };
}

/** What a person must know beside the row. */
export function notes(output: Output, { file, tornBytes, trouble, events }: Relived): string[] {
  const torn = `${file}: the last line was not finished, its ${tornBytes} bytes were left out: the node was killed`;
  const empty = `${file}: nothing happened in it`;
  return [
    ...(tornBytes > 0 && trouble?._tag !== "Simulation" ? [torn] : []),
    ...(trouble === null && events === 0 ? [empty] : []),
    ...(trouble === null ? [] : explained(output, file, trouble)),
  ];
}

function perSecond({ events, seconds }: Relived): number {
  return Math.round(events / seconds);
}

type Json = Extract<Trouble, { readonly _tag: "Different" }>["recorded"];

function word({ _tag }: Trouble): string {
  return _tag === "Different" ? "different" : "unreadable";
}

function explained(output: Output, file: string, trouble: Trouble): string[] {
  const where = `${file}:${trouble.line}`;
  switch (trouble._tag) {
    case "NotARecord":
      return [`${where}: not a line of a recording (${trouble.reason})`];
    case "OtherVersion":
      return [
        `${where}: a recording of version ${String(trouble.version)}, which this command does not read`,
      ];
    case "Unborn":
      return [`${where}: an event before the node's birth: the beginning of the recording is missing`];
    case "Empty":
      return [`${file}: no whole line is in it: it is empty, or its node was killed as it began`];
    case "Simulation":
      return [`${file}: no recording of a node, but a simulation: chordnet simulate --replay ${file}`];
    case "Different":
      return [
        `${where}: something else came of an event than was recorded (-: recorded, +: came)`,
        `  ${JSON.stringify({ node: trouble.node, event: trouble.event })}`,
        ...differing(trouble.recorded, trouble.came, (line) => output.colors.red(`- ${line}`)),
        ...differing(trouble.came, trouble.recorded, (line) => output.colors.green(`+ ${line}`)),
      ];
  }
}

/** Each effect of `some` that is not in its place in `others`. */
function differing(some: Json, others: Json, mark: (line: string) => string): string[] {
  const told = effectLines(others);
  return effectLines(some)
    .filter((line, index) => line !== told[index])
    .map((line) => `  ${mark(line)}`);
}

function effectLines(outcomes: Json): string[] {
  if (!Array.isArray(outcomes)) return ["the step threw"];
  return (
    outcomes as ReadonlyArray<{ readonly node: Json; readonly effects: ReadonlyArray<object> }>
  ).flatMap(({ node, effects }) => effects.map((effect) => JSON.stringify({ node, ...effect })));
}
