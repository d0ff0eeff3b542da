import type { RingParameters } from "@chordnet/core";
import type { Transport } from "@chordnet/transport";
import { canonicalAddress } from "../address.js";
import { object, timeout } from "../checks.js";
import { ChordNetError } from "../errors/errors.js";
import type { RingHello } from "../hello.js";
import { usualFrameBytesMax } from "../hello.js";
import type { ConnectOptions } from "../options.js";
import { type Logger, OwnClock, type Random } from "../ports.js";
import { clock, logger, ownRing, random, ringName, transport } from "../settings.js";

/** A client's options, checked and complete. */
export interface ConnectSettings {
  readonly transport: Transport;
  readonly via: ReadonlyArray<string>;
  /** What the caller said of the ring. */
  readonly explicit: Partial<RingParameters>;
  /** What every member would say on a wire that has no hello. */
  readonly unsaid: RingHello | null;
  /** Of each call that does not say otherwise, connecting included. */
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly clock: OwnClock;
  readonly random: Random;
}

const knownOptions: Readonly<Record<keyof ConnectOptions, true>> = {
  transport: true,
  via: true,
  timeoutMs: true,
  signal: true,
  ring: true,
  logger: true,
  clock: true,
  random: true,
};

/** Throws `BAD_OPTION`, which names the option; `NO_SEED` and `BAD_ADDRESS` where `via` names nobody. */
export function connectSettings(options: ConnectOptions): ConnectSettings {
  object("options", options, Object.keys(knownOptions));
  const dialler = transport("transport", options.transport);
  const list = typeof options.via === "string" ? [options.via] : options.via;
  if (!Array.isArray(list) || list.length === 0) throw new ChordNetError("NO_SEED", { seeds: [] });
  const explicit = ringName(options.ring);
  return {
    transport: dialler,
    via: [...new Set(list.map((address) => canonicalAddress(address, dialler.scheme)))],
    explicit,
    unsaid: unsaid(dialler, explicit),
    timeoutMs: timeout("timeoutMs", options.timeoutMs ?? lookupTimeoutMs),
    logger: logger(options.logger),
    clock: new OwnClock(clock(options.clock)),
    random: random(options.random),
  };
}

function unsaid({ foreign }: Transport, explicit: Partial<RingParameters>): RingHello | null {
  if (foreign === undefined) return null;
  const { dialect, ring } = foreign;
  const ofAll = { dialect, member: true, virtualNodes: 1, frameBytesMax: usualFrameBytesMax };
  return { ring: ownRing({ ...explicit, ...ring }), ...ofAll };
}

const lookupTimeoutMs = 5_000;
