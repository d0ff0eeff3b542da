import fc from "fast-check";
import type { ViolationKind } from "../checks/violation.js";
import type { PlayOptions } from "../play.js";
import { play } from "../play.js";
import type { Act, Deed } from "../schedule/act.js";
import type { Conditions, Schedule } from "../schedule/scenario.js";
import { scenario } from "../schedule/scenario.js";

/** What schedules are drawn from. */
export interface ScheduleParts {
  /** What differs from `scenario`'s defaults: the ring's parameters, virtual nodes, the network's faults. */
  readonly conditions?: Partial<Conditions>;
  /** How many processes are there when the acts begin. */
  readonly nodes?: number;
  /** How many acts there are at most. */
  readonly actsMax?: number;
  /** What else is done than `promisedDeeds`: by default nothing, as little is promised then. */
  readonly deeds?: fc.Arbitrary<Deed>;
}

const intervalMs = 500;

/** Joins, leaves, crashes that refuse, restarts and lookups, of up to so many processes. */
export function promisedDeeds(processes: number): fc.Arbitrary<Deed> {
  const who = fc.nat(processes - 1);
  return fc.oneof(
    fc.record({ _tag: fc.constant("Start" as const), who }),
    fc.record({ _tag: fc.constant("Leave" as const), who }),
    fc.record({ _tag: fc.constant("Crash" as const), who }),
    fc.record({ _tag: fc.constant("Lookup" as const), who, key: fc.nat(23) }),
  );
}

/**
 * Schedules of `play`: a ring grows, then the acts, one up to two intervals after the other. They shrink to fewer acts.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { play } from "@chordnet/simulator";
 * import { schedules } from "@chordnet/simulator/testing";
 * import fc from "fast-check";
 *
 * const few = schedules({ nodes: 3, actsMax: 4 });
 * fc.assert(
 *   fc.property(few, (schedule) => assert.deepStrictEqual(play(schedule).violations, [])),
 *   { numRuns: 5 },
 * );
 * ```
 */
export function schedules(parts: ScheduleParts = {}): fc.Arbitrary<Schedule> {
  const { conditions = {}, nodes = 6, actsMax = 20 } = parts;
  const deeds = parts.deeds ?? promisedDeeds(2 * nodes);
  const {
    perMinute: _,
    sizes: __,
    minutes: ___,
    nodes: ____,
    ...basis
  } = scenario({ seed: 0, ...conditions });
  const founded = Array.from(
    { length: nodes },
    (_, who): Act => ({ at: who * intervalMs, _tag: "Start", who }),
  );
  const from = (nodes + 10) * intervalMs;
  const later = fc.array(fc.tuple(fc.nat(2 * intervalMs), deeds), { maxLength: actsMax });
  return fc.tuple(fc.nat(), later).map(([seed, drawn]) => {
    const acts = [...founded];
    let at = from;
    for (const [after, deed] of drawn) {
      at += after;
      acts.push({ at, ...deed });
    }
    return { ...basis, seed, acts, trouble: { from, until: at + intervalMs } };
  });
}

const promises = {
  "no two nodes claim one key, and epochs rise": ["Overlap", "EpochFell", "EpochShared"],
  "every answer is true": ["WrongAnswer", "AnswerFell", "NoAnswer"],
  "a register that checks epochs takes no stale write, and the owner's always": [
    "StaleWrite",
    "OwnerRefused",
  ],
  "left in peace the ring becomes ideal, and every lookup is right": ["NotHealed", "WrongInPeace"],
  "what a node keeps has bounds and order": ["Unbounded", "ListDisordered", "ToItself"],
} as const satisfies Readonly<Record<string, ReadonlyArray<ViolationKind>>>;

/** A promise and its property, for the test runner and `fc.assert`. */
export interface RingProperty {
  readonly name: string;
  readonly property: fc.IProperty<[Schedule]>;
}

/**
 * What rings promise, as properties of schedules: for a configuration of your own, or, through `prepare`, a codec or a
 * step of your own.
 *
 * @example
 * ```ts
 * import { ringProperties } from "@chordnet/simulator/testing";
 * import fc from "fast-check";
 *
 * const ownRing = { conditions: { ring: { successors: 2 } }, nodes: 3, actsMax: 5 };
 * for (const { property } of ringProperties(ownRing)) fc.assert(property, { numRuns: 2 });
 * ```
 */
export function ringProperties(
  parts: ScheduleParts & Pick<PlayOptions, "prepare"> = {},
): ReadonlyArray<RingProperty> {
  const { prepare } = parts;
  return Object.entries(promises).map(([name, kinds]: readonly [string, ReadonlyArray<ViolationKind>]) => ({
    name,
    property: fc.property(schedules(parts), (schedule) => {
      const { violations } = play(schedule, prepare === undefined ? {} : { prepare });
      const broken = violations.find(({ _tag }) => kinds.includes(_tag));
      if (broken !== undefined) throw new Error(`${broken._tag} at ${broken.at} ms`);
    }),
  }));
}
