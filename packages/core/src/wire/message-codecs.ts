import type { Either } from "fp-ts/lib/Either.js";
import type { Json } from "fp-ts/lib/Json.js";
import * as t from "io-ts";
import type { Space } from "../identifier.js";
import type { Message, MessageLimits } from "../message.js";
import { messageLimits } from "../message.js";
import type { Naming } from "../peer.js";
import { hopReasons, refusalCodes, unfoundReasons } from "./codes.js";
import {
  bytesCodec,
  countCodec,
  distanceCodec,
  epochCodec,
  flagCodec,
  idCodec,
  listCodec,
  millisCodec,
  nullable,
  peerCodec,
  ridCodec,
  textCodec,
  wordCodec,
} from "./part-codecs.js";

/**
 * An io-ts codec for each message, by tag: it judges what the binary decoder built (`is`), and goes to JSON and back
 * (`encode`, `decode`). `t.Type` allows its type neither more nor less than the interface in `message.ts`: the compiler
 * keeps the two from drifting apart.
 *
 * @category wire
 */
export type MessageCodecs = {
  readonly [Tag in Message["_tag"]]: t.Type<Extract<Message, { readonly _tag: Tag }>, Json, unknown>;
};

export interface MessageCodecOptions {
  readonly space: Space;
  readonly naming: Naming;
  readonly limits?: MessageLimits;
}

/**
 * The codecs of a ring: identifiers belong to its circle, a peer's id is what `naming` derives from its address.
 *
 * @example
 * const ring = space(16)
 * const { Route } = messageCodecs({ space: ring, naming: naming(ring, "sha256") })
 * assert.ok(Route.is({ _tag: "Route", rid: 1, target: 65535n }))
 * assert.ok(!Route.is({ _tag: "Route", rid: 1, target: 65536n }))
 */
export function messageCodecs(options: MessageCodecOptions): MessageCodecs {
  const limits = options.limits ?? messageLimits;
  const rid = ridCodec;
  const target = idCodec(options.space);
  const peer = peerCodec(options.space, options.naming);
  const peers = listCodec(peer, limits.peersMax);
  const token = t.strict({ epoch: epochCodec, length: distanceCodec(options.space) });
  const reports = listCodec(t.strict({ peer, token, handed: flagCodec }), limits.reportsMax);
  const why = wordCodec("HopReason", hopReasons);
  const trace = listCodec(t.strict({ peer, why, ms: millisCodec }), limits.hopsMax);
  const verdict = t.union([
    t.strict({ _tag: t.literal("Granted"), leaseMs: millisCodec }),
    t.strict({ _tag: t.literal("Wait"), soon: flagCodec }),
    t.strict({ _tag: t.literal("Handed"), token, beneath: reports }),
  ]);
  const neighbours = { predecessor: nullable(peer), successors: peers };
  return {
    Ask: t.strict({
      _tag: t.literal("Ask"),
      rid,
      token: nullable(token),
      unleasedMs: millisCodec,
      beneath: reports,
    }),
    Find: t.strict({ _tag: t.literal("Find"), rid, target, origin: peer, hops: countCodec }),
    Route: t.strict({ _tag: t.literal("Route"), rid, target }),
    Ping: t.strict({ _tag: t.literal("Ping"), rid }),
    Leave: t.strict({ _tag: t.literal("Leave"), rid, token, beneath: reports }),
    Circle: t.strict({ _tag: t.literal("Circle"), rid, origin: peer, epoch: epochCodec }),
    Query: t.strict({ _tag: t.literal("Query"), rid, target, timeoutMs: millisCodec, trace: flagCodec }),
    Inspect: t.strict({ _tag: t.literal("Inspect"), rid }),
    Status: t.strict({ _tag: t.literal("Status"), rid }),
    Introduce: t.strict({ _tag: t.literal("Introduce"), rid }),
    Introduced: t.strict({
      _tag: t.literal("Introduced"),
      rid,
      preceding: nullable(peer),
      successors: peers,
    }),
    Answer: t.strict({ _tag: t.literal("Answer"), rid, verdict, ...neighbours }),
    Found: t.strict({ _tag: t.literal("Found"), rid, token, leaseMs: millisCodec, hops: countCodec }),
    Unfound: t.strict({
      _tag: t.literal("Unfound"),
      rid,
      reason: wordCodec("UnfoundReason", unfoundReasons),
      hops: countCodec,
    }),
    Closer: t.strict({
      _tag: t.literal("Closer"),
      rid,
      peers: listCodec(t.strict({ peer, why }), limits.peersMax),
    }),
    Pong: t.strict({ _tag: t.literal("Pong"), rid }),
    Left: t.strict({ _tag: t.literal("Left"), rid, accepted: flagCodec }),
    Resolved: t.strict({
      _tag: t.literal("Resolved"),
      rid,
      owner: peer,
      token,
      leaseMs: millisCodec,
      hops: countCodec,
      trace,
    }),
    Refused: t.strict({
      _tag: t.literal("Refused"),
      rid,
      code: wordCodec("RefusalCode", refusalCodes),
      detail: textCodec(limits.detailBytesMax),
    }),
    Inspected: t.strict({
      _tag: t.literal("Inspected"),
      rid,
      self: peer,
      ...neighbours,
      claim: nullable(token),
      leaseMs: millisCodec,
    }),
    StatusReply: t.strict({ _tag: t.literal("StatusReply"), rid, json: bytesCodec(limits.jsonBytesMax) }),
    Depart: t.strict({ _tag: t.literal("Depart"), ...neighbours }),
  };
}

/**
 * A message as JSON, for traces and for people: identifiers and lengths in hexadecimal, bytes too.
 *
 * @example
 * const ring = space(16)
 * const codecs = messageCodecs({ space: ring, naming: naming(ring, "sha256") })
 * const route = { _tag: "Route", rid: 1, target: id(ring, 10n) }
 * assert.deepStrictEqual(toJson(codecs, route), { _tag: "Route", rid: 1, target: "000a" })
 * assert.deepStrictEqual(fromJson(codecs, toJson(codecs, route)), right(route))
 */
export function toJson<M extends Message>(codecs: MessageCodecs, message: M): Json {
  const codec = codecs[message._tag] as unknown as t.Type<M, Json, unknown>;
  return codec.encode(message);
}

/** The message that some JSON says, or why it is none. */
export function fromJson(codecs: MessageCodecs, json: unknown): Either<t.Errors, Message> {
  const tag = typeof json === "object" && json !== null ? (json as { _tag?: unknown })._tag : undefined;
  if (typeof tag === "string" && Object.hasOwn(codecs, tag))
    return codecs[tag as Message["_tag"]].decode(json);
  return t.failure(json, [{ key: "", type: t.never }], "no message of this tag");
}
