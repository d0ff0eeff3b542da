import type { Id } from "@chordnet/core";
import { defaultRing, formatId, space } from "@chordnet/core";
import type { Result, Schedule, Violation } from "@chordnet/simulator";
import { grouped, percent } from "../numbers.js";
import { shortId } from "../short-id.js";
import { table } from "../table.js";
import type { Output } from "../terminal.js";

/** A run and how long it took. */
export interface Run {
  readonly schedule: Schedule;
  readonly result: Result;
  readonly seconds: number;
}

/** How many promises were broken in all; `violations` of a result holds the first of them. */
export function broken({ counts }: Result): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** What came of a run, for people. `recorded`: the hash that a replay is to have, if any. */
export function figures(output: Output, { schedule, result, seconds }: Run, recorded: string | null): string {
  const { dim, green, red } = output.colors;
  const { lookups, virtualMs, nodeHours, events, messages } = result;
  const count = broken(result);
  const facts: ReadonlyArray<readonly [string, string]> = [
    ["seed", String(schedule.seed)],
    ["trace", result.traceHash + (result.traceHash === recorded ? ", as recorded" : "")],
    ["simulated", `${(virtualMs / 60_000).toFixed(1)} minutes, ${nodeHours.toFixed(1)} node-hours`],
    ["schedule", acts(schedule)],
    [
      "events",
      `${grouped(events)} in ${seconds.toFixed(1)} s: ${grouped(Math.round(events / seconds))} a second`,
    ],
    ["messages", `${grouped(messages)}: ${(messages / nodeHours / 3600).toFixed(1)} a node and second`],
    ["members left", grouped(result.members)],
    ["ideal after", ideal(result, red)],
    ["lookups", lookups.asked === 0 ? "none" : asked(result)],
    ["answers", lookups.answered === 0 ? "none" : answered(result)],
    ["violations", count === 0 ? green("0") : red(grouped(count))],
  ];
  return facts.map(([name, value]) => `${dim(name.padEnd(14))}${value}`).join("\n");
}

/** The promises that were broken: how often, and when first. */
export function violationTable(output: Output, { schedule, result }: Run): string {
  const kinds = Object.entries(result.counts);
  return table(
    output,
    [
      { title: "VIOLATION", cell: ([kind]) => output.colors.red(kind) },
      { title: "TIMES", align: "right", cell: ([, count]) => grouped(count) },
      { title: "FIRST AT", align: "right", cell: ([kind]) => firstAt(result, kind) },
      { title: "WHAT", cell: ([kind]) => particulars(schedule, first(result, kind)) },
    ],
    kinds,
  );
}

/** The same for programs. */
export function runJson({ result, seconds }: Run): object {
  const { seed, violations: _, counts, traceHash, events, ...rest } = result;
  return {
    seed,
    traceHash,
    events,
    violations: broken(result),
    counts,
    ...rest,
    seconds,
    eventsPerSecond: Math.round(events / seconds),
  };
}

export function violationJson(schedule: Schedule, { _tag, ...told }: Violation): object {
  return { violation: _tag, ...Object.fromEntries(fields(schedule, told)) };
}

function ideal({ members, healedInIntervals, parted }: Result, red: (text: string) => string): string {
  if (members === 0) return red("never: nobody is left");
  if (healedInIntervals !== null) return `${healedInIntervals} intervals of peace`;
  return red(parted ? "never: some knew nobody else alive" : "never");
}

function asked({ lookups: { asked, failed } }: Result): string {
  return `${grouped(asked)}, of which failed ${grouped(failed)} (${percent(failed / asked)})`;
}

function answered({ lookups: { msMean, hopsMean } }: Result): string {
  return `after ${msMean.toFixed(1)} ms and ${hopsMean.toFixed(2)} hops on average`;
}

/** How often each kind of deed is in it: `Start 31, Crash 4, …`. Some find nobody to do it to. */
function acts({ acts }: Schedule): string {
  const counts = new Map<string, number>();
  for (const { _tag } of acts) counts.set(_tag, (counts.get(_tag) ?? 0) + 1);
  return [...counts].map(([deed, count]) => `${deed} ${grouped(count)}`).join(", ");
}

function first({ violations }: Result, kind: string): Violation | undefined {
  return violations.find(({ _tag }) => _tag === kind);
}

function firstAt(result: Result, kind: string): string {
  const at = first(result, kind)?.at;
  return at === undefined ? "" : `${(at / 1000).toFixed(3)} s`;
}

function particulars(schedule: Schedule, violation: Violation | undefined): string {
  const { _tag, at: _, ...told } = violation ?? {};
  return fields(schedule, told)
    .map(([name, value]) => `${name} ${name === "key" ? shortId(String(value)) : value}`)
    .join(", ");
}

/** Keys as hexadecimal, all else as it is. */
function fields(schedule: Schedule, told: object): Array<readonly [string, string | number]> {
  const circle = space(schedule.ring.bits ?? defaultRing.bits);
  return Object.entries(told as Readonly<Record<string, string | number | bigint>>).map(([name, value]) => [
    name,
    typeof value === "bigint" ? formatId(circle, value as Id) : value,
  ]);
}
