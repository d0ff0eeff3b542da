import type { Json } from "fp-ts/lib/Json.js";
import * as t from "io-ts";
import type { Distance, Id, Space } from "../identifier.js";
import { formatId, parseId } from "../identifier.js";
import type { Incarnation, Naming, Peer } from "../peer.js";
import { isAddress } from "../peer.js";
import { utf8Length } from "../utf8.js";
import type { Words } from "./codes.js";
import { millisMax } from "./writer.js";

/** A codec between a part of a message and its JSON. */
export type Part<A> = t.Type<A, Json, unknown>;

/** A codec that checks, and changes nothing: for what JSON has anyway. */
export function plain<A extends Json>(name: string, is: (u: unknown) => u is A): Part<A> {
  return new t.Type<A, Json, unknown>(
    name,
    is,
    (u, context) => (is(u) ? t.success(u) : t.failure(u, context)),
    (a) => a,
  );
}

function integerUpTo(name: string, max: number): Part<number> {
  return plain(name, (u): u is number => typeof u === "number" && u >= 0 && u <= max && Math.floor(u) === u);
}

export const ridCodec: Part<number> = integerUpTo("RequestId", 2 ** 48 - 1);
export const epochCodec: Part<number> = integerUpTo("Epoch", Number.MAX_SAFE_INTEGER);
export const incarnationCodec: Part<Incarnation> = integerUpTo("Incarnation", Number.MAX_SAFE_INTEGER);
export const countCodec: Part<number> = integerUpTo("Count", 0xffff_ffff);
/** Any number, exactly: what JSON has no number for is told in a word. */
export const numberCodec: Part<number> = new t.Type<number, Json, unknown>(
  "Number",
  (u): u is number => typeof u === "number",
  (u, context) => {
    if (typeof u === "number") return t.success(u);
    return typeof u === "string" && Object.hasOwn(words, u) ? t.success(Number(u)) : t.failure(u, context);
  },
  (value) => (Number.isFinite(value) && !Object.is(value, -0) ? value : wordOf(value)),
);

const words = { Infinity: true, "-Infinity": true, NaN: true, "-0": true };

function wordOf(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** As on the wire: whole milliseconds, at most `millisMax`. */
export const millisCodec: Part<number> = integerUpTo("Millis", millisMax);
export const flagCodec: Part<boolean> = plain("Flag", (u): u is boolean => typeof u === "boolean");

/** One of some words. */
export function wordCodec<A extends string>(name: string, words: Words<A>): Part<A> {
  return plain(name, (u): u is A => typeof u === "string" && Object.hasOwn(words.codes, u));
}

/** A text of at most `bytesMax` bytes in UTF-8. */
export function textCodec(bytesMax: number): Part<string> {
  return plain("Text", (u): u is string => typeof u === "string" && utf8Length(u) <= bytesMax);
}

/** Bytes, at most `bytesMax`; in JSON as hexadecimal. */
export function bytesCodec(bytesMax: number): Part<Uint8Array> {
  const is = (u: unknown): u is Uint8Array => u instanceof Uint8Array && u.length <= bytesMax;
  return new t.Type<Uint8Array, Json, unknown>(
    "Bytes",
    is,
    (u, context) => {
      if (typeof u !== "string" || u.length > 2 * bytesMax || !/^([0-9a-f]{2})*$/.test(u))
        return t.failure(u, context);
      return t.success(Uint8Array.from(u.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
    },
    (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  );
}

/** A point of the ring; in JSON as `formatId` writes it. */
export function idCodec(ring: Space): Part<Id> {
  const { mask } = ring;
  return new t.Type<Id, Json, unknown>(
    "Id",
    (u): u is Id => typeof u === "bigint" && u >= 0n && u <= mask,
    (u, context) => {
      const point = typeof u === "string" ? parseId(ring, u) : null;
      return point === null ? t.failure(u, context) : t.success(point);
    },
    (point) => formatId(ring, point),
  );
}

/** The length of a range, 2^bits included; in JSON as hexadecimal. */
export function distanceCodec(ring: Space): Part<Distance> {
  const is = (u: unknown): u is Distance => typeof u === "bigint" && u >= 0n && u <= ring.size;
  return new t.Type<Distance, Json, unknown>(
    "Distance",
    is,
    (u, context) => {
      if (typeof u !== "string" || !/^[0-9a-f]{1,65}$/i.test(u)) return t.failure(u, context);
      const value = BigInt(`0x${u}`);
      return is(value) ? t.success(value) : t.failure(u, context);
    },
    (length) => length.toString(16),
  );
}

/**
 * A peer whose id is the hash of its address. Peers that passed once are not judged again: they never change, and the
 * decoder gives the same ones again and again.
 */
export function peerCodec(ring: Space, naming: Naming): Part<Peer> {
  const passed = new WeakSet<object>();
  const judge = (u: object): boolean => {
    const { id, address, incarnation } = u as Partial<Record<keyof Peer, unknown>>;
    const sound = typeof address === "string" && isAddress(address) && incarnationCodec.is(incarnation);
    if (!sound || naming(address) !== id) return false;
    passed.add(u);
    return true;
  };
  const id = idCodec(ring);
  return new t.Type<Peer, Json, unknown>(
    "Peer",
    (u): u is Peer => typeof u === "object" && u !== null && (passed.has(u) || judge(u)),
    (u, context) => {
      if (typeof u !== "object" || u === null) return t.failure(u, context);
      const { id: written, address, incarnation } = u as Partial<Record<keyof Peer, unknown>>;
      const peer = { id: typeof written === "string" ? parseId(ring, written) : null, address, incarnation };
      return judge(peer) ? t.success(peer as Peer) : t.failure(u, context);
    },
    (peer) => ({ id: id.encode(peer.id), address: peer.address, incarnation: peer.incarnation }),
  );
}

/** The thing itself or null. */
export function nullable<A>(part: Part<A>): Part<A | null> {
  return new t.Type<A | null, Json, unknown>(
    `${part.name} | null`,
    (u): u is A | null => u === null || part.is(u),
    (u, context) => (u === null ? t.success(null) : part.validate(u, context)),
    (a) => (a === null ? null : part.encode(a)),
  );
}

/** At most `max` things. */
export function listCodec<A>(part: Part<A>, max: number): Part<ReadonlyArray<A>> {
  const list = t.readonlyArray(part);
  const few = (u: unknown): boolean => Array.isArray(u) && u.length <= max;
  return new t.Type<ReadonlyArray<A>, Json, unknown>(
    list.name,
    (u): u is ReadonlyArray<A> => few(u) && list.is(u),
    (u, context) => (few(u) ? list.validate(u, context) : t.failure(u, context)),
    list.encode,
  );
}
