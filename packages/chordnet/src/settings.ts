import type { LookupMode, NodeLimits, Recorder, RingParameters } from "@chordnet/core";
import {
  badParameter,
  defaultLeaseMs,
  defaultRing,
  jitterMax,
  limitsLeast,
  limitsMost,
  minMembersMost,
  virtualNodesMax,
} from "@chordnet/core";
import type { LinkLimits, Transport } from "@chordnet/transport";
import { defaultLimits } from "@chordnet/transport";
import {
  badOption,
  callable,
  flag,
  integer,
  lookupMode,
  number,
  object,
  timeout,
  withMethods,
} from "./checks.js";
import { guarded } from "./guarded.js";
import { frameBytesLeast } from "./hello.js";
import { harmlessLogger } from "./observing/logging.js";
import { harmlessRecorder } from "./observing/recording.js";
import type { ChordNetOptions, RingOptions } from "./options.js";
import type { Clock, Logger, Metrics, Random } from "./ports.js";
import { silentLogger, systemClock, systemRandom } from "./ports.js";
import type { StoreSetup } from "./store/setup.js";
import { storeSetup } from "./store/setup.js";

/** Of milliseconds, and of whatever else is counted. */
const timerMax = 2 ** 31 - 1;

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
  readonly linkLimits: Partial<LinkLimits>;
  readonly jitter: number;
  readonly aloneBySilence: boolean;
  readonly minMembers: number;
  readonly lookupMode: LookupMode;
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: Recorder | null;
  readonly store: StoreSetup;
}

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
  linkLimits: true,
  jitter: true,
  aloneBySilence: true,
  minMembers: true,
  lookupMode: true,
  timeoutMs: true,
  logger: true,
  metrics: true,
  clock: true,
  random: true,
  recorder: true,
  store: true,
};

/** Checks and completes what the constructor was given. Throws `BAD_OPTION`, which names the option. */
export function settings(options: ChordNetOptions): Settings {
  object("options", options, Object.keys(knownOptions));
  const chosen = transport("transport", options.transport);
  const explicit = ringOptions(options);
  checkForeign(chosen, explicit, options.virtualNodes);
  const told = logger(options.logger);
  return {
    transport: chosen,
    clientTransports: transports(options.clientTransports),
    explicit,
    own: ownRing({ ...explicit, ...chosen.foreign?.ring }),
    virtualNodes: integer("virtualNodes", options.virtualNodes ?? 1, 1, virtualNodesMax),
    limits: limits(options.limits ?? {}),
    linkLimits: linkLimits(options.linkLimits ?? {}),
    jitter: number("jitter", options.jitter ?? 0.1, 0, jitterMax),
    minMembers: integer("minMembers", options.minMembers ?? 1, 1, minMembersMost(ownRing(explicit))),
    aloneBySilence: flag("aloneBySilence", options.aloneBySilence ?? true),
    lookupMode: lookupMode("lookupMode", options.lookupMode ?? "recursive"),
    timeoutMs: timeout("timeoutMs", options.timeoutMs ?? 5_000),
    logger: told,
    metrics: metrics(options.metrics, told),
    clock: clock(options.clock),
    random: random(options.random),
    recorder: recorder(options.recorder, told),
    store: storeSetup(options.store),
  };
}

/** What is fixed on somebody else's wire can't be had otherwise; and what they know of no node is `#1`. */
function checkForeign(
  { foreign }: Transport,
  explicit: Partial<RingParameters>,
  virtualNodes: number | undefined,
): void {
  if (foreign === undefined) return;
  for (const [name, fixed] of Object.entries(foreign.ring)) {
    const told = explicit[name as keyof RingParameters];
    if (told !== undefined && told !== fixed) {
      throw badOption(name === "name" ? "ring" : name, told, `${fixed}, as in every ring of this transport`);
    }
  }
  if (virtualNodes !== undefined && virtualNodes !== 1) {
    throw badOption("virtualNodes", virtualNodes, "1 with this transport");
  }
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

/** A ring's name alone, as who connects may insist on it. */
export function ringName(value: string | undefined): { readonly name?: string } {
  return value === undefined ? {} : { name: ownRing({ name: value }).name };
}

function ringOptions(options: RingOptions): Partial<RingParameters> {
  const { ring, bits, hash, successors, intervalMs, leaseMs } = options;
  const given = Object.entries({ name: ring, bits, hash, successors, intervalMs, leaseMs });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** The parameters of a ring of which this was said. Throws `BAD_OPTION`. */
export function ownRing(explicit: Partial<RingParameters>): RingParameters {
  const intervalMs = explicit.intervalMs ?? defaultRing.intervalMs;
  const ring = { ...defaultRing, leaseMs: defaultLeaseMs(intervalMs), ...explicit };
  const bad = badParameter(ring);
  if (bad === null) return ring;
  throw badOption(bad.parameter === "name" ? "ring" : bad.parameter, bad.value, bad.allowed);
}

function limits(given: Partial<NodeLimits>): Partial<NodeLimits> {
  object("limits", given, Object.keys(limitsMost));
  for (const [name, value] of Object.entries(given)) {
    const limit = name as keyof NodeLimits;
    integer(`limits.${name}`, value, limitsLeast[limit], limitsMost[limit]);
  }
  return given;
}

function linkLimits(given: Partial<LinkLimits>): Partial<LinkLimits> {
  object("linkLimits", given, Object.keys(defaultLimits));
  for (const [name, value] of Object.entries(given))
    integer(`linkLimits.${name}`, value, name === "frameBytesMax" ? frameBytesLeast : 1, timerMax);
  return given;
}

/** One that can't harm who uses it. Of those who give none it is the same. */
export function logger(given: Logger | undefined): Logger {
  if (given === undefined) return silentLogger;
  return harmlessLogger(withMethods("logger", given, ["debug", "info", "warn", "error"]));
}

export function clock(given: Clock | undefined): Clock {
  return withMethods("clock", given ?? systemClock, ["now", "wall", "after"]);
}

export function random(given: Random | undefined): Random {
  return callable("random", given ?? systemRandom);
}

/** One that can't harm who uses it. */
function metrics(given: Metrics | undefined, told: Logger): Metrics | null {
  if (given === undefined) return null;
  const { took } = withMethods("metrics", given, ["took"]);
  return {
    took: (...measured) =>
      guarded(
        () => took.apply(given, measured),
        (error) => told.error("metrics threw", error),
      ),
  };
}

function recorder(given: Recorder | undefined, told: Logger): Recorder | null {
  if (given === undefined) return null;
  return harmlessRecorder(withMethods("recorder", given, ["born", "stepped"]), told);
}
