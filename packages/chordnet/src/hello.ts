import type { Dialect, HashName, RingParameters } from "@chordnet/core";
import { badParameter, hashNames, left, right, wireVersions } from "@chordnet/core";
import type { Refusal } from "@chordnet/transport";
import { defaultLimits } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";

/**
 * What the runtime adds to the transport's hello: which ring, and whether the sender is a member of it. Its bytes are
 * fixed in `docs/PROTOCOL.md`.
 *
 * @category hello
 */
export interface RingHello {
  /** Null: a client, or one who has not yet learned them. */
  readonly ring: RingParameters | null;
  readonly member: boolean;
  readonly virtualNodes: number;
  /** Of the wire on which the ring's nodes talk: what clients are told of on another one. */
  readonly dialect: Dialect;
  /** The longest frame that the ring's nodes read. A hello without a ring says nothing of it: 65,536, as is usual. */
  readonly frameBytesMax: number;
}

/** Why the bytes are no hello. */
export interface BadHello {
  readonly _tag: "BadHello";
  readonly reason: "empty" | "unknown-version" | "truncated" | "too-long" | "bad-parameter";
  readonly detail: string;
}

/** The longest that is read. What this version writes has 93 bytes at most; later ones may add to it. */
export const helloBytesMax = 1024;

const memberFlag = 1;
const ringFlag = 2;
const authorityFlag = 4;
const unconfirmedFlag = 8;
const fixedBytes = 25;

/** What who says nothing of it reads: a client, or a node of an earlier version. */
export const usualFrameBytesMax: number = defaultLimits.frameBytesMax;

/** No transport may read less. */
export const frameBytesLeast = 2_048;

/** Writes a hello. */
export function encodeHello(hello: RingHello): Uint8Array {
  const { ring } = hello;
  const bytes = new Uint8Array(ring === null ? 4 : fixedBytes + ring.name.length + 4);
  const view = new DataView(bytes.buffer);
  bytes[0] = wireVersions[1];
  bytes[1] = flagsOf(hello);
  view.setUint16(2, hello.virtualNodes);
  if (ring === null) return bytes;
  view.setUint16(4, ring.bits);
  bytes[6] = hashNames.indexOf(ring.hash);
  bytes[7] = ring.successors;
  view.setFloat64(8, ring.intervalMs);
  view.setFloat64(16, ring.leaseMs);
  bytes[24] = ring.name.length;
  for (let i = 0; i < ring.name.length; i += 1) bytes[fixedBytes + i] = ring.name.charCodeAt(i);
  view.setUint32(fixedBytes + ring.name.length, hello.frameBytesMax);
  return bytes;
}

/** Reads a hello; what follows the fields that this version knows is left alone. */
export function decodeHello(bytes: Uint8Array): Either<BadHello, RingHello> {
  const first = bytes[0];
  if (first === undefined) return bad("empty", "no ring hello");
  // Later versions only add behind what is known: 0 has never been one.
  if (first === 0) return bad("unknown-version", "version 0");
  if (bytes.length > helloBytesMax) return bad("too-long", `${bytes.length} bytes`);
  if (bytes.length < 4) return bad("truncated", `${bytes.length} bytes`);
  const flags = bytes[1] ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const member = (flags & memberFlag) !== 0;
  const virtualNodes = view.getUint16(2);
  const dialect: Dialect = {
    hashed: (flags & authorityFlag) === 0 ? "url" : "authority",
    confirms: (flags & unconfirmedFlag) === 0,
  };
  if ((flags & ringFlag) === 0)
    return right({ ring: null, member, virtualNodes, dialect, frameBytesMax: usualFrameBytesMax });
  if (bytes.length < fixedBytes) return bad("truncated", `${bytes.length} bytes`);
  const nameEnd = fixedBytes + view.getUint8(24);
  if (bytes.length < nameEnd) return bad("truncated", `${bytes.length} bytes`);
  const ring = readRing(view, String.fromCharCode(...bytes.subarray(fixedBytes, nameEnd)));
  const wrong = badParameter(ring);
  if (wrong !== null) return bad("bad-parameter", `${wrong.parameter} ${String(wrong.value)}`);
  // Earlier versions end behind the name.
  if (bytes.length > nameEnd && bytes.length < nameEnd + 4) return bad("truncated", `${bytes.length} bytes`);
  const frameBytesMax = bytes.length === nameEnd ? usualFrameBytesMax : view.getUint32(nameEnd);
  if (frameBytesMax < frameBytesLeast) return bad("bad-parameter", `frameBytesMax ${frameBytesMax}`);
  return right({ ring, member, virtualNodes, dialect, frameBytesMax });
}

/** A ring parameter that two sides see differently. */
export interface Difference {
  readonly parameter: keyof RingParameters;
  readonly ours: string | number;
  readonly theirs: string | number;
}

/** The first parameter in which `theirs` is not what `ours` says; those that `ours` leaves open don't count. */
export function difference(ours: Partial<RingParameters>, theirs: RingParameters): Difference | null {
  for (const parameter of ["name", "bits", "hash", "successors", "intervalMs", "leaseMs"] as const) {
    const mine = ours[parameter];
    if (mine !== undefined && mine !== theirs[parameter]) {
      return { parameter, ours: mine, theirs: theirs[parameter] };
    }
  }
  return null;
}

/**
 * Why a node at `address` has nothing to do with who sent this hello, or null. Who says nothing of a ring is a client,
 * or greets to learn; all else must be of our ring, which is null as long as it is not known.
 */
export function judgement(payload: Uint8Array, ours: RingParameters | null, address: string): Refusal | null {
  const hello = decodeHello(payload);
  if (hello._tag === "Left")
    return { code: "bad-hello", detail: `${hello.left.reason}: ${hello.left.detail}` };
  if (ours === null) return { code: "not-ready", detail: `${address} is starting` };
  if (hello.right.ring === null) return null;
  const wrong = difference(ours, hello.right.ring);
  if (wrong === null) return null;
  const detail = `the ring here has ${wrong.parameter} ${wrong.ours}, yours ${wrong.theirs}`;
  return { code: "ring-mismatch", detail };
}

function flagsOf({ ring, member, dialect }: RingHello): number {
  return (
    (member ? memberFlag : 0) |
    (ring === null ? 0 : ringFlag) |
    (dialect.hashed === "authority" ? authorityFlag : 0) |
    (dialect.confirms ? 0 : unconfirmedFlag)
  );
}

function readRing(view: DataView, name: string): RingParameters {
  return {
    name,
    bits: view.getUint16(4),
    // An unknown number is caught as a bad parameter.
    hash: hashNames[view.getUint8(6)] ?? (`#${view.getUint8(6)}` as HashName),
    successors: view.getUint8(7),
    intervalMs: view.getFloat64(8),
    leaseMs: view.getFloat64(16),
  };
}

function bad(reason: BadHello["reason"], detail: string): Either<BadHello, never> {
  return left({ _tag: "BadHello", reason, detail });
}
