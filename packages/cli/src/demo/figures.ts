import { formatId } from "@chordnet/core";
import type { History } from "./history.js";
import type { Answered, Tally } from "./load.js";

/** A tally, judged and in figures. */
export interface Figures {
  readonly lookups: number;
  readonly wrong: number;
  /** The first wrong answers, for who looks for the fault. */
  readonly wrongAnswers: ReadonlyArray<WrongAnswer>;
  readonly retried: number;
  /** What went wrong with those that were asked again: how often each error, by its code. */
  readonly failures: Readonly<Record<string, number>>;
  readonly unanswered: number;
  readonly hops: Spread;
  readonly latencyMs: Spread;
}

export interface WrongAnswer {
  readonly key: string;
  readonly named: string;
  /** Who should have been named. */
  readonly owner: string;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export function figures({ lookups, failures, unanswered, answers }: Tally, history: History): Figures {
  const wrong = answers.filter((answer) => !history.isRight(answer));
  return {
    lookups,
    wrong: wrong.length,
    wrongAnswers: wrong.slice(0, wrongAnswersMax).map((answer) => evidence(answer, history)),
    retried: failures.length,
    failures: counted(failures),
    unanswered,
    hops: spread(answers.map(({ hops }) => hops)),
    latencyMs: spread(answers.map(({ askedAt, answeredAt }) => answeredAt - askedAt)),
  };
}

const wrongAnswersMax = 10;

function evidence(answer: Answered, history: History): WrongAnswer {
  const { key, owner: named, askedAt, answeredAt } = answer;
  return {
    key: formatId(history.ring, key),
    named,
    owner: history.missed(answer) ?? named,
    askedAtMs: Math.round(askedAt),
    answeredAtMs: Math.round(answeredAt),
  };
}

function counted(codes: ReadonlyArray<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Nearest-rank percentiles; zeros where there is nothing. */
export function spread(values: ReadonlyArray<number>): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  return { mean, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
