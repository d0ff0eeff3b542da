import { defaultRing, minMembersMost, valueBytesMost } from "@chordnet/core";
import { memoryStorage, type Storage } from "@chordnet/storage";
import { isUnspecified } from "@chordnet/transport";
import type { ChordNetOptions, StoreOptions } from "chordnet";
import type { Url } from "../arguments.js";
import type { CredentialOptions } from "../credential-options.js";
import { credentialsFor, isSecured } from "../credentials.js";
import { wrongUsage } from "../failure.js";
import type { Environment } from "../terminal.js";
import { listener } from "../transports.js";

/** What was typed behind `chordnet start`. */
export interface StartOptions extends CredentialOptions {
  readonly listen: ReadonlyArray<Url>;
  readonly advertise?: Url;
  readonly join?: ReadonlyArray<Url>;
  readonly create?: boolean;
  readonly joinTimeoutMs?: number;
  readonly leaveTimeoutMs: number;
  readonly intervalMs?: number;
  readonly successors?: number;
  readonly virtualNodes?: number;
  readonly minMembers?: number;
  readonly bits?: number;
  readonly hash?: "sha256" | "sha1";
  /** The folder for values; in memory where there is none. */
  readonly data?: string;
  readonly sync?: "always" | "interval";
  readonly quota?: number;
  readonly copies?: number;
  readonly copiesMin?: number;
  readonly valueBytesMax?: number;
  /** Nobody is waited for who was down together with the folder. */
  readonly othersGone?: boolean;
  /** The file that the node's life is written to. */
  readonly record?: string;
  readonly logLevel?: string;
  /** Where operators look. */
  readonly admin?: { readonly host: string; readonly port: number };
  /** The network is the user's own: strangers who reach the node are no danger. */
  readonly insecure?: boolean;
  readonly json?: boolean;
}

/** How the node becomes a member. */
export type Beginning =
  | { readonly _tag: "Create" }
  | { readonly _tag: "Join"; readonly seeds: ReadonlyArray<string> }
  | { readonly _tag: "JoinOrCreate"; readonly seeds: ReadonlyArray<string> };

/** Create, join, or both; throws a `Failure` of status 2 for what can't work whatever the network does. */
export function beginning(options: StartOptions): Beginning {
  const seeds = (options.join ?? []).map(({ text }) => text);
  if (seeds.length === 0) {
    if (options.create !== true) {
      throw wrongUsage(
        "say how to begin: --create founds a ring, --join URL joins one, both do what is needed",
      );
    }
    if (options.joinTimeoutMs !== undefined) {
      throw wrongUsage("--join-timeout-ms goes with --join: who founds a ring waits for nobody");
    }
    return { _tag: "Create" };
  }
  if (options.create === true) return { _tag: "JoinOrCreate", seeds };
  const own = ownAddress(options);
  if (own !== null && seeds.every((seed) => seed === own)) {
    throw wrongUsage(
      `${own} cannot join itself: name another member with --join, or found a ring with --create`,
    );
  }
  return { _tag: "Join", seeds };
}

/**
 * The node's options. A parameter of the ring that was not typed is left out: it is learned from the ring that the
 * node joins, while one that was typed must be that ring's.
 */
export async function nodeOptions(
  options: StartOptions,
  env: Environment,
  warn: (message: string) => void,
): Promise<ChordNetOptions> {
  const [main, ...others] = options.listen;
  if (main === undefined) throw wrongUsage("--listen URL is missing");
  checkAddresses(main, options);
  checkMinMembers(options);
  const credentials = credentialsFor(options.listen, options, env, warn);
  if (options.insecure !== true) for (const open of options.listen.filter(isOpenToAll)) warn(openToAll(open));
  return {
    transport: await listener(main, credentials, options.advertise),
    clientTransports: await Promise.all(others.map((url) => listener(url, credentials))),
    ring: options.ring,
    intervalMs: options.intervalMs,
    successors: options.successors,
    virtualNodes: options.virtualNodes,
    minMembers: options.minMembers,
    bits: options.bits,
    hash: options.hash,
    store: await store(options),
  };
}

/** Whether whoever reaches this machine can take part. */
function isOpenToAll(url: Url): boolean {
  return !isSecured(url) && !/^(localhost|127\..*|::1)$/.test(url.host);
}

function openToAll({ text }: Url): string {
  return (
    `${text} is not encrypted, and lets everybody in who reaches it: listen on tls:// or wss://, ` +
    "or say --insecure if this network is your own"
  );
}

async function store(options: StartOptions): Promise<StoreOptions> {
  const { copies, copiesMin, valueBytesMax, othersGone, data } = options;
  if (valueBytesMax !== undefined && valueBytesMax > valueBytesMost)
    throw wrongUsage(`--value-bytes-max ${valueBytesMax} is too much: ${valueBytesMost} at most`);
  if (copiesMin !== undefined && copiesMin > (copies ?? 3))
    throw wrongUsage(`--copies-min ${copiesMin} is more than --copies: nothing could ever be put`);
  if (othersGone === true && data === undefined)
    throw wrongUsage("--others-gone goes with --data: in memory nobody is known from before");
  return { storage: await storage(options), copies, copiesMin, valueBytesMax, othersGone };
}

/** Loads LMDB only where values go to disk. */
async function storage({ data, sync, quota }: StartOptions): Promise<Storage> {
  if (data === undefined) {
    if (sync !== undefined) throw wrongUsage("--sync goes with --data: what is in memory is on no disk");
    return memoryStorage({ quotaBytes: quota });
  }
  const { lmdbStorage } = await import("@chordnet/storage-lmdb");
  return lmdbStorage({ path: data, sync, quotaBytes: quota });
}

/** A node sees itself and its successor list: more it could never count. */
function checkMinMembers({ minMembers = 1, successors = defaultRing.successors }: StartOptions): void {
  const most = minMembersMost({ successors });
  if (minMembers > most)
    throw wrongUsage(
      `--min-members ${minMembers} is more than a node sees: ${most} at most, one more than --successors`,
    );
}

function checkAddresses(main: Url, { advertise, join = [] }: StartOptions): void {
  if (advertise === undefined && isUnspecified(main.host)) {
    throw wrongUsage(
      `--listen ${main.text} is no address that others can dial: add --advertise ${main.scheme}://HOST:PORT`,
    );
  }
  for (const other of [...(advertise === undefined ? [] : [advertise]), ...join]) {
    if (other.scheme !== main.scheme) {
      throw wrongUsage(
        `${other.text} does not go with --listen ${main.text}: all members of a ring share one scheme`,
      );
    }
  }
}

/** Null where it is known only once the node listens, or where another process may be behind it. */
function ownAddress({ listen: [own], advertise }: StartOptions): string | null {
  return own === undefined || own.port === 0 || advertise !== undefined ? null : own.text;
}
