import { grouped, percent } from "../numbers.js";
import { bar, circle, paint } from "../ring/circle.js";
import { shares } from "../ring/shares.js";
import { fits, table } from "../table.js";
import type { Output } from "../terminal.js";
import type { Member } from "./cluster.js";
import type { Figures } from "./figures.js";

/** What one change did to the ring. */
export interface Scene {
  readonly event: string;
  readonly node: string;
  /** From the change until every node claimed its range and no other. */
  readonly healMs: number;
  readonly figures: Figures;
}

/** All that a demo has found out. */
export interface Results {
  readonly members: ReadonlyArray<Member>;
  /** How many of the keys each node owns, by its address. */
  readonly owned: ReadonlyMap<string, number>;
  readonly keys: number;
  readonly bits: number;
  readonly figures: Figures;
  /** How often a live node was taken for dead. */
  readonly doubts: number;
  readonly scenes: ReadonlyArray<Scene>;
  readonly seconds: number;
}

interface Row {
  readonly member: Member;
  readonly index: number;
  readonly share: number;
  readonly keys: number;
}

/** The ring and each node's share, beside each other where there is room. */
export function ringDrawing(output: Output, { members, owned, keys, bits }: Results): string[] {
  const ranges = shares(
    members.map(({ id }) => id),
    bits,
  );
  const arcs = ranges.map(({ start, end }, index) => ({ letter: members[index]?.letter ?? "?", start, end }));
  const rows = members.map((member, index) => ({
    member,
    index,
    share: ranges[index]?.share ?? 0,
    keys: (owned.get(member.address) ?? 0) / keys,
  }));
  const [ring, each] = [circle(output, arcs, circleRows), shareTable(output, rows).split("\n")];
  const wide = beside(ring, each);
  return fits(output, wide) ? wide : [...ring, "", ...each].map((line) => `  ${line}`.trimEnd());
}

const circleRows = 13;

function shareTable(output: Output, rows: ReadonlyArray<Row>): string {
  const { colors } = output;
  const most = Math.max(...rows.map(({ keys }) => keys));
  return table(
    output,
    [
      { title: "", cell: ({ member, index }) => colors.bold(paint(colors, index)(member.letter)) },
      { title: "ADDRESS", cell: ({ member }) => member.address.replace("tcp://", "") },
      { title: "CIRCLE", align: "right", cell: ({ share }) => percent(share) },
      { title: "KEYS", align: "right", cell: ({ keys }) => percent(keys) },
      { title: "", cell: ({ keys, index }) => paint(colors, index)(bar(keys, most, barColumns)) },
    ],
    rows,
  );
}

const barColumns = 14;

function beside(left: ReadonlyArray<string>, right: ReadonlyArray<string>): string[] {
  const above = Math.max(0, Math.floor((left.length - right.length) / 2));
  return left.map((line, index) => `  ${line}  ${right[index - above] ?? ""}`.trimEnd());
}

/** The changes, and what they cost. */
export function sceneTable(output: Output, scenes: ReadonlyArray<Scene>): string {
  return table(
    output,
    [
      { title: "EVENT", cell: ({ event }) => event },
      { title: "NODE", cell: ({ node }) => node },
      { title: "HEALED AFTER", align: "right", cell: ({ healMs }) => `${(healMs / 1000).toFixed(2)} s` },
      { title: "LOOKUPS", align: "right", cell: ({ figures }) => grouped(figures.lookups) },
      { title: "WRONG", align: "right", cell: ({ figures }) => judged(output, figures.wrong) },
      { title: "RETRIED", align: "right", cell: ({ figures }) => grouped(figures.retried) },
      { title: "P99 MS", align: "right", cell: ({ figures }) => fixed(figures.latencyMs.p99) },
    ],
    scenes,
  );
}

/** Everything in sum. */
export function summary(output: Output, { figures, doubts, keys, seconds }: Results): string[] {
  const { lookups, wrong, retried, failures, unanswered, hops, latencyMs: ms } = figures;
  const why = Object.entries(failures).map(([code, count]) => `${code} ${grouped(count)}`);
  const facts: ReadonlyArray<readonly [string, string]> = [
    ["lookups", `${grouped(lookups)} of ${grouped(keys)} keys, in ${seconds.toFixed(1)} s`],
    ["wrong answers", judged(output, wrong)],
    ["failed and retried", why.length === 0 ? grouped(retried) : `${grouped(retried)} (${why.join(", ")})`],
    ["never answered", grouped(unanswered)],
    ...(doubts === 0
      ? []
      : [["live, but too slow", `${grouped(doubts)} taken for dead by neighbours`] as const]),
    ["hops", `mean ${hops.mean.toFixed(2)}, p99 ${hops.p99}`],
    [
      "latency",
      `p50 ${fixed(ms.p50)}, p90 ${fixed(ms.p90)}, p99 ${fixed(ms.p99)}, worst ${fixed(ms.max)} ms`,
    ],
  ];
  return facts.map(([name, value]) => `  ${output.colors.dim(name.padEnd(18))}  ${value}`);
}

/** The same for programs. */
export function resultsJson({ members, owned, keys, figures, doubts, scenes, seconds }: Results): object {
  return {
    nodes: members.map(({ letter, id, address }) => ({
      name: letter,
      id,
      address,
      keys: owned.get(address) ?? 0,
    })),
    keys,
    ...figures,
    doubts,
    events: scenes.map(({ event, node, healMs, figures: { lookups, wrong, retried, failures } }) => ({
      event,
      node,
      healMs: Math.round(healMs),
      lookups,
      wrong,
      retried,
      failures,
    })),
    seconds,
  };
}

function judged({ colors }: Output, wrong: number): string {
  return wrong === 0 ? colors.green("0") : colors.red(grouped(wrong));
}

function fixed(ms: number): string {
  return ms.toFixed(1);
}
