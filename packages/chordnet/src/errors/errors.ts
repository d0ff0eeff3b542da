import type { StorageErrorCode } from "@chordnet/storage";

/** Who can do something about it: the one who called, the network between, or the node at the other end. */
export type Fault = "caller" | "network" | "peer";

/** Why one seed could not be used. */
export interface SeedFailure {
  /** Its address; `seeds()` where the function that finds them is what failed. */
  readonly seed: string;
  /**
   * Short and stable: `refused`, `unreachable`, `silent`, `not-member`, `ring-mismatch`, `self`, `failed`, `empty`, …
   */
  readonly reason: string;
  readonly detail: string;
}

/** What each error carries, by its code. The README of this package explains each of them. */
export interface ErrorData {
  readonly NOT_MEMBER: { readonly phase: string };
  readonly ALREADY_MEMBER: { readonly phase: string };
  readonly CLOSED: { readonly phase: string };
  /** `last`: what stood in the way last, where somebody said so. */
  readonly TIMEOUT: { readonly timeoutMs: number; readonly what: string; readonly last?: string };
  readonly ABORTED: { readonly what: string };
  readonly NO_OWNER: { readonly attempts: number; readonly last: string };
  readonly OVERLOADED: { readonly limit: number | null };
  readonly BAD_KEY: { readonly received: string };
  readonly BAD_OPTION: { readonly option: string; readonly received: string; readonly allowed: string };
  readonly BAD_ADDRESS: { readonly address: string; readonly reason: string };
  readonly RING_MISMATCH: {
    readonly seed: string;
    readonly parameter: string;
    readonly ours: string | number;
    readonly theirs: string | number;
  };
  readonly SELF_JOIN: { readonly address: string };
  readonly NO_SEED: { readonly seeds: ReadonlyArray<SeedFailure> };
  readonly ID_TAKEN: { readonly by: string };
  readonly ADDRESS_TAKEN: { readonly address: string };
  readonly ADDRESS_IN_USE: { readonly reason: string };
  readonly ADDRESS_UNAVAILABLE: { readonly reason: string };
  readonly TOO_MANY_FILES: { readonly reason: string };
  readonly ADDRESS_UNREACHABLE: { readonly address: string; readonly reason: string };
  readonly PEER_UNREACHABLE: { readonly address: string; readonly reason: string };
  readonly REFUSED: { readonly address: string; readonly reason: string; readonly detail: string };
  readonly UNCONFIRMED: { readonly what: string };
  readonly NOT_OWNER: { readonly owner: string | null };
  readonly NO_HANDLER: { readonly address: string; readonly reason: string };
  readonly HANDLER_FAILED: { readonly address: string; readonly detail: string };
  readonly INTERRUPTED: { readonly address: string; readonly reason: string };
  readonly TOO_LARGE: { readonly what: string; readonly limitBytes: number };
  readonly STORAGE_UNUSABLE: { readonly reason: StorageErrorCode; readonly detail: string };
  readonly TOO_FEW_COPIES: { readonly copies: number; readonly copiesMin: number };
  /** `addresses`: whose disk is full, or quota is used up. Empty where the key's owner does not say. */
  readonly NO_ROOM: { readonly reason: "full" | "quota"; readonly addresses: ReadonlyArray<string> };
  readonly RING_BROKEN: { readonly at: string; readonly reason: string };
}

/** The stable name of an error: program against this, not against the message. */
export type ErrorCode = keyof ErrorData;

interface Entry<C extends ErrorCode> {
  readonly fault: Fault;
  readonly explain: (data: ErrorData[C]) => string;
}

const entries: { readonly [C in ErrorCode]: Entry<C> } = {
  NOT_MEMBER: {
    fault: "caller",
    explain: ({ phase }) => `this node is ${phase}, not a member of a ring: await create() or join() first`,
  },
  ALREADY_MEMBER: {
    fault: "caller",
    explain: ({ phase }) =>
      `this node is ${phase === "member" ? "a member" : phase} already: make another ChordNet for another ring`,
  },
  CLOSED: {
    fault: "caller",
    explain: ({ phase }) => `this node is ${phase}: a ChordNet lives once, make a new one to come back`,
  },
  TIMEOUT: {
    fault: "network",
    explain: ({ what, timeoutMs, last }) =>
      `${what} took longer than ${timeoutMs} ms${last === undefined ? "" : ` (${last})`}: ` +
      "try again, or give it a longer timeoutMs",
  },
  ABORTED: { fault: "caller", explain: ({ what }) => `${what} was aborted by its signal` },
  NO_OWNER: {
    fault: "network",
    explain: ({ attempts, last }) =>
      `no live node confirmed that it owns the key (attempts: ${attempts}, last: ${last}): ${
        last === "too-few-members" ? "start more nodes (minMembers)" : "the ring may be healing, try again"
      }`,
  },
  OVERLOADED: {
    fault: "caller",
    explain: ({ limit }) =>
      `too much in flight${limit === null ? "" : ` (${limit} at most)`}: await some of it before asking for more`,
  },
  BAD_KEY: {
    fault: "caller",
    explain: ({ received }) =>
      `a key is a string, a Uint8Array or { id } with a bigint or hexadecimal digits within the ring, not ${received}`,
  },
  BAD_OPTION: {
    fault: "caller",
    explain: ({ option, received, allowed }) => `${option} must be ${allowed}, not ${received}`,
  },
  BAD_ADDRESS: {
    fault: "caller",
    explain: ({ address, reason }) => `bad address ${address}: ${reason}`,
  },
  RING_MISMATCH: {
    fault: "caller",
    explain: ({ seed, parameter, ours, theirs }) =>
      `the ring of ${seed} has ${parameter} ${theirs}, and not ${ours}: leave the option out, or name a node of the other ring`,
  },
  SELF_JOIN: {
    fault: "caller",
    explain: ({ address }) => `${address} is this node itself: name another member, or create() the ring`,
  },
  NO_SEED: {
    fault: "network",
    explain: ({ seeds }) =>
      seeds.length === 0
        ? "no node was given: name at least one member's address"
        : `none of the given nodes could be used (${seeds.map(({ seed, detail }) => `${seed}: ${detail}`).join("; ")}): ` +
          "name a member that can be reached from here",
  },
  ID_TAKEN: {
    fault: "caller",
    explain: ({ by }) => `this node's id is that of ${by}: advertise another address, or use more bits`,
  },
  ADDRESS_TAKEN: {
    fault: "caller",
    explain: ({ address }) => `another process is alive at ${address}: advertise this process's own address`,
  },
  ADDRESS_IN_USE: {
    fault: "caller",
    explain: ({ reason }) => `${reason}: stop what listens there, or choose another port, 0 for any`,
  },
  ADDRESS_UNAVAILABLE: {
    fault: "caller",
    explain: ({ reason }) =>
      `${reason}: choose an address of this machine, and a port that this user may use`,
  },
  TOO_MANY_FILES: {
    fault: "caller",
    explain: ({ reason }) =>
      `${reason}: let this process open more (ulimit -n), or spread its nodes over several processes`,
  },
  ADDRESS_UNREACHABLE: {
    fault: "caller",
    explain: ({ address, reason }) =>
      `other nodes cannot reach this one at ${address} (${reason}): advertise an address that they can dial`,
  },
  PEER_UNREACHABLE: {
    fault: "network",
    explain: ({ address, reason }) =>
      `${address} cannot be reached (${reason}): is it running, and is the address right?`,
  },
  REFUSED: {
    fault: "peer",
    explain: ({ address, reason, detail }) => `${address} refused: ${detail === "" ? reason : detail}`,
  },
  UNCONFIRMED: {
    fault: "caller",
    explain: ({ what }) => `${what}: the nodes of this ring confirm nothing, they are not ChordNet's`,
  },
  NOT_OWNER: {
    fault: "caller",
    explain: ({ owner }) =>
      `this node does not own the key${owner === null ? " any more" : `, ${owner} does`}: do it there`,
  },
  NO_HANDLER: {
    fault: "peer",
    explain: ({ address, reason }) =>
      `the key's owner, ${address}, handles no requests (${reason}): call onRequest() there before it joins`,
  },
  HANDLER_FAILED: {
    fault: "peer",
    explain: ({ address, detail }) => `at the key's owner, ${address}, the handler failed: ${detail}`,
  },
  INTERRUPTED: {
    fault: "network",
    explain: ({ address, reason }) =>
      `the stream to or from ${address} broke off (${reason}): begin it again, the handler may have seen a part`,
  },
  TOO_LARGE: {
    fault: "caller",
    explain: ({ what, limitBytes }) =>
      `${what} is larger than ${limitBytes} bytes: ${
        what === "the value"
          ? "cut it up, or have all nodes take more (valueBytesMax)"
          : "use a stream, or send less"
      }`,
  },
  STORAGE_UNUSABLE: {
    fault: "caller",
    explain: ({ reason, detail }) => `the storage cannot be used (${reason}): ${detail}`,
  },
  TOO_FEW_COPIES: {
    fault: "network",
    explain: ({ copies, copiesMin }) =>
      `${copies} processes would keep it, ${copiesMin} are the least: start more, or ask for fewer`,
  },
  NO_ROOM: {
    fault: "peer",
    explain: ({ reason, addresses }) =>
      `there is no room at ${addresses.join(", ") || "those that should keep it"}: ${
        reason === "quota" ? "raise the quota" : "make room on the full disk"
      } there, or start more nodes`,
  },
  RING_BROKEN: {
    fault: "peer",
    explain: ({ at, reason }) => `the ring is broken at ${at}: ${reason}; it may be healing, try again`,
  },
};

/** Every code, for tables and tests. */
export const errorCodes: ReadonlyArray<ErrorCode> = Object.keys(entries) as ErrorCode[];

/**
 * What every method of this package rejects with. `code` is stable, `fault` says who can do something about it, `data`
 * has the particulars, `message` is one line that says what to do.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { ChordNetError } from "chordnet";
 *
 * const error = new ChordNetError("BAD_KEY", { received: "a number" });
 * assert.strictEqual(error.fault, "caller");
 * ```
 */
export class ChordNetError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = "ChordNetError";
  readonly code: C;
  readonly fault: Fault;
  readonly data: ErrorData[C];

  constructor(code: C, data: ErrorData[C], options?: ErrorOptions) {
    const entry: Entry<C> = entries[code];
    super(entry.explain(data), options);
    this.code = code;
    this.fault = entry.fault;
    this.data = data;
  }
}

/**
 * Whether something caught is an error of this package, with this code if one is given.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { ChordNetError, isChordNetError } from "chordnet";
 *
 * const caught = new ChordNetError("BAD_KEY", { received: "a number" });
 * if (isChordNetError(caught, "BAD_KEY")) assert.strictEqual(caught.data.received, "a number");
 * ```
 */
export function isChordNetError<C extends ErrorCode = ErrorCode>(
  caught: unknown,
  code?: C,
): caught is ChordNetError<C> {
  return caught instanceof ChordNetError && (code === undefined || caught.code === code);
}
