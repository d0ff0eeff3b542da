import type { Either } from "fp-ts/lib/Either.js";
import type { Space } from "../identifier.js";
import type { Message, MessageLimits } from "../message.js";
import { messageLimits } from "../message.js";
import type { Naming } from "../peer.js";
import type { DecodeError } from "./decode-error.js";
import { internedPeers } from "./interned.js";
import type { Kind, Kinds } from "./kinds.js";
import { codeRanges, kinds } from "./kinds.js";
import { messageCodecs } from "./message-codecs.js";
import { Reader } from "./reader.js";
import { Writer } from "./writer.js";

/**
 * The versions of the wire, oldest and newest, whose frames `codec` reads: what a node says in its hello, and the only
 * place where a version is written down. A new one raises the second number.
 */
export const wireVersions: readonly [min: number, max: number] = [1, 1];

/**
 * Messages to bytes and back. `docs/PROTOCOL.md` has the bytes.
 *
 * @category wire
 */
export interface Codec<M = Message> {
  /**
   * The frame of a message, the caller's to keep. Throws a `RangeError` for what the wire has no room for: past a
   * limit, an identifier outside the ring, an address that is none.
   */
  readonly encode: (envelope: Addressed<M>) => Uint8Array;
  /**
   * The message in a frame. Never throws, and builds nothing larger than the limits allow; keeps no part of `bytes`.
   */
  readonly decode: (bytes: Uint8Array) => Either<DecodeError, Addressed<M>>;
}

/** A message of any version, on its way between two virtual nodes: for version 1, an `Envelope`. */
export interface Addressed<M> {
  readonly from: number;
  readonly to: number;
  readonly message: M;
}

export interface CodecOptions {
  readonly space: Space;
  readonly naming: Naming;
  readonly limits?: MessageLimits;
}

/**
 * The codec of a ring, for this version of the wire.
 *
 * @example
 * const ring = space(16)
 * const wire = codec({ space: ring, naming: naming(ring, "sha256") })
 * const frame = wire.encode({ from: 0, to: 1, message: { _tag: "Ping", rid: 258 } })
 * assert.deepStrictEqual([...frame], [4, 1, 0, 0, 0, 0, 0, 1, 2])
 * assert.deepStrictEqual(wire.decode(frame), right({ from: 0, to: 1, message: { _tag: "Ping", rid: 258 } }))
 */
export function codec(options: CodecOptions): Codec {
  const guards = messageCodecs(options);
  return codecOf<Message>(kinds, (message) => guards[message._tag].is(message), options);
}

/**
 * A codec from a table of kinds: how another version is made. `conforms` judges each message that was decoded, before
 * anybody sees it, unless its kind is sound.
 */
export function codecOf<M extends { readonly _tag: string }>(
  table: Kinds<M>,
  conforms: (message: M) => boolean,
  options: CodecOptions,
): Codec<M> {
  const limits = options.limits ?? messageLimits;
  const writer = new Writer(options.space, limits);
  const reader = new Reader(options.space, limits, internedPeers(options.naming));
  const byTag = table as unknown as { readonly [tag: string]: Kind<M> | undefined };
  const byCode = indexed(Object.values(table) as ReadonlyArray<Kind<M>>);
  return {
    encode({ from, to, message }) {
      const kind = byTag[message._tag];
      if (kind === undefined) throw new RangeError(`no such message: ${message._tag}`);
      writer.start();
      writer.u8(kind.code);
      writer.place(to);
      writer.place(from);
      kind.write(writer, message);
      return writer.frame();
    },
    decode(bytes) {
      reader.start(bytes);
      const code = reader.u8();
      const to = reader.place();
      const from = reader.place();
      const kind = byCode[code];
      if (kind === undefined) return failed(reader.failure ?? unknownKind(reader, code, from, to));
      const message = kind.read(reader);
      reader.finish();
      if (reader.failure !== null) return failed(reader.failure);
      if (kind.sound !== true && !conforms(message))
        return failed({ _tag: "Malformed", part: "message", offset: 0 });
      return { _tag: "Right", right: { from, to, message } };
    },
  };
}

function indexed<M>(all: ReadonlyArray<Kind<M>>): ReadonlyArray<Kind<M> | undefined> {
  const byCode: (Kind<M> | undefined)[] = new Array(256).fill(undefined);
  for (const kind of all) byCode[kind.code] = kind;
  return byCode;
}

function unknownKind(reader: Reader, kind: number, from: number, to: number): DecodeError {
  if (kind < codeRanges.requests) return { _tag: "Malformed", part: "kind", offset: 0 };
  if (kind >= codeRanges.replies) return { _tag: "UnknownKind", kind, rid: null, from, to };
  const rid = reader.rid();
  return reader.failure ?? { _tag: "UnknownKind", kind, rid, from, to };
}

function failed(error: DecodeError): Either<DecodeError, never> {
  return { _tag: "Left", left: error };
}
