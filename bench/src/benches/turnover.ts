import { type ChurnFigures, churn } from "@chordnet/experiments/churn";
import { curve, type Law } from "../figures/curve.js";
import type { Figure } from "../figures/figure.js";
import { answerLaw, answerMsBy } from "../simulated-ring.js";

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
  return lawsOf(measured).flatMap((law) => curve(law, measured, ({ rate }) => ({ joinsPerS: rate })));
}

function lawsOf(measured: ReadonlyArray<ChurnFigures>): ReadonlyArray<Law<ChurnFigures>> {
  const [calmest] = measured as [ChurnFigures, ...ChurnFigures[]];
  const equations = "to leading order, Krishnamurthy et al.";
  return [
    {
      ...{ what: "hops of a lookup", unit: "", of: ({ hops }) => hops },
      ...{ law: "½ log2 N", predicted: ({ nodes }) => Math.log2(nodes) / 2 },
    },
    {
      ...{ what: "from a question to its answer", unit: "ms", of: ({ answerMs }) => answerMs },
      ...{ law: answerLaw, predicted: ({ nodes }) => answerMsBy(nodes) },
    },
    {
      ...{ what: "failed lookups", unit: "%", of: ({ failedPercent }) => failedPercent },
      law: "SIGCOMM 2001, figure 12, by turnover",
      predicted: ({ rate, nodes }) => (3 * 100 * rate) / nodes / 0.6,
    },
    {
      ...{ what: "successors that are wrong", unit: "%", law: equations },
      of: ({ pointers }) => 100 * pointers.successorsWrong,
      predicted: ({ predicted }) => 100 * predicted.successorsWrong,
    },
    {
      ...{ what: "fingers that are dead", unit: "%", law: equations },
      of: ({ pointers }) => 100 * pointers.fingersDead,
      predicted: ({ predicted }) => 100 * predicted.fingersDead,
    },
    {
      ...{ what: "bytes of a node", unit: "B/s", of: ({ bytesPerS }) => bytesPerS },
      ...{ law: "as the calmest", predicted: () => calmest.bytesPerS },
    },
  ];
}
