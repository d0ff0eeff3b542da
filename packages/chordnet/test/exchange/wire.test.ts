import { readFileSync } from "node:fs";
import { codeRanges, configure, defaultRing, type Id, kinds, messageLimits } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExchangeMessage, Subject } from "../../src/exchange/message.js";
import { faultDetail } from "../../src/exchange/message.js";
import {
  exchangeKinds,
  faultCodes,
  frameCodec,
  isOfExchange,
  newFrameCodec,
} from "../../src/exchange/wire.js";

const config = configure({ ...defaultRing, bits: 16 }, {});
const wire = frameCodec(config);
const document = readFileSync(new URL("../../../../docs/PROTOCOL.md", import.meta.url), "utf8");

const rids = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const offsets = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array({ maxLength: 100 });
const flag = fc.boolean();

const ids = fc.bigInt(0n, 0xffffn).map((id) => id as Id);

const subjects: fc.Arbitrary<Subject> = fc.oneof(
  fc.record({ _tag: fc.constant("Text" as const), key: fc.string({ unit: "grapheme", maxLength: 40 }) }),
  fc.record({ _tag: fc.constant("Bytes" as const), key: bytes }),
  fc.record({ _tag: fc.constant("Point" as const), id: ids }),
  fc.record({
    _tag: fc.constantFrom("Give" as const, "Taken" as const, "Offer" as const),
    start: ids,
    end: ids,
    epoch: offsets,
  }),
  fc.record({ _tag: fc.constant("Value" as const), key: bytes }),
  fc.record({ _tag: fc.constant("ValueAt" as const), id: ids }),
  fc.record({ _tag: fc.constant("Store" as const) }),
);

const messages: fc.Arbitrary<ExchangeMessage> = fc.oneof(
  fc.record({
    _tag: fc.constant("Open" as const),
    rid: rids,
    id: fc.stringMatching(/^[0-9a-f]{24}$/),
    subject: subjects,
    timeoutMs: fc.integer({ min: 0, max: 0xffff_ffff }),
    relayed: flag,
    last: flag,
    bytes,
  }),
  fc.record({
    _tag: fc.constant("Fault" as const),
    rid: rids,
    code: fc.constantFrom(...faultCodes),
    detail: fc.string({ unit: "binary", maxLength: 300 }).map(faultDetail),
  }),
  fc.record({
    _tag: fc.constant("Chunk" as const),
    rid: rids,
    response: flag,
    offset: offsets,
    last: flag,
    bytes,
  }),
  fc.record({ _tag: fc.constant("Credit" as const), rid: rids, response: flag, limit: offsets }),
  fc.record({ _tag: fc.constant("Cancel" as const), rid: rids }),
);

describe("the bytes of exchanges", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(messages, (message) => {
        const read = wire.decode(wire.encode({ from: 0, to: 0, message }));
        expect(read).toEqual({ _tag: "Right", right: { from: 0, to: 0, message } });
      }),
    );
  });

  it("are total: whatever comes is a message or an error", () => {
    const codes = fc.constantFrom(...Object.values(exchangeKinds).map(({ code }) => code));
    fc.assert(
      fc.property(codes, fc.uint8Array({ maxLength: 80 }), (code, rest) => {
        const read = wire.decode(new Uint8Array([code, 0, 0, ...rest]));
        if (read._tag === "Right") expect(isOfExchange(read.right.message)).toBe(true);
        else expect(["Truncated", "Malformed", "TooLarge"]).toContain(read.left._tag);
      }),
    );
  });

  const limits: ReadonlyArray<readonly [keyof typeof messageLimits, (n: number) => ExchangeMessage]> = [
    ["keyBytesMax", (n) => open({ subject: { _tag: "Text", key: "k".repeat(n) } })],
    ["keyBytesMax", (n) => open({ subject: { _tag: "Bytes", key: new Uint8Array(n) } })],
    ["chunkBytesMax", (n) => open({ bytes: new Uint8Array(n) })],
    ["chunkBytesMax", (n) => chunk(new Uint8Array(n))],
    ["detailBytesMax", (n) => ({ _tag: "Fault", rid: 1, code: "protocol", detail: "d".repeat(n) })],
  ];

  it.each(limits)("hold %s, and not one more", (limit, make) => {
    const max = messageLimits[limit];
    const at = { from: 0, to: 0, message: make(max) };
    const past = { from: 0, to: 0, message: make(max + 1) };
    expect(wire.decode(wire.encode(at))).toEqual({ _tag: "Right", right: at });
    expect(() => wire.encode(past)).toThrow(RangeError);
    const lax = newFrameCodec(config, { ...messageLimits, [limit]: max + 1 });
    expect(wire.decode(lax.encode(past))).toEqual({
      _tag: "Left",
      left: { _tag: "TooLarge", limit, max, actual: max + 1 },
    });
  });

  it("fit into the smallest frame that carries 64 KiB", () => {
    const subject = { _tag: "Text", key: "k".repeat(messageLimits.keyBytesMax) } as const;
    const largest = open({ subject, bytes: new Uint8Array(messageLimits.chunkBytesMax) });
    expect(wire.encode({ from: 0, to: 0, message: largest }).length).toBeLessThan(65_536);
  });

  it("keep away from the codes of the ring's own messages, and say what can be done with unknown ones", () => {
    const taken = new Set(Object.values(kinds).map(({ code }) => code));
    for (const { code } of Object.values(exchangeKinds)) expect(taken.has(code)).toBe(false);
    expect(exchangeKinds.Open.code).toBeLessThan(codeRanges.replies);
    expect(exchangeKinds.Fault.code).toBeGreaterThanOrEqual(codeRanges.replies);
    for (const tag of ["Chunk", "Credit", "Cancel"] as const)
      expect(exchangeKinds[tag].code).toBeGreaterThanOrEqual(codeRanges.oneWay);
  });

  it("make of any text a detail that fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 1_000 }), (text) => {
        const detail = faultDetail(text);
        const read = wire.decode(
          wire.encode({ from: 0, to: 0, message: { _tag: "Fault", rid: 1, code: "protocol", detail } }),
        );
        expect(read).toMatchObject({ _tag: "Right", right: { message: { detail } } });
      }),
    );
    expect(faultDetail("\ud800!")).toBe("\ufffd!");
  });
});

describe("docs/PROTOCOL.md: exchanges", () => {
  /**
   * Blocks of code: the ring, some JSON with bytes and identifiers in hexadecimal, then lines of bytes, each with a
   * remark.
   */
  const vectors = [...document.matchAll(/^```exchange\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, json = "", ...lines] = (match[1] ?? "").trim().split("\n");
    return { json, hex: lines.map((line) => line.split(" ")[0]).join("") };
  });

  it.each(vectors)("are written and read so: $json", ({ json, hex }) => {
    const message = fromJson(json);
    expect(Buffer.from(wire.encode({ from: 0, to: 0, message })).toString("hex")).toBe(hex);
    expect(wire.decode(new Uint8Array(Buffer.from(hex, "hex")))).toEqual({
      _tag: "Right",
      right: { from: 0, to: 0, message },
    });
  });

  it("has a vector and a section for every kind, and its code", () => {
    expect(new Set(vectors.map(({ json }) => fromJson(json)._tag))).toEqual(
      new Set(Object.keys(exchangeKinds)),
    );
    const told = [...document.matchAll(/^\| (\w+) \| ([0-9a-f]{2}) \|/gm)].map(([, name, code]) => [
      name,
      code,
    ]);
    for (const [name, { code }] of Object.entries(exchangeKinds)) {
      expect(told).toContainEqual([name, code.toString(16).padStart(2, "0")]);
      expect(document).toContain(`\n### ${name}\n`);
    }
    faultCodes.forEach((fault, i) => {
      expect(document).toContain(`| ${fault} | ${i + 1} |`);
    });
  });
});

function fromJson(json: string): ExchangeMessage {
  return JSON.parse(json, (name, value) => {
    if (name === "bytes") return new Uint8Array(Buffer.from(value, "hex"));
    if (name === "start" || name === "end") return BigInt(`0x${value}`);
    if (value?._tag === "Point") return { ...value, id: BigInt(`0x${value.id}`) };
    return value;
  }) as ExchangeMessage;
}

function open(part: Partial<Extract<ExchangeMessage, { _tag: "Open" }>>): ExchangeMessage {
  return {
    _tag: "Open",
    rid: 1,
    id: "00112233445566778899aabb",
    subject: { _tag: "Bytes", key: new Uint8Array(0) },
    timeoutMs: 5_000,
    relayed: false,
    last: true,
    bytes: new Uint8Array(0),
    ...part,
  };
}

function chunk(body: Uint8Array): ExchangeMessage {
  return { _tag: "Chunk", rid: 1, response: true, offset: 0, last: false, bytes: body };
}
