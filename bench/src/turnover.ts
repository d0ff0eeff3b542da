import { type ChurnFigures, churn } from "@chordnet/experiments/churn";
import type { Figure, Unit } from "./figure.js";
import { answerMsBy } from "./simulated-ring.js";

export interface TurnoverSetting {
  readonly nodes: number;
  /** On the virtual clock, for each rate. */
  readonly minutes: number;
}

/** Joins a second, and as many crashes: sessions of 34 minutes to one in a ring of 256. */
const rates = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4];

/**
 * What a ring does while nodes come and go, ever faster, each beside what the papers say of Chord. Throws where an
 * answer was wrong.
 */
export function turnover({ nodes, minutes }: TurnoverSetting): Figure[] {
  const measured = rates.map((rate) => churn({ seed: 1, nodes, minutes, rate, lookupsPerS: 20 }));
  const wrong = measured.find((figures) => figures.wrong > 0);
  if (wrong !== undefined) throw new Error(`${wrong.wrong} wrong answers at ${wrong.rate} joins a second`);
  const [calmest] = measured as [ChurnFigures, ...ChurnFigures[]];
  const curve = (
    what: string,
    unit: Unit,
    of: (figures: ChurnFigures) => number,
    law: string,
    predicted: (figures: ChurnFigures) => number,
  ): Figure[] =>
    measured.map((figures) => {
      const [value, expected] = [of(figures), predicted(figures)];
      const beside = { what: law, value: expected };
      return {
        what,
        joinsPerS: figures.rate,
        value,
        unit,
        beside,
        ratio: expected === 0 ? null : value / expected,
        aim: null,
      };
    });
  const equations = "to leading order, Krishnamurthy et al.";
  return [
    ...curve(
      "hops of a lookup",
      "",
      ({ hops }) => hops,
      "½ log2 N",
      () => Math.log2(nodes) / 2,
    ),
    ...curve(
      "from a question to its answer",
      "ms",
      ({ answerMs }) => answerMs,
      "½ log2 N messages and one back, 50 ms each",
      () => answerMsBy(nodes),
    ),
    ...curve(
      "failed lookups",
      "%",
      ({ failedPercent }) => failedPercent,
      "SIGCOMM 2001, figure 12, by turnover",
      ({ rate }) => (3 * 100 * rate) / nodes / 0.6,
    ),
    ...curve(
      "successors that are wrong",
      "%",
      ({ pointers }) => 100 * pointers.successorsWrong,
      equations,
      ({ predicted }) => 100 * predicted.successorsWrong,
    ),
    ...curve(
      "fingers that are dead",
      "%",
      ({ pointers }) => 100 * pointers.fingersDead,
      equations,
      ({ predicted }) => 100 * predicted.fingersDead,
    ),
    ...curve(
      "bytes of a node",
      "B/s",
      ({ bytesPerS }) => bytesPerS,
      "as the calmest",
      () => calmest.bytesPerS,
    ),
  ];
}
