import type { Millis, RingParameters } from "@chordnet/core";
import { defaultRing } from "@chordnet/core";
import type { Faults } from "../simulation/network.js";
import type { Act } from "./act.js";

/** How often things are done to the ring, a minute, all nodes together. */
export interface Rates {
  readonly joins: number;
  readonly leaves: number;
  readonly crashes: number;
  /** Crashes that are followed by a start in place, up to three seconds later. */
  readonly restarts: number;
  /** Many joins at one instant. */
  readonly storms: number;
  readonly pauses: number;
  readonly sleeps: number;
  readonly jumps: number;
  readonly slowdowns: number;
  readonly cuts: number;
  readonly flaps: number;
  /** Half of all crash at one instant. */
  readonly disasters: number;
  readonly lookups: number;
  readonly puts: number;
  readonly gets: number;
  readonly deletes: number;
  /** Owners that crash as they acknowledge a change. */
  readonly strikes: number;
}

/** How hard each of them is. */
export interface Sizes {
  readonly pauseMs: Millis;
  /** How many processes may be stopped, asleep or slow at once. */
  readonly pausedMax: number;
  readonly jumpMs: Millis;
  readonly stepMs: Millis;
  readonly slowMs: Millis;
  readonly cutMs: Millis;
  readonly flapMs: Millis;
  readonly stormNodes: number;
  /** No process crashes or leaves sooner than this after another. */
  readonly lossGapMs: Millis;
}

/** What all runs of one kind have in common: plain data. */
export interface Conditions {
  readonly ring: Partial<RingParameters>;
  readonly virtualNodes: number;
  readonly faults: Faults;
  /** Clocks are too fast or too slow by up to this share. */
  readonly drift: number;
  /** Nobody crashes or leaves while fewer processes than this are members: a ring whose last member goes is gone. */
  readonly membersMin: number;
  /** What each node is told: who sees fewer processes than this claims nothing. 1: nobody looks. */
  readonly minMembers: number;
  /** Different keys that are looked up. */
  readonly keys: number;
  /** How many processes are there from the beginning, as an ideal ring: for rings too large to be grown. */
  readonly founded: number;
  /** How values are kept; null: there are none. */
  readonly store: StoreConditions | null;
}

export interface StoreConditions {
  readonly copies: number;
  readonly tombstoneMs: Millis;
  /** The least and the most that a disk takes for a batch; one in a hundred takes 20 times as long. */
  readonly diskMs: readonly [least: Millis, most: Millis];
  /** The share of what stores say to each other that is lost. */
  readonly callLoss: number;
  /** The share of batches that a disk does not do. */
  readonly writeLoss: number;
  /** Whether losses come one after another, with repairs between: then no acknowledged value may be lost. */
  readonly spaced: boolean;
}

/**
 * A kind of run: a ring of so many nodes grows in peace, has so many minutes of trouble, and is left in peace again.
 */
export interface Scenario extends Conditions {
  readonly seed: number;
  /** How many processes there are at first: those that are not `founded` join one after another. */
  readonly nodes: number;
  readonly minutes: number;
  readonly perMinute: Rates;
  readonly sizes: Sizes;
}

/** One run, to the last act: a function of this alone. Plain data. */
export interface Schedule extends Conditions {
  readonly seed: number;
  /** From when to when the network has its faults. After that, peace. */
  readonly trouble: { readonly from: Millis; readonly until: Millis };
  readonly acts: ReadonlyArray<Act>;
}

const still: Rates = {
  joins: 0,
  leaves: 0,
  crashes: 0,
  restarts: 0,
  storms: 0,
  pauses: 0,
  sleeps: 0,
  jumps: 0,
  slowdowns: 0,
  cuts: 0,
  flaps: 0,
  disasters: 0,
  lookups: 0,
  puts: 0,
  gets: 0,
  deletes: 0,
  strikes: 0,
};

const usual: Sizes = {
  pauseMs: 10_000,
  pausedMax: 1,
  jumpMs: 5000,
  stepMs: 50,
  slowMs: 10_000,
  cutMs: 20_000,
  flapMs: 10_000,
  stormNodes: 8,
  lossGapMs: 0,
};

/** What a scenario is made from: all but the seed has a default, and by default nothing happens. */
export interface ScenarioOptions extends Partial<Omit<Scenario, "perMinute" | "sizes" | "faults">> {
  readonly seed: number;
  readonly faults?: Partial<Faults>;
  readonly perMinute?: Partial<Rates>;
  readonly sizes?: Partial<Sizes>;
}

/**
 * A whole scenario from what is special about it. Throws a `RangeError` for a name that no scenario has, which would do
 * nothing, for a rate that is no number from 0 on, and for a share that is none from 0 to 1.
 *
 * @example
 * assert.deepStrictEqual(scenario({ seed: 1 }).ring, { intervalMs: 500, leaseMs: 1125 })
 * assert.strictEqual(scenario({ seed: 1, faults: { loss: 0.1 } }).faults.duplication, 0)
 * assert.throws(() => scenario({ seed: 1, perMinute: { crash: 3 } }), RangeError)
 */
export function scenario(options: ScenarioOptions): Scenario {
  const whole: Scenario = {
    ...common,
    ...options,
    ring: { intervalMs: 500, leaseMs: 1125, ...options.ring },
    faults: { ...mild, ...options.faults },
    perMinute: { ...still, ...options.perMinute },
    sizes: { ...usual, ...options.sizes },
  };
  check(whole);
  return whole;
}

const common: Omit<Scenario, "seed" | "ring" | "faults" | "perMinute" | "sizes"> = {
  nodes: 16,
  minutes: 1,
  virtualNodes: 1,
  drift: 0,
  membersMin: 3,
  minMembers: 1,
  keys: 24,
  founded: 0,
  store: null,
};

const mild: Faults = { latencyMs: [1, 30], loss: 0, duplication: 0 };

function check({ ring, faults, perMinute, sizes, ...rest }: Scenario): void {
  checkNames("a scenario", rest, [...Object.keys(common), "seed"]);
  checkNames("ring", ring, Object.keys(defaultRing));
  checkNames("faults", faults, [...Object.keys(mild), "tail", "reordering"]);
  checkNames("perMinute", perMinute, Object.keys(still));
  checkNames("sizes", sizes, Object.keys(usual));
  for (const [name, rate] of Object.entries(perMinute)) checkNumber(`perMinute.${name}`, rate);
  const { loss, duplication, reordering = 1 } = faults;
  for (const [name, share] of Object.entries({ loss, duplication, reordering }))
    checkNumber(`faults.${name}`, share, 1);
}

function checkNames(what: string, given: object, known: ReadonlyArray<string>): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new RangeError(`${what} has no ${unknown}, only ${[...known].sort().join(", ")}`);
}

function checkNumber(what: string, value: number, most: number = Number.MAX_VALUE): void {
  if (value >= 0 && value <= most) return;
  throw new RangeError(`${what} must be a number from 0 ${most === 1 ? "to 1" : "on"}, not ${value}`);
}
