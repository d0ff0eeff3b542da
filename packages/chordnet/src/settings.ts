import type { LookupMode, NodeLimits, Recorder, RingParameters } from "@chordnet/core";
import {
  badParameter,
  defaultLeaseMs,
  defaultRing,
  jitterMax,
  limitsLeast,
  limitsMost,
  virtualNodesMax,
} from "@chordnet/core";
import type { Transport } from "@chordnet/transport";
import type { EventName } from "./api.js";
import { ChordNetError } from "./errors.js";
import { describe } from "./key.js";
import { harmlessLogger } from "./logging.js";
import type { ChordNetOptions, RingOptions } from "./options.js";
import type { Clock, Logger, Random } from "./ports.js";
import { silentLogger, systemClock, systemRandom } from "./ports.js";
import { harmless } from "./recording.js";

/** A member's options, checked and complete. */
export interface Settings {
  readonly transport: Transport;
  readonly clientTransports: ReadonlyArray<Transport>;
  /** What the caller said of the ring: a ring that says otherwise is not joined. */
  readonly explicit: Partial<RingParameters>;
  /** The parameters of a ring that this node founds. */
  readonly own: RingParameters;
  readonly virtualNodes: number;
  readonly limits: Partial<NodeLimits>;
  readonly jitter: number;
  readonly aloneBySilence: boolean;
  readonly lookupMode: LookupMode;
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: Recorder | null;
}

/** The longest deadline that can be told to other nodes: a day. */
export const timeoutMsMax = 86_400_000;

const knownOptions: Readonly<Record<keyof ChordNetOptions, true>> = {
  transport: true,
  clientTransports: true,
  ring: true,
  bits: true,
  hash: true,
  successors: true,
  intervalMs: true,
  leaseMs: true,
  virtualNodes: true,
  limits: true,
  jitter: true,
  aloneBySilence: true,
  lookupMode: true,
  timeoutMs: true,
  logger: true,
  clock: true,
  random: true,
  recorder: true,
};

/** Checks and completes what the constructor was given. Throws `BAD_OPTION`, which names the option. */
export function settings(options: ChordNetOptions): Settings {
  if (typeof options !== "object" || options === null)
    throw badOption("options", options, "an object with a transport");
  const unknown = Object.keys(options).find((name) => !(name in knownOptions));
  if (unknown !== undefined)
    throw badOption("options", unknown, `one of ${Object.keys(knownOptions).join(", ")}`);
  const explicit = ringOptions(options);
  const told = logger(options.logger);
  return {
    transport: transport("transport", options.transport),
    clientTransports: transports(options.clientTransports),
    explicit,
    own: ownRing(explicit),
    virtualNodes: integer("virtualNodes", options.virtualNodes ?? 1, 1, virtualNodesMax),
    limits: limits(options.limits ?? {}),
    jitter: within("jitter", options.jitter ?? 0.1, 0, jitterMax),
    aloneBySilence: flag("aloneBySilence", options.aloneBySilence ?? true),
    lookupMode: lookupMode("lookupMode", options.lookupMode ?? "recursive"),
    timeoutMs: timeout("timeoutMs", options.timeoutMs ?? 5_000),
    logger: told,
    clock: withMethods("clock", options.clock ?? systemClock, ["now", "wall", "after"]),
    random: options.random ?? systemRandom,
    recorder: recorder(options.recorder, told),
  };
}

/** A duration for a deadline: more than 0 ms, and a day where it is `Infinity` or more than that. */
export function timeout(option: string, value: unknown): number {
  if (typeof value !== "number" || !(value > 0))
    throw badOption(option, value, "a number of milliseconds above 0");
  return Math.min(value, timeoutMsMax);
}

/** An integer from `least` to `most`. */
export function integer(option: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw badOption(option, value, `an integer from ${least} to ${most}`);
}

export function lookupMode(option: string, value: unknown): LookupMode {
  if (value === "recursive" || value === "iterative") return value;
  throw badOption(option, value, '"recursive" or "iterative"');
}

const knownEvents: Readonly<Record<EventName, true>> = {
  joined: true,
  left: true,
  successorChanged: true,
  predecessorChanged: true,
  rangeGained: true,
  rangeLost: true,
  peerEvicted: true,
  isolated: true,
  seedFailed: true,
};

/** A listener of a misspelt event would wait for ever. */
export function eventName<E extends EventName>(event: E): E {
  if (Object.hasOwn(knownEvents, event)) return event;
  throw badOption("event", event, `one of ${Object.keys(knownEvents).join(", ")}`);
}

/** Something that opens endpoints. */
export function transport(option: string, value: unknown): Transport {
  const given = value as Partial<Transport> | null | undefined;
  if (typeof given === "object" && given !== null && typeof given.open === "function")
    return given as Transport;
  throw badOption(option, value, "a transport, such as tcp() of @chordnet/transport-tcp");
}

function transports(value: unknown): ReadonlyArray<Transport> {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badOption("clientTransports", value, "an array of transports");
  return value.map((given) => transport("clientTransports", given));
}

function ringOptions(options: RingOptions): Partial<RingParameters> {
  const { ring, bits, hash, successors, intervalMs, leaseMs } = options;
  const given = Object.entries({ name: ring, bits, hash, successors, intervalMs, leaseMs });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function ownRing(explicit: Partial<RingParameters>): RingParameters {
  const intervalMs = explicit.intervalMs ?? defaultRing.intervalMs;
  const ring = { ...defaultRing, leaseMs: defaultLeaseMs(intervalMs), ...explicit };
  const bad = badParameter(ring);
  if (bad === null) return ring;
  throw badOption(bad.parameter === "name" ? "ring" : bad.parameter, bad.value, bad.allowed);
}

function limits(given: Partial<NodeLimits>): Partial<NodeLimits> {
  if (typeof given !== "object" || Array.isArray(given))
    throw badOption("limits", given, `an object with some of ${Object.keys(limitsMost).join(", ")}`);
  for (const [name, value] of Object.entries(given)) {
    const most = limitsMost[name as keyof NodeLimits];
    if (most === undefined) throw badOption("limits", name, `some of ${Object.keys(limitsMost).join(", ")}`);
    integer(`limits.${name}`, value, limitsLeast[name as keyof NodeLimits], most);
  }
  return given;
}

function within(option: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw badOption(option, value, `a number from ${least} to ${most}`);
}

function flag(option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw badOption(option, value, "true or false");
}

function withMethods<A extends object>(
  option: string,
  value: A,
  methods: ReadonlyArray<keyof A & string>,
): A {
  if (
    typeof value === "object" &&
    value !== null &&
    methods.every((name) => typeof value[name] === "function")
  ) {
    return value;
  }
  throw badOption(option, value, `an object with the methods ${methods.join(", ")}`);
}

/** One that can't harm who uses it. */
export function logger(given: Logger | undefined): Logger {
  return harmlessLogger(withMethods("logger", given ?? silentLogger, ["debug", "info", "warn", "error"]));
}

function recorder(given: Recorder | undefined, told: Logger): Recorder | null {
  if (given === undefined) return null;
  return harmless(withMethods("recorder", given, ["born", "stepped"]), told);
}

function badOption(option: string, value: unknown, allowed: string): ChordNetError {
  return new ChordNetError("BAD_OPTION", { option, received: describe(value), allowed });
}
