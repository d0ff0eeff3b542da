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

/** Addresses of virtual nodes, of every scheme and some that there is not: the first node's more often. */
export function addresses(bytesMax: number = messageLimits.addressBytesMax): fc.Arbitrary<Address> {
  const host = fc.string({ unit: fc.constantFrom(..."abcxyz0189.-[]:%"), minLength: 1, maxLength: 24 });
  const index = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 65_535 }));
  return fc
    .tuple(fc.constantFrom("tcp", "ws", "wss", "memory", "a+b.c-1"), host, index)
    .map(([scheme, name, i]) => virtualAddress(`${scheme}://${name}`, i))
    .filter((address) => address.length <= bytesMax);
}

/** Messages, and what they are made of. */
export interface MessageArbitraries {
  readonly peer: fc.Arbitrary<Peer>;
  readonly token: fc.Arbitrary<Token>;
  readonly report: fc.Arbitrary<Report>;
  readonly message: fc.Arbitrary<Message>;
  readonly envelope: fc.Arbitrary<Envelope>;
  /** Each kind's own, by tag. */
  readonly byTag: { readonly [Tag in Message["_tag"]]: fc.Arbitrary<Tagged<Tag>> };
}

/** What messages are made of: to be narrowed where a test wants them to concern somebody. */
export interface MessageParts {
  readonly address?: fc.Arbitrary<Address>;
  readonly incarnation?: fc.Arbitrary<Incarnation>;
  readonly epoch?: fc.Arbitrary<Epoch>;
}

/**
 * Messages as the wire can carry them: times are whole milliseconds, lists are within `limits`.
 *
 * Law: a codec of the same space, naming and limits writes each, and reads the same.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { codec, configure, defaultRing } from "@chordnet/core";
 * import { messages } from "@chordnet/simulator/testing";
 * import fc from "fast-check";
 *
 * const { space, naming } = configure(defaultRing);
 * const wire = codec({ space, naming });
 * const { envelope } = messages(space, naming);
 * fc.assert(fc.property(envelope, (said) => assert.deepEqual(wire.decode(wire.encode(said)).right, said)));
 * ```
 */
export function messages(
  ring: Space,
  naming: Naming,
  limits: MessageLimits = messageLimits,
  parts: MessageParts = {},
): MessageArbitraries {
  const words = wordsOf(ring, naming, limits, parts);
  const { peer, token, report } = words;
  const kinds: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = fieldsOf(words);
  const byTag = Object.fromEntries(
    Object.entries(kinds).map(([tag, fields]) => [tag, fc.record({ _tag: fc.constant(tag), ...fields })]),
  ) as unknown as MessageArbitraries["byTag"];
  const message: fc.Arbitrary<Message> = fc.oneof(...(Object.values(byTag) as fc.Arbitrary<Message>[]));
  const place = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, fc.nat(65_535));
  return { peer, token, report, message, envelope: fc.record({ from: place, to: place, message }), byTag };
}

type Tagged<Tag extends Message["_tag"]> = Extract<Message, { readonly _tag: Tag }>;

/** What several kinds of messages say. */
function wordsOf(ring: Space, naming: Naming, limits: MessageLimits, parts: MessageParts) {
  const { address = addresses(limits.addressBytesMax) } = parts;
  const { incarnation = safeIntegers(), epoch = safeIntegers() } = parts;
  const peer = fc
    .record({ address, incarnation })
    .map((named): Peer => ({ id: naming(named.address), ...named }));
  const token: fc.Arbitrary<Token> = fc.record({ epoch, length: distances(ring) });
  const report: fc.Arbitrary<Report> = fc.record({ peer, token, handed: fc.boolean() });
  const beneath = fc.array(report, { maxLength: Math.min(4, limits.reportsMax) });
  const why = fc.constantFrom(...hopReasons);
  const hop: fc.Arbitrary<Hop> = fc.record({ peer, why, ms: uint32 });
  const verdict: fc.Arbitrary<Verdict> = fc.oneof(
    fc.record({ _tag: fc.constant("Granted" as const), leaseMs: uint32 }),
    fc.record({ _tag: fc.constant("Wait" as const), soon: fc.boolean() }),
    fc.record({ _tag: fc.constant("Handed" as const), token, beneath }),
  );
  return {
    ...{ peer, token, report, beneath, epoch, verdict },
    rid: fc.oneof(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.constantFrom(0, 2 ** 32, 2 ** 48 - 1)),
    target: ids(ring),
    peers: fc.array(peer, { maxLength: Math.min(6, limits.peersMax) }),
    candidates: fc.array(fc.record({ peer, why }), { maxLength: Math.min(6, limits.peersMax) }),
    trace: fc.array(hop, { maxLength: Math.min(4, limits.hopsMax) }),
    detail: wellFormedTexts(40).filter((text) => utf8(text).length <= limits.detailBytesMax),
    json: fc.uint8Array({ maxLength: Math.min(64, limits.jsonBytesMax) }),
  };
}

type FieldsOf<Tag extends Message["_tag"]> = {
  readonly [Name in Exclude<keyof Tagged<Tag>, "_tag">]: fc.Arbitrary<Tagged<Tag>[Name]>;
};

/** What each kind of message says. */
function fieldsOf(words: ReturnType<typeof wordsOf>): { readonly [Tag in Message["_tag"]]: FieldsOf<Tag> } {
  const { rid, target, peer, peers, token, epoch, beneath, candidates, trace, verdict, detail, json } = words;
  const predecessor = orNull(peer);
  const [hops, leaseMs] = [uint32, uint32];
  return {
    Ask: { rid, token: orNull(token), unleasedMs: uint32, beneath },
    Find: { rid, target, origin: peer, hops },
    Route: { rid, target },
    Ping: { rid },
    Introduce: { rid },
    Introduced: { rid, preceding: orNull(peer), successors: peers },
    Leave: { rid, token, beneath },
    Circle: { rid, origin: peer, epoch },
    Query: { rid, target, timeoutMs: uint32, trace: fc.boolean() },
    Inspect: { rid },
    Status: { rid },
    Answer: { rid, verdict, predecessor, successors: peers },
    Found: { rid, token, leaseMs, hops },
    Unfound: { rid, reason: fc.constantFrom(...unfoundReasons), hops },
    Closer: { rid, peers: candidates },
    Pong: { rid },
    Left: { rid, accepted: fc.boolean() },
    Resolved: { rid, owner: peer, token, leaseMs, hops, trace },
    Refused: { rid, code: fc.constantFrom(...refusalCodes), detail },
    Inspected: { rid, self: peer, predecessor, successors: peers, claim: orNull(token), leaseMs },
    StatusReply: { rid, json },
    Depart: { predecessor, successors: peers },
  };
}

function orNull<A>(some: fc.Arbitrary<A>): fc.Arbitrary<A | null> {
  return fc.option(some, { nil: null });
}
