import type { Dialect } from "./dialect.js";
import { ownDialect } from "./dialect.js";
import type { HashName } from "./hash.js";
import type { Space } from "./identifier.js";
import { space } from "./identifier.js";
import { checkInteger, isIntegerWithin, isWithin } from "./integer.js";
import type { Millis } from "./message.js";
import type { Naming } from "./peer.js";
import { sharedNaming } from "./peer.js";

/**
 * What must be the same for every node of a ring. It is set where the ring is created and learned by who joins.
 *
 * @category configuration
 */
export interface RingParameters {
  /** A name, so that two rings don't mix by mistake. */
  readonly name: string;
  /** How many bits an identifier has: 1 to 256. */
  readonly bits: number;
  readonly hash: HashName;
  /**
   * How many successors a node keeps in its list: 1 to 32. A ring survives that many neighbours dying at once, less
   * one.
   */
  readonly successors: number;
  /** Each node speaks to its successor once in this time: 10 ms to an hour. */
  readonly intervalMs: Millis;
  /** How long an owner may claim its range after its heir answered: 1.5 to 100 intervals. */
  readonly leaseMs: Millis;
}

/** One node's own bounds. Past each: a typed refusal. */
export interface NodeLimits {
  /** Lookups and inspections under way, 1 to 65,280. What the ring itself asks has room of its own beside them. */
  readonly pendingMax: number;
  /** Peers kept as hints for routing. */
  readonly routesMax: number;
  /** Peers remembered beyond those in use. 0: none, and then rings that fell apart don't find together. */
  readonly rememberedMax: number;
  /** Nodes that one lookup may contact. */
  readonly hopsMax: number;
}

export interface Config {
  readonly ring: RingParameters;
  readonly limits: NodeLimits;
  readonly space: Space;
  readonly naming: Naming;
  /**
   * Ticks are drawn from the interval ± this share, so that nodes don't march in step. 0 for exhaustive exploration,
   * 0.5 at most.
   */
  readonly jitter: number;
  /** Whether a node from which everybody has fallen silent (not: refused) may conclude that it is alone. */
  readonly aloneBySilence: boolean;
  /** A node that sees fewer processes of its ring, its own among them, claims nothing: 1 (any) to r + 1. */
  readonly minMembers: number;
  readonly dialect: Dialect;
}

/** What a ring is like where its founder says nothing else. */
export const defaultRing: RingParameters = {
  name: "chordnet",
  bits: 160,
  hash: "sha256",
  successors: 8,
  intervalMs: 1000,
  leaseMs: 2250,
};

/** A node's bounds where nothing else is said. */
export const defaultLimits: NodeLimits = {
  pendingMax: 16_384,
  routesMax: 1024,
  rememberedMax: 48,
  hopsMax: 64,
};

/**
 * How many requests of the ring's own (asks, pings, introductions, joins, leaves) may be under way, whatever users ask.
 * Lookups of fingers have their room among those of users.
 */
export const ringRequestsMax = 256;

/** The least that each limit may be. */
export const limitsLeast: NodeLimits = { pendingMax: 1, routesMax: 1, rememberedMax: 0, hopsMax: 1 };

/** The most that each limit may be. */
export const limitsMost: NodeLimits = {
  pendingMax: 65_280,
  routesMax: 65_536,
  rememberedMax: 1024,
  hopsMax: 64,
};

/** The most that the jitter may be: it makes intervals up to 1.5 times as long, and no lease is shorter than that. */
export const jitterMax = 0.5;

/** The lease that goes with an interval. */
export function defaultLeaseMs(intervalMs: Millis): Millis {
  return Math.round(intervalMs * 2.25);
}

/** The most that `minMembers` may be: a node sees itself and its successors. */
export function minMembersMost({ successors }: Pick<RingParameters, "successors">): number {
  return successors + 1;
}

/** Why parameters can't be a ring's. */
export interface BadParameter {
  readonly _tag: "BadParameter";
  readonly parameter: keyof RingParameters;
  readonly value: unknown;
  readonly allowed: string;
}

/** The first parameter that is out of its bounds, or null. */
export function badParameter(ring: RingParameters): BadParameter | null {
  const rules: ReadonlyArray<readonly [keyof RingParameters, boolean, string]> = [
    ["name", isName(ring.name), "1 to 64 printable ASCII characters without spaces"],
    ["bits", isIntegerWithin(ring.bits, 1, 256), "an integer from 1 to 256"],
    ["hash", ring.hash === "sha256" || ring.hash === "sha1", '"sha256" or "sha1"'],
    ["successors", isIntegerWithin(ring.successors, 1, 32), "an integer from 1 to 32"],
    ["intervalMs", isWithin(ring.intervalMs, 10, 3_600_000), "10 to 3,600,000 milliseconds"],
    [
      "leaseMs",
      isWithin(ring.leaseMs, 1.5 * ring.intervalMs, 100 * ring.intervalMs),
      "1.5 to 100 times intervalMs",
    ],
  ];
  for (const [parameter, good, allowed] of rules) {
    if (!good) return { _tag: "BadParameter", parameter, value: ring[parameter], allowed };
  }
  return null;
}

/**
 * Completes a configuration. Throws a `RangeError` for parameters that `badParameter` refuses, and for limits and
 * jitter out of bounds.
 */
export function configure(
  ring: RingParameters,
  options: Partial<Omit<Config, "ring" | "space" | "naming" | "limits">> & {
    limits?: Partial<NodeLimits>;
  } = {},
): Config {
  const bad = badParameter(ring);
  if (bad !== null) throw new RangeError(`${bad.parameter} must be ${bad.allowed}, not ${String(bad.value)}`);
  const limits = { ...defaultLimits, ...options.limits };
  for (const name of Object.keys(limitsMost) as Array<keyof NodeLimits>)
    checkInteger(name, limits[name], limitsLeast[name], limitsMost[name]);
  const jitter = options.jitter ?? 0.1;
  if (!(jitter >= 0 && jitter <= jitterMax))
    throw new RangeError(`jitter must be from 0 to ${jitterMax}, not ${jitter}`);
  const minMembers = options.minMembers ?? 1;
  checkInteger("minMembers", minMembers, 1, minMembersMost(ring));
  const circle = space(ring.bits);
  const dialect = options.dialect ?? ownDialect;
  return {
    ring,
    limits,
    space: circle,
    naming: sharedNaming(circle, ring.hash, dialect.hashed),
    jitter,
    aloneBySilence: options.aloneBySilence ?? true,
    minMembers,
    dialect,
  };
}

/** `unknown`: values come from configuration files, whatever their types say. */
function isName(value: unknown): boolean {
  return typeof value === "string" && /^[\x21-\x7e]{1,64}$/.test(value);
}
