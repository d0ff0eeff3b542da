import type { Simulation } from "@chordnet/simulator";
import { cheapChecks, draw, play, scenario } from "@chordnet/simulator";
import type { WrongPointers } from "./pointers.js";
import { wrongPointers } from "./pointers.js";
import type { Traffic } from "./traffic.js";
import { weigh } from "./traffic.js";

export interface ChurnSetting {
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Joins a second, and crashes a second, of the whole ring. */
  readonly rate: number;
  readonly lookupsPerS: number;
}

export interface ChurnFigures {
  readonly rate: number;
  readonly nodes: number;
  readonly minutes: number;
  readonly sessionMinutes: number;
  readonly lookups: number;
  readonly wrong: number;
  readonly failedPercent: number;
  readonly hops: number;
  readonly answerMs: number;
  readonly bytesPerS: number;
  readonly messagesPerS: number;
  readonly pointers: WrongPointers;
  readonly predicted: WrongPointers;
  readonly healedInIntervals: number | null;
  readonly violations: Readonly<Record<string, number>>;
  readonly bytesByKind: Readonly<Record<string, number>>;
  readonly events: number;
  readonly traceHash: string;
}

const sampleMs = 10_000;

/**
 * An ideal ring of so many nodes; then others join and some crash at random times, as many of the one as of the other,
 * while keys are looked up by anybody. Then peace, until the ring is ideal.
 */
export function churn({ seed, nodes, minutes, rate, lookupsPerS }: ChurnSetting): ChurnFigures {
  const perMinute = { joins: 60 * rate, crashes: 60 * rate, lookups: 60 * lookupsPerS };
  const ring = { intervalMs: 1000, leaseMs: 2250 };
  const faults = { latencyMs: [20, 80] as const };
  const schedule = draw(
    scenario({ seed, nodes, founded: nodes, minutes, ring, faults, perMinute, keys: 10_000 }),
  );
  const { from, until } = schedule.trouble;
  const samples: WrongPointers[] = [];
  let traffic: Traffic | undefined;
  let nodeMs = 0;
  const prepare = (simulation: Simulation): void => {
    simulation.trace.detail = "brief";
    simulation.schedule(from, () => {
      traffic = weigh(simulation);
      nodeMs = simulation.nodeMs();
    });
    for (let at = from + sampleMs; at < until; at += sampleMs) {
      simulation.schedule(at, () => samples.push(wrongPointers(simulation)));
    }
    simulation.schedule(until, () => {
      simulation.carried = (message) => message;
      nodeMs = simulation.nodeMs() - nodeMs;
    });
  };
  const result = play(schedule, { checks: cheapChecks, prepare });
  const { asked, failed, hopsMean, msMean } = result.lookups;
  const nodeS = nodeMs / 1000;
  return {
    rate,
    nodes,
    minutes,
    sessionMinutes: nodes / rate / 60,
    lookups: asked,
    wrong: (result.counts.WrongAnswer ?? 0) + (result.counts.AnswerFell ?? 0),
    failedPercent: (100 * failed) / asked,
    hops: hopsMean,
    answerMs: msMean,
    bytesPerS: (traffic?.bytes ?? 0) / nodeS,
    messagesPerS: (traffic?.messages ?? 0) / nodeS,
    pointers: mean(samples),
    predicted: predicted(nodes, rate, ring.intervalMs),
    healedInIntervals: result.healedInIntervals,
    violations: result.counts,
    bytesByKind: Object.fromEntries(
      [...(traffic?.bytesByKind ?? [])].map(([kind, bytes]) => [kind, bytes / nodeS]),
    ),
    events: result.events,
    traceHash: result.traceHash,
  };
}

/**
 * What Krishnamurthy, El-Ansary, Aurell and Haridi (A Statistical Theory of Chord under Churn, 2005) say of nodes that
 * stabilise so often for each that fails: w1 = 2 / (3 + rα), half of them dead. Of fingers to leading order: one that
 * is looked up anew in so many intervals as there are fingers, and dies meanwhile.
 */
function predicted(nodes: number, rate: number, intervalMs: number): WrongPointers {
  const stabilizations = nodes / rate / (intervalMs / 1000);
  const fingers = Math.log2(nodes);
  const successorsWrong = 2 / (3 + stabilizations);
  const fingersDead = 1 / (1 + stabilizations / fingers);
  return { successorsWrong, successorsDead: successorsWrong / 2, fingersWrong: 2 * fingersDead, fingersDead };
}

function mean(samples: ReadonlyArray<WrongPointers>): WrongPointers {
  const of = (name: keyof WrongPointers): number =>
    samples.reduce((sum, sample) => sum + sample[name], 0) / Math.max(1, samples.length);
  return {
    successorsWrong: of("successorsWrong"),
    successorsDead: of("successorsDead"),
    fingersWrong: of("fingersWrong"),
    fingersDead: of("fingersDead"),
  };
}
