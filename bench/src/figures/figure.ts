import { median, ratio } from "./rounds.js";

/** What is measured, and in what: names end in it elsewhere, here it stands beside the value. */
export type Unit =
  | "µs"
  | "ms"
  | "s"
  | "/s"
  | "KB"
  | "MB"
  | "B/s"
  | "round trips"
  | "messages"
  | "intervals"
  | "%"
  | "";

/** One figure, beside its limit or a peer's in the same run. */
export interface Figure {
  readonly what: string;
  /** Of a ring of so many nodes, where those of several sizes make a curve. */
  readonly nodes?: number;
  /** Of a ring that so many join in a second while as many crash: likewise a curve. */
  readonly joinsPerS?: number;
  readonly value: number;
  readonly unit: Unit;
  /** What it is held against, in the same unit. */
  readonly beside: { readonly what: string; readonly value: number } | null;
  /** `value` by that of `beside`: the median of the rounds' own, where there were rounds. */
  readonly ratio: number | null;
  /** What is to be reached: by the ratio where `of` says so, by the value otherwise. */
  readonly aim: Aim | null;
}

export interface Aim {
  readonly of: "ratio" | "value";
  readonly most?: number;
  readonly least?: number;
}

/** Whether a figure reaches its aim; null where it has none. */
export function reached({ value, ratio, aim }: Figure): boolean | null {
  if (aim === null) return null;
  const measured = aim.of === "ratio" ? (ratio ?? Number.NaN) : value;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = aim;
  return measured >= least && measured <= most;
}

/** What is taken of each round. */
export interface Measure<A> {
  readonly unit: Unit;
  readonly of: (round: A) => number;
}

/** The median of the rounds, beside that of another contender in the same rounds. */
export function held<A>(
  what: string,
  { unit, of }: Measure<A>,
  ours: ReadonlyArray<A>,
  besideWhat: string,
  theirs: ReadonlyArray<A>,
  aim: Aim | null = null,
): Figure {
  const [mine, other] = [ours.map(of), theirs.map(of)];
  const beside = { what: besideWhat, value: median(other) };
  return { what, value: median(mine), unit, beside, ratio: ratio(mine, other), aim };
}

export function figure(what: string, value: number, unit: Unit, aim: Aim | null = null): Figure {
  return { what, value, unit, beside: null, ratio: null, aim };
}
