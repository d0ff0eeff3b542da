import { stopped } from "@chordnet/simulator";
import { messages, recordings } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { isRight } from "fp-ts/lib/Either.js";
import { PathReporter } from "io-ts/lib/PathReporter.js";
import { describe, expect, it } from "vitest";
import { space } from "../../src/identifier.js";
import type { Message } from "../../src/message.js";
import { messageLimits } from "../../src/message.js";
import { naming } from "../../src/peer.js";
import { fromJson, messageCodecs, toJson } from "../../src/wire/message-codecs.js";

const ring = space(160);
const name = naming(ring, "sha256");
const codecs = messageCodecs({ space: ring, naming: name });
const { message, byTag } = messages(ring, name);

function accepts(candidate: unknown): boolean {
  return codecs[(candidate as Message)._tag].is(candidate);
}

/** The same message with one of its parts, however deep, replaced by something that is never right there. */
function spoiled(value: unknown): unknown[] {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const withPart = (other: unknown) =>
      Array.isArray(value) ? replaced(value, key, other) : { ...value, [key]: other };
    const here = key === "_tag" ? [] : [withPart(undefined), withPart(Symbol("wrong"))];
    return [...here, ...spoiled(part).map(withPart)];
  });
}

function replaced(list: ReadonlyArray<unknown>, key: string, other: unknown): unknown[] {
  return list.map((item, i) => (i === Number(key) ? other : item));
}

describe("the codec of each message", () => {
  it.each(Object.keys(byTag) as Message["_tag"][])(
    "%s: accepts it, and refuses it with any part spoiled",
    (tag) => {
      fc.assert(
        fc.property(byTag[tag] as fc.Arbitrary<Message>, (good) => {
          expect(accepts(good)).toBe(true);
          expect(spoiled(good).filter(accepts)).toEqual([]);
        }),
        { numRuns: 25 },
      );
    },
  );

  it("accepts whatever nodes say: times are whole, as on the wire", () => {
    for (const { born, answers } of recordings({ ...stopped(4), minutes: 0.2 })) {
      const [first] = born.nodes;
      if (first === undefined) throw new Error("a process without a node");
      const own = messageCodecs({ space: first.config.space, naming: first.config.naming });
      const said = answers
        .flatMap(([, outcomes]) => outcomes.flatMap(({ effects }) => effects))
        .flatMap((effect) => (effect._tag === "Send" ? [effect.message] : []));
      expect(said.length).toBeGreaterThan(0);
      expect(said.filter((message) => !own[message._tag].is(message))).toEqual([]);
    }
  });

  it("refuses a peer whose id is not the hash of its address", () => {
    const peer = { id: name("memory://a"), address: "memory://a", incarnation: 1 };
    const ask = (origin: unknown) => ({ _tag: "Circle", rid: 1, origin, epoch: 1 });
    expect(accepts(ask(peer))).toBe(true);
    expect(accepts(ask({ ...peer, id: peer.id ^ 1n }))).toBe(false);
    expect(accepts(ask({ ...peer, address: "memory://b" }))).toBe(false);
    expect(accepts(ask({ ...peer, address: "nowhere", id: name("nowhere") }))).toBe(false);
    expect(accepts(ask({ ...peer, incarnation: 2 ** 53 }))).toBe(false);
  });

  it("holds its limits: at the bound, and one past it", () => {
    const token = { epoch: 1, length: 0n };
    const peer = { id: name("memory://a"), address: "memory://a", incarnation: 1 };
    const many = (count: number, thing: unknown) => new Array(count).fill(thing);
    const cases: ReadonlyArray<readonly [number, (n: number) => unknown]> = [
      [messageLimits.peersMax, (n) => ({ _tag: "Depart", predecessor: null, successors: many(n, peer) })],
      [
        messageLimits.reportsMax,
        (n) => ({ _tag: "Leave", rid: 1, token, beneath: many(n, { peer, token, handed: true }) }),
      ],
      [
        messageLimits.hopsMax,
        (n) => ({
          _tag: "Resolved",
          rid: 1,
          owner: peer,
          token,
          leaseMs: 0,
          hops: 0,
          trace: many(n, { peer, why: "told", ms: 0 }),
        }),
      ],
      [
        messageLimits.detailBytesMax,
        (n) => ({ _tag: "Refused", rid: 1, code: "gone", detail: "a".repeat(n) }),
      ],
      [messageLimits.jsonBytesMax, (n) => ({ _tag: "StatusReply", rid: 1, json: new Uint8Array(n) })],
      [2 ** 48 - 1, (n) => ({ _tag: "Ping", rid: n })],
      [2 ** 32 - 1, (n) => ({ _tag: "Unfound", rid: 1, reason: "unclaimed", hops: n })],
    ];
    for (const [max, make] of cases) {
      expect(accepts(make(max))).toBe(true);
      expect(accepts(make(max + 1))).toBe(false);
    }
  });
});

describe("JSON", () => {
  it("there and back, through text", () => {
    fc.assert(
      fc.property(message, (sent) => {
        const text = JSON.stringify(toJson(codecs, sent));
        expect(fromJson(codecs, JSON.parse(text))).toEqual({ _tag: "Right", right: sent });
      }),
    );
  });

  it("leaves out what does not belong to the message", () => {
    const ping = fromJson(codecs, { _tag: "Ping", rid: 1, more: true });
    expect(ping).toEqual({ _tag: "Right", right: { _tag: "Ping", rid: 1 } });
  });

  it.each([
    null,
    3,
    "Ping",
    {},
    { _tag: "Pang", rid: 1 },
    { _tag: "toString" },
    { _tag: "Ping" },
    { _tag: "Ping", rid: "1" },
  ])("refuses %j, and says where", (json) => {
    const read = fromJson(codecs, json);
    expect(isRight(read)).toBe(false);
    expect(PathReporter.report(read as never).length).toBeGreaterThan(0);
  });

  it.each([
    { _tag: "Route", rid: 1, target: "1".repeat(41) },
    { _tag: "Route", rid: 1, target: 5 },
    { _tag: "Leave", rid: 1, token: { epoch: 1, length: `2${"0".repeat(40)}` }, beneath: [] },
    { _tag: "StatusReply", rid: 1, json: "abc" },
    { _tag: "StatusReply", rid: 1, json: "00".repeat(60_001) },
    { _tag: "Circle", rid: 1, origin: { id: "0", address: "memory://a", incarnation: 1 }, epoch: 1 },
    { _tag: "Circle", rid: 1, origin: null, epoch: 1 },
  ])("refuses what no message of this ring says (%#)", (json) => {
    expect(isRight(fromJson(codecs, json))).toBe(false);
  });

  it("is total", () => {
    const tagged = fc.record({
      _tag: fc.constantFrom(...Object.keys(byTag)),
      rid: fc.anything(),
      token: fc.anything(),
    });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), tagged), (anything) => {
        expect(["Left", "Right"]).toContain(fromJson(codecs, anything)._tag);
      }),
    );
  });
});
