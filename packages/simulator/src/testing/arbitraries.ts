import type {
  Address,
  Distance,
  Envelope,
  Epoch,
  Hop,
  HopReason,
  Id,
  Incarnation,
  Message,
  MessageLimits,
  Naming,
  Peer,
  RefusalCode,
  Report,
  Space,
  Token,
  UnfoundReason,
  Verdict,
} from "@chordnet/core";
import { id, messageLimits, space, utf8, virtualAddress } from "@chordnet/core";
import fc from "fast-check";

const hopReasons: ReadonlyArray<HopReason> = ["successor", "finger", "route", "predecessor", "told"];
const unfoundReasons: ReadonlyArray<UnfoundReason> = ["unclaimed", "hops-exceeded"];
const refusalCodes: ReadonlyArray<RefusalCode> = [
  "not-member",
  "gone",
  "overloaded",
  "no-owner",
  "id-taken",
  "unsupported",
];

/** Circles of every width, the narrow ones and the usual one more often. */
export function spaces(): fc.Arbitrary<Space> {
  return fc
    .oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(16, 63, 64, 65, 127, 128, 160, 255, 256))
    .map(space);
}

/** Any point, the first and the last ones more often. */
export function ids(ring: Space): fc.Arbitrary<Id> {
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: ring.mask }) },
      { weight: 1, arbitrary: fc.constantFrom(0n, 1n, ring.mask - 1n, ring.mask) },
    )
    .map((value) => id(ring, value));
}

/** Any length of a range; nothing and everything more often. */
export function distances(ring: Space): fc.Arbitrary<Distance> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: ring.size }) },
    { weight: 1, arbitrary: fc.constantFrom(0n, 1n, ring.mask, ring.size) },
  );
}

/** A non-negative integer that JavaScript holds exactly. */
function safeIntegers(): fc.Arbitrary<number> {
  return fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));
}

const uint32: fc.Arbitrary<number> = fc.oneof(
  fc.nat(300),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(127, 128, 16_383, 16_384, 2 ** 32 - 1),
);

/** Any text without unpaired surrogates, of up to `lengthMax` characters. */
export function wellFormedTexts(lengthMax = 24): fc.Arbitrary<string> {
  const scalar = fc.oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
    fc.constantFrom(0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfeff, 0xffff, 0x10000, 0x10ffff),
  );
  return fc.array(scalar, { maxLength: lengthMax }).map((points) => String.fromCodePoint(...points));
}

export function addresses(bytesMax: number = messageLimits.addressBytesMax): fc.Arbitrary<Address> {
  const host = fc.string({ unit: fc.constantFrom(..."abcxyz0189.-[]:%"), minLength: 1, maxLength: 24 });
  const index = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 65_535 }));
  return fc
    .tuple(fc.constantFrom("tcp", "ws", "wss", "memory", "a+b.c-1"), host, index)
    .map(([scheme, name, i]) => virtualAddress(`${scheme}://${name}`, i))
    .filter((address) => address.length <= bytesMax);
}

export interface MessageArbitraries {
  readonly peer: fc.Arbitrary<Peer>;
  readonly token: fc.Arbitrary<Token>;
  readonly report: fc.Arbitrary<Report>;
  readonly message: fc.Arbitrary<Message>;
  readonly envelope: fc.Arbitrary<Envelope>;
  /** Each kind's own, by tag. */
  readonly byTag: { readonly [Tag in Message["_tag"]]: fc.Arbitrary<Extract<Message, { _tag: Tag }>> };
}

/** What messages are made of: to be narrowed where a test wants them to concern somebody. */
export interface MessageParts {
  readonly address?: fc.Arbitrary<Address>;
  readonly incarnation?: fc.Arbitrary<Incarnation>;
  readonly epoch?: fc.Arbitrary<Epoch>;
}

/** Messages as the wire can carry them: times are whole milliseconds, lists are within `limits`. */
export function messages(
  ring: Space,
  naming: Naming,
  limits: MessageLimits = messageLimits,
  parts: MessageParts = {},
): MessageArbitraries {
  const {
    address = addresses(limits.addressBytesMax),
    incarnation = safeIntegers(),
    epoch = safeIntegers(),
  } = parts;
  const rid = fc.oneof(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.constantFrom(0, 2 ** 32, 2 ** 48 - 1));
  const peer = fc
    .record({ address, incarnation })
    .map((named): Peer => ({ id: naming(named.address), ...named }));
  const token: fc.Arbitrary<Token> = fc.record({ epoch, length: distances(ring) });
  const report: fc.Arbitrary<Report> = fc.record({ peer, token, handed: fc.boolean() });
  const beneath = fc.array(report, { maxLength: Math.min(4, limits.reportsMax) });
  const why = fc.constantFrom(...hopReasons);
  const hop: fc.Arbitrary<Hop> = fc.record({ peer, why, ms: uint32 });
  const peers = fc.array(peer, { maxLength: Math.min(6, limits.peersMax) });
  const candidates = fc.array(fc.record({ peer, why }), { maxLength: Math.min(6, limits.peersMax) });
  const trace = fc.array(hop, { maxLength: Math.min(4, limits.hopsMax) });
  const predecessor = fc.option(peer, { nil: null });
  const target = ids(ring);
  const detail = wellFormedTexts(40).filter((text) => utf8(text).length <= limits.detailBytesMax);
  const json = fc.uint8Array({ maxLength: Math.min(64, limits.jsonBytesMax) });
  const verdict: fc.Arbitrary<Verdict> = fc.oneof(
    fc.record({ _tag: fc.constant("Granted" as const), leaseMs: uint32 }),
    fc.record({ _tag: fc.constant("Wait" as const), soon: fc.boolean() }),
    fc.record({ _tag: fc.constant("Handed" as const), token, beneath }),
  );
  const byTag: MessageArbitraries["byTag"] = {
    Ask: fc.record({
      _tag: fc.constant("Ask" as const),
      rid,
      token: fc.option(token, { nil: null }),
      unleasedMs: uint32,
      beneath,
    }),
    Find: fc.record({ _tag: fc.constant("Find" as const), rid, target, origin: peer, hops: uint32 }),
    Route: fc.record({ _tag: fc.constant("Route" as const), rid, target }),
    Ping: fc.record({ _tag: fc.constant("Ping" as const), rid }),
    Introduce: fc.record({ _tag: fc.constant("Introduce" as const), rid }),
    Introduced: fc.record({
      _tag: fc.constant("Introduced" as const),
      rid,
      preceding: fc.option(peer, { nil: null }),
      successors: peers,
    }),
    Leave: fc.record({ _tag: fc.constant("Leave" as const), rid, token, beneath }),
    Circle: fc.record({ _tag: fc.constant("Circle" as const), rid, origin: peer, epoch }),
    Query: fc.record({
      _tag: fc.constant("Query" as const),
      rid,
      target,
      timeoutMs: uint32,
      trace: fc.boolean(),
    }),
    Inspect: fc.record({ _tag: fc.constant("Inspect" as const), rid }),
    Status: fc.record({ _tag: fc.constant("Status" as const), rid }),
    Answer: fc.record({ _tag: fc.constant("Answer" as const), rid, verdict, predecessor, successors: peers }),
    Found: fc.record({ _tag: fc.constant("Found" as const), rid, token, leaseMs: uint32, hops: uint32 }),
    Unfound: fc.record({
      _tag: fc.constant("Unfound" as const),
      rid,
      reason: fc.constantFrom(...unfoundReasons),
      hops: uint32,
    }),
    Closer: fc.record({ _tag: fc.constant("Closer" as const), rid, peers: candidates }),
    Pong: fc.record({ _tag: fc.constant("Pong" as const), rid }),
    Left: fc.record({ _tag: fc.constant("Left" as const), rid, accepted: fc.boolean() }),
    Resolved: fc.record({
      _tag: fc.constant("Resolved" as const),
      rid,
      owner: peer,
      token,
      leaseMs: uint32,
      hops: uint32,
      trace,
    }),
    Refused: fc.record({
      _tag: fc.constant("Refused" as const),
      rid,
      code: fc.constantFrom(...refusalCodes),
      detail,
    }),
    Inspected: fc.record({
      _tag: fc.constant("Inspected" as const),
      rid,
      self: peer,
      predecessor,
      successors: peers,
      claim: fc.option(token, { nil: null }),
      leaseMs: uint32,
    }),
    StatusReply: fc.record({ _tag: fc.constant("StatusReply" as const), rid, json }),
    Depart: fc.record({ _tag: fc.constant("Depart" as const), predecessor, successors: peers }),
  };
  const message: fc.Arbitrary<Message> = fc.oneof(...(Object.values(byTag) as fc.Arbitrary<Message>[]));
  const place = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, fc.nat(65_535));
  return { peer, token, report, message, envelope: fc.record({ from: place, to: place, message }), byTag };
}
