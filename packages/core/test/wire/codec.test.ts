import { messages, spaces } from "@chordnet/simulator/testing";
import fc from "fast-check";
import type { Either } from "fp-ts/lib/Either.js";
import { isLeft } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { id, space } from "../../src/identifier.js";
import type { Envelope, Message, MessageLimits, Report, Token } from "../../src/message.js";
import { messageLimits } from "../../src/message.js";
import { naming, type Peer } from "../../src/peer.js";
import { codec } from "../../src/wire/codec.js";
import type { DecodeError } from "../../src/wire/decode-error.js";
import { kinds } from "../../src/wire/kinds.js";
import { messageCodecs } from "../../src/wire/message-codecs.js";
import { millisMax } from "../../src/wire/writer.js";

const ring = space(160);
const name = naming(ring, "sha256");
const wire = codec({ space: ring, naming: name });
const { envelope, byTag } = messages(ring, name);

const token: Token = { epoch: 7, length: 1n << 160n };
const peer: Peer = { id: name("memory://a"), address: "memory://a", incarnation: 5 };
const report: Report = { peer, token, handed: false };

function frameOf(message: Message): Uint8Array {
  return wire.encode({ from: 0, to: 0, message });
}

/** The error, or null where the bytes are a message. */
function flaw(decoded: Either<DecodeError, Envelope>): DecodeError | null {
  return isLeft(decoded) ? decoded.left : null;
}

/** Judges bytes as any receiver does: whatever comes out of them can be sent on as it is. */
function survives(bytes: Uint8Array): void {
  const before = bytes.slice();
  const decoded = wire.decode(bytes);
  expect(bytes).toEqual(before);
  if (isLeft(decoded)) return;
  const again = wire.decode(wire.encode(decoded.right));
  expect(again).toEqual(decoded);
}

/** A frame with some bytes that are not what was written. */
function spoilt(frame: Uint8Array, places: ReadonlyArray<readonly [at: number, byte: number]>): Uint8Array {
  const bytes = frame.slice();
  for (const [at, byte] of places) bytes[at % bytes.length] = byte;
  return bytes;
}

const soundKinds = Object.entries(kinds).filter(([, kind]) => kind.sound) as ReadonlyArray<
  readonly [Message["_tag"], (typeof kinds)[Message["_tag"]]]
>;

describe("a sound kind", () => {
  const guards = messageCodecs({ space: ring, naming: name });
  const places = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 });

  it.each(soundKinds)("%s is not read from any bytes as what its io-ts codec refuses", (tag, { code }) => {
    fc.assert(
      fc.property(byTag[tag] as fc.Arbitrary<Message>, places, fc.nat(200), (message, wrong, cut) => {
        const bytes = spoilt(frameOf(message), wrong);
        bytes[0] = code;
        const decoded = wire.decode(cut < bytes.length / 4 ? bytes.subarray(0, bytes.length - cut) : bytes);
        expect(isLeft(decoded) || guards[tag].is(decoded.right.message)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("encode, then decode", () => {
  it.each(Object.keys(byTag) as Message["_tag"][])("%s comes back as it was", (tag) => {
    fc.assert(
      fc.property(
        byTag[tag] as fc.Arbitrary<Message>,
        fc.nat(65_535),
        fc.nat(65_535),
        (message, from, to) => {
          expect(wire.decode(wire.encode({ from, to, message }))).toEqual({
            _tag: "Right",
            right: { from, to, message },
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it("in circles of every width", () => {
    const cases = spaces().chain((any) => {
      const named = naming(any, "sha256");
      return fc.tuple(fc.constant(codec({ space: any, naming: named })), messages(any, named).envelope);
    });
    fc.assert(
      fc.property(cases, ([any, sent]) => {
        expect(any.decode(any.encode(sent))).toEqual({ _tag: "Right", right: sent });
      }),
    );
  });

  it("gives frames that stay as they are when others are made, however many", () => {
    const made = fc.sample(envelope, 400).map((sent) => {
      const frame = wire.encode(sent);
      return { frame, copy: frame.slice() };
    });
    expect(made.filter(({ frame, copy }) => Buffer.compare(frame, copy) !== 0)).toEqual([]);
  });

  it("keeps nothing of the bytes that it was given", () => {
    const sent: Message = { _tag: "StatusReply", rid: 1, json: Uint8Array.of(1, 2, 3) };
    const frame = frameOf(sent);
    const decoded = wire.decode(frame);
    frame.fill(0xff);
    expect(decoded).toEqual({ _tag: "Right", right: { from: 0, to: 0, message: sent } });
  });

  it("tells times rounded down, never below nothing, and endless ones as the longest", () => {
    const told = (leaseMs: number) => {
      const decoded = wire.decode(frameOf({ _tag: "Found", rid: 1, token, leaseMs, hops: 0 }));
      return decoded._tag === "Right" && decoded.right.message._tag === "Found"
        ? decoded.right.message.leaseMs
        : null;
    };
    expect([1.9, 0.2, -3, millisMax, millisMax + 1, Number.POSITIVE_INFINITY].map(told)).toEqual([
      1,
      0,
      0,
      millisMax,
      millisMax,
      millisMax,
    ]);
  });
});

describe("decode is total", () => {
  it("on any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 500 });
  });

  it("on any bytes behind each kind's code", () => {
    const codes = fc.constantFrom(...Object.values(kinds).map((kind) => kind.code));
    fc.assert(
      fc.property(codes, fc.uint8Array({ maxLength: 120 }), (code, rest) =>
        survives(Uint8Array.of(code, 0, 0, ...rest)),
      ),
      { numRuns: 1000 },
    );
  });

  it("on frames in which bytes were changed, cut out or put in", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom(0, 1, 2)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(envelope, edits, (sent, changes) => {
        const bytes = [...wire.encode(sent)];
        for (const [where, byte, how] of changes) {
          const at = where % (bytes.length + 1);
          if (how === 0) bytes.splice(at, 1, byte);
          else if (how === 1) bytes.splice(at, 1);
          else bytes.splice(at, 0, byte);
        }
        survives(Uint8Array.from(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it("truncation, at every byte, is told as such", () => {
    fc.assert(
      fc.property(envelope, (sent) => {
        const frame = wire.encode(sent);
        for (let length = 0; length < frame.length; length++) {
          expect(flaw(wire.decode(frame.subarray(0, length)))?._tag).toBe("Truncated");
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("room for later versions", () => {
  const fields = fc
    .uniqueArray(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 4 })
    .map((tags) => tags.sort((a, b) => a - b))
    .chain((tags) =>
      fc.tuple(...tags.map((tag) => fc.tuple(fc.constant(tag), fc.uint8Array({ maxLength: 9 })))),
    );

  function varint(value: number): number[] {
    return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
  }

  it("extension fields behind any message are skipped", () => {
    fc.assert(
      fc.property(envelope, fields, (sent, extensions) => {
        const tail = extensions.flatMap(([tag, body]) => [...varint(tag), body.length, ...body]);
        const frame = Uint8Array.from([...wire.encode(sent), ...tail]);
        expect(wire.decode(frame)).toEqual({ _tag: "Right", right: sent });
        const cut = wire.decode(frame.subarray(0, frame.length - 1));
        expect(flaw(cut)?._tag).toBe("Truncated");
      }),
    );
  });

  it("but they must be in rising order, from 1", () => {
    const ping = [...frameOf({ _tag: "Ping", rid: 1 })];
    for (const tail of [
      [0, 0],
      [2, 0, 1, 0],
      [1, 0, 1, 0],
    ]) {
      expect(flaw(wire.decode(Uint8Array.from([...ping, ...tail])))).toMatchObject({
        _tag: "Malformed",
        part: "extension",
      });
    }
  });

  it("an unknown request's number is told, so that it can be refused; of others nothing is", () => {
    const rid = [0, 0, 0, 0, 1, 2];
    const unknown = (kind: number) => flaw(wire.decode(Uint8Array.of(kind, 3, 4, ...rid, 99, 99)));
    for (const kind of [0x0b, 0x3f]) {
      expect(unknown(kind)).toEqual({ _tag: "UnknownKind", kind, rid: 258, from: 4, to: 3 });
    }
    for (const kind of [0x40, 0x7f, 0x81, 0xff]) {
      expect(unknown(kind)).toEqual({ _tag: "UnknownKind", kind, rid: null, from: 4, to: 3 });
    }
    expect(flaw(wire.decode(Uint8Array.of(0x3f, 3, 4, 1, 2)))).toEqual({ _tag: "Truncated", offset: 3 });
    expect(unknown(0)).toEqual({ _tag: "Malformed", part: "kind", offset: 0 });
  });
});

describe("limits, at the bound and one past it", () => {
  const several = (count: number): ReadonlyArray<Peer> => new Array(count).fill(peer);
  const addressOf = (bytes: number) => "tcp://".padEnd(bytes, "a");
  const hop = { peer, why: "told", ms: 0 } as const;
  // The other two bound what the runtime alone sends.
  const cases: {
    readonly [Limit in Exclude<keyof MessageLimits, "keyBytesMax" | "chunkBytesMax">]: (
      count: number,
    ) => Message;
  } = {
    peersMax: (n) => ({ _tag: "Depart", predecessor: null, successors: several(n) }),
    reportsMax: (n) => ({ _tag: "Leave", rid: 1, token, beneath: new Array(n).fill(report) }),
    hopsMax: (n) => ({
      _tag: "Resolved",
      rid: 1,
      owner: peer,
      token,
      leaseMs: 0,
      hops: n,
      trace: new Array(n).fill(hop),
    }),
    addressBytesMax: (n) => ({
      _tag: "Circle",
      rid: 1,
      origin: { id: name(addressOf(n)), address: addressOf(n), incarnation: 1 },
      epoch: 1,
    }),
    detailBytesMax: (n) => ({
      _tag: "Refused",
      rid: 1,
      code: "no-owner",
      detail: "é".repeat(n >> 1) + "a".repeat(n & 1),
    }),
    jsonBytesMax: (n) => ({ _tag: "StatusReply", rid: 1, json: new Uint8Array(n) }),
  };
  // A codec that allows one more, to write what ours must refuse.
  const lax = codec({
    space: ring,
    naming: name,
    limits: Object.fromEntries(
      Object.entries(messageLimits).map(([limit, max]) => [limit, max + 1]),
    ) as unknown as MessageLimits,
  });

  it.each(Object.keys(cases) as (keyof typeof cases)[])("%s", (limit) => {
    const max = messageLimits[limit];
    const atBound = { from: 0, to: 0, message: cases[limit](max) };
    const past = { from: 0, to: 0, message: cases[limit](max + 1) };
    expect(wire.decode(wire.encode(atBound))).toEqual({ _tag: "Right", right: atBound });
    expect(() => wire.encode(past)).toThrow(RangeError);
    expect(flaw(wire.decode(lax.encode(past)))).toEqual({ _tag: "TooLarge", limit, max, actual: max + 1 });
  });

  it("a count that the bytes cannot hold is refused before a list is made", () => {
    const answer = [0x41, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0];
    expect(flaw(wire.decode(Uint8Array.of(...answer, 0)))).toBeNull();
    expect(flaw(wire.decode(Uint8Array.of(...answer, 32, 1, 2, 3)))).toEqual({
      _tag: "Truncated",
      offset: 13,
    });
  });

  it("the largest message of each limit fits a frame of 64 KiB", () => {
    const long = { id: name(addressOf(256)), address: addressOf(256), incarnation: 2 ** 53 - 1 };
    const reports = new Array(32).fill({ peer: long, token, handed: true });
    const peers = new Array(32).fill(long);
    const largest: Message[] = [
      {
        _tag: "Answer",
        rid: 1,
        verdict: { _tag: "Handed", token, beneath: reports },
        predecessor: long,
        successors: peers,
      },
      {
        _tag: "Resolved",
        rid: 1,
        owner: long,
        token,
        leaseMs: 1,
        hops: 1,
        trace: new Array(64).fill({ ...hop, peer: long }),
      },
      cases.jsonBytesMax(messageLimits.jsonBytesMax),
    ];
    for (const message of largest) expect(frameOf(message).length).toBeLessThan(65_536);
  });
});

describe("what no encoder writes", () => {
  const find = frameOf({ _tag: "Find", rid: 1, target: id(ring, 5n), origin: peer, hops: 0 });
  const changed = (at: number, ...bytes: number[]) => {
    const copy = find.slice();
    copy.set(bytes, at);
    return flaw(wire.decode(copy));
  };

  it("is malformed, and where it is is told", () => {
    // kind, to, from, rid (6), target (20): the address's length is at 29, its text at 30, its incarnation at 40.
    expect(changed(30, 0x4d)).toEqual({ _tag: "Malformed", part: "address", offset: 30 });
    expect(changed(33, 0x20)).toMatchObject({ _tag: "Malformed", part: "address" });
    expect(changed(39, 0xe1)).toMatchObject({ _tag: "Malformed", part: "address" });
    expect(changed(40, 0x00, 0x20)).toEqual({ _tag: "Malformed", part: "integer", offset: 40 });
    expect(changed(40, 0x00, 0x1f)).toBeNull();
  });

  it.each([
    ["a varint of more bytes than it needs", [4, 0x80, 0x00, 0, 0, 0, 0, 0, 0, 1], "varint"],
    ["a varint of six bytes", [4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], "varint"],
    ["a varint of 2^32", [4, 0x80, 0x80, 0x80, 0x80, 0x10], "varint"],
    ["a place past 65,535", [4, 0x80, 0x80, 0x04, 0, 0, 0, 0, 0, 0, 1], "place"],
    ["a flag of 2", [0x46, 0, 0, 0, 0, 0, 0, 0, 1, 2], "flag"],
    ["a word that is none", [0x43, 0, 0, 0, 0, 0, 0, 0, 1, 4, 0], "word"],
    ["a word numbered 0", [0x43, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0], "word"],
    ["a distance of a third form", [0x42, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2], "distance"],
    ["text that is no UTF-8", [0x48, 0, 0, 0, 0, 0, 0, 0, 1, 4, 2, 0xc3, 0x28], "text"],
  ])("%s", (_, bytes, part) => {
    expect(flaw(wire.decode(Uint8Array.from(bytes)))).toMatchObject({ _tag: "Malformed", part });
  });

  it("an identifier with bits beyond the circle's", () => {
    const narrow = space(9);
    const small = codec({ space: narrow, naming: naming(narrow, "sha256") });
    const route = small.encode({
      from: 0,
      to: 0,
      message: { _tag: "Route", rid: 1, target: id(narrow, 511n) },
    });
    expect(route.slice(9)).toEqual(Uint8Array.of(0x01, 0xff));
    route[9] = 0x03;
    expect(small.decode(route)).toEqual({ _tag: "Left", left: { _tag: "Malformed", part: "id", offset: 9 } });
  });
});

describe("encode refuses what the wire has no room for", () => {
  const bad: ReadonlyArray<readonly [string, Envelope]> = [
    [
      "an id outside the circle",
      { from: 0, to: 0, message: { _tag: "Route", rid: 1, target: (1n << 160n) as never } },
    ],
    ["a negative id", { from: 0, to: 0, message: { _tag: "Route", rid: 1, target: -1n as never } }],
    ["a number of 49 bits", { from: 0, to: 0, message: { _tag: "Ping", rid: 2 ** 48 } }],
    ["a fraction", { from: 0, to: 0, message: { _tag: "Ping", rid: 0.5 } }],
    ["a place past 65,535", { from: 65_536, to: 0, message: { _tag: "Ping", rid: 1 } }],
    [
      "an unsafe epoch",
      {
        from: 0,
        to: 0,
        message: { _tag: "Leave", rid: 1, token: { epoch: 2 ** 53, length: 0n }, beneath: [] },
      },
    ],
    [
      "a length beyond the ring",
      {
        from: 0,
        to: 0,
        message: { _tag: "Leave", rid: 1, token: { epoch: 1, length: (1n << 160n) + 1n }, beneath: [] },
      },
    ],
    [
      "an address that is no ASCII",
      {
        from: 0,
        to: 0,
        message: { _tag: "Circle", rid: 1, origin: { ...peer, address: "tcp://é" }, epoch: 1 },
      },
    ],
    ["no message", { from: 0, to: 0, message: { _tag: "Nothing" } as never }],
  ];
  it.each(bad)("%s", (_, sent) => {
    expect(() => wire.encode(sent)).toThrow(RangeError);
    expect(wire.decode(frameOf({ _tag: "Ping", rid: 3 }))).toMatchObject({ _tag: "Right" });
  });
});
