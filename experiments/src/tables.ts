import type { ChurnFigures } from "./churn.js";
import type { HalfFigures } from "./half.js";
import type { SchedulesFigures } from "./schedules.js";
import type { SpeedFigures } from "./speed.js";

/** Each experiment's figures as a table in Markdown. */

export function churnTable(all: ReadonlyArray<ChurnFigures>): string {
  const row = (what: string, of: (figures: ChurnFigures) => string): string[] => [what, ...all.map(of)];
  return table([
    ["", ...all.map(({ rate, minutes }) => `${rate} joins and ${rate} crashes a second, ${minutes} minutes`)],
    row("a node's session", ({ sessionMinutes }) => `${fixed(sessionMinutes, 1)} min`),
    row("lookups", ({ lookups }) => String(lookups)),
    row("wrong answers", ({ wrong }) => String(wrong)),
    row("failed lookups", ({ failedPercent }) => `${fixed(failedPercent, 3)} %`),
    row("hops, mean", ({ hops }) => fixed(hops, 2)),
    row("until the answer, mean", ({ answerMs }) => `${fixed(answerMs, 0)} ms`),
    row("messages/s a node", ({ messagesPerS }) => fixed(messagesPerS, 1)),
    row("bytes/s a node", ({ bytesPerS }) => fixed(bytesPerS, 0)),
    row("successors wrong (predicted)", ({ pointers, predicted }) =>
      both(pointers.successorsWrong, predicted.successorsWrong),
    ),
    row("successors dead (predicted)", ({ pointers, predicted }) =>
      both(pointers.successorsDead, predicted.successorsDead),
    ),
    row("fingers dead (predicted)", ({ pointers, predicted }) =>
      both(pointers.fingersDead, predicted.fingersDead),
    ),
    row("fingers wrong, dead or not", ({ pointers }) => `${fixed(100 * pointers.fingersWrong, 2)} %`),
    row("ideal after", ({ healedInIntervals }) => `${healedInIntervals ?? "never"} intervals of peace`),
    row("promises broken", ({ violations }) => JSON.stringify(violations)),
    row("trace", ({ traceHash }) => traceHash),
  ]);
}

export function halfTable(all: ReadonlyArray<HalfFigures>): string {
  const lists = all.flatMap(({ successors, batches }) =>
    batches.map((batch) => [
      String(successors),
      batch.afterIntervals === null ? "before" : `${batch.afterIntervals} intervals after`,
      `${fixed(batch.failedWithin1Percent, 1)} %`,
      `${fixed(batch.failedWithin10Percent, 1)} %`,
      String(batch.wrong),
      fixed(batch.hops, 2),
      fixed(batch.timeouts, 2),
    ]),
  );
  const healed = all.map(
    ({ successors, isolated, healedInIntervals }) =>
      `r = ${successors}: ${isolated} nodes lost their whole list; ideal after ${healedInIntervals?.toFixed(1) ?? "more than 200"} intervals`,
  );
  const head = ["r", "asked", "no answer in 1 interval", "in 10", "wrong", "hops", "timeouts"];
  return `${table([head, ...lists])}\n\n${healed.join("\n")}`;
}

export function speedTable(all: ReadonlyArray<SpeedFigures>): string {
  const head = [
    "nodes",
    "interval",
    "joins and crashes/s",
    "events/s",
    "times real time",
    "bytes a node",
    "broken",
  ];
  const rows = all.map((figures) => [
    String(figures.nodes),
    `${figures.intervalMs / 1000} s`,
    fixed(figures.rate, 2),
    fixed(figures.eventsPerS, 0),
    fixed(figures.timesRealTime, 2),
    fixed(figures.bytesPerNode, 0),
    String(figures.violations),
  ]);
  return table([head, ...rows]);
}

export function schedulesTable(all: ReadonlyArray<SchedulesFigures>): string {
  const rows = all.map(({ hashed, schedules, events, eventsPerS, violations }) => [
    hashed,
    String(schedules),
    String(events),
    fixed(eventsPerS, 0),
    String(violations),
  ]);
  return table([["hashed", "schedules", "events", "events/s", "broken"], ...rows]);
}

function table([head = [], ...rows]: ReadonlyArray<ReadonlyArray<string>>): string {
  const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function both(measured: number, predicted: number): string {
  return `${fixed(100 * measured, 2)} % (${fixed(100 * predicted, 2)} %)`;
}

function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}
