import { readFileSync } from "node:fs";
import { defaultRing, ownDialect, type RingParameters } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeHello,
  difference,
  encodeHello,
  helloBytesMax,
  type RingHello,
  usualFrameBytesMax,
} from "../src/hello.js";

const document = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8");

/** The vectors of the document: a hello in JSON, then its bytes in hexadecimal, with a word on each line. */
const vectors = [...document.matchAll(/^```hello\n(.*)\n([^`]*)^```$/gm)].map(
  ([, json = "", lines = ""]) => ({
    hello: JSON.parse(json) as RingHello,
    bytes: Uint8Array.from(Buffer.from(lines.replaceAll(/ .*$/gm, "").replaceAll("\n", ""), "hex")),
  }),
);

const ring: fc.Arbitrary<RingParameters> = fc
  .record({
    name: fc.stringMatching(/^[\x21-\x7e]{1,64}$/),
    bits: fc.integer({ min: 1, max: 256 }),
    hash: fc.constantFrom("sha256" as const, "sha1" as const),
    successors: fc.integer({ min: 1, max: 32 }),
    intervalMs: fc.double({ min: 10, max: 3_600_000, noNaN: true }),
    intervals: fc.double({ min: 1.5, max: 100, noNaN: true }),
  })
  .map(({ intervals, ...rest }) => ({ ...rest, leaseMs: rest.intervalMs * intervals }))
  .filter(({ intervalMs, leaseMs }) => leaseMs >= 1.5 * intervalMs && leaseMs <= 100 * intervalMs);

const hello: fc.Arbitrary<RingHello> = fc
  .record({
    ring: fc.option(ring),
    member: fc.boolean(),
    virtualNodes: fc.integer({ min: 0, max: 65_535 }),
    dialect: fc.record({
      hashed: fc.constantFrom("url" as const, "authority" as const),
      confirms: fc.boolean(),
    }),
    frameBytesMax: fc.integer({ min: 2_048, max: 2 ** 31 - 1 }),
  })
  .map((each) => (each.ring === null ? { ...each, frameBytesMax: usualFrameBytesMax } : each));

/** A member's. */
const said = (ring: RingParameters, frameBytesMax = usualFrameBytesMax): Uint8Array =>
  encodeHello({ ring, member: true, virtualNodes: 1, dialect: ownDialect, frameBytesMax });

function decoded(bytes: Uint8Array): RingHello {
  const read = decodeHello(bytes);
  if (read._tag === "Left") throw new Error(read.left.reason);
  return read.right;
}

describe("the ring hello", () => {
  it("is what docs/PROTOCOL.md says", () => {
    expect(vectors.length).toBeGreaterThan(1);
    for (const { hello, bytes } of vectors) {
      expect(encodeHello(hello)).toEqual(bytes);
      expect(decoded(bytes)).toEqual(hello);
    }
  });

  it("comes back as it was written, also with later versions' fields behind it", () => {
    fc.assert(
      fc.property(hello, fc.uint8Array({ maxLength: 64 }), (each, extra) => {
        const bytes = encodeHello(each);
        expect(decoded(bytes)).toEqual(each);
        expect(bytes.length).toBeLessThanOrEqual(93);
        // Only behind the parameters is room for more.
        if (each.ring !== null) expect(decoded(Uint8Array.from([...bytes, ...extra]))).toEqual(each);
      }),
    );
  });

  it("is read or refused, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) =>
        ["Left", "Right"].includes(decodeHello(bytes)._tag),
      ),
    );
    fc.assert(
      fc.property(hello, fc.nat(), (each, cut) => {
        const bytes = encodeHello(each);
        const length = cut % bytes.length;
        fc.pre(each.ring === null || length !== bytes.length - 4);
        expect(decodeHello(bytes.subarray(0, length))._tag).toBe("Left");
      }),
    );
  });

  it.each([
    ["empty", new Uint8Array(0)],
    ["unknown-version", Uint8Array.of(0, 0, 0, 1)],
    ["truncated", Uint8Array.of(1, 0, 0)],
    ["truncated", Uint8Array.of(1, 2, 0, 1, 0, 160)],
    ["too-long", Uint8Array.from({ length: helloBytesMax + 1 }, () => 1)],
    ["bad-parameter", said({ ...defaultRing, bits: 257 })],
    ["bad-parameter", said({ ...defaultRing, leaseMs: Number.NaN })],
    ["bad-parameter", said({ ...defaultRing, name: "" })],
    ["bad-parameter", said(defaultRing, 2_047)],
  ])("%s", (reason, bytes) => {
    expect(decodeHello(bytes)).toMatchObject({ _tag: "Left", left: { reason } });
  });

  it("of an earlier version says nothing of frames, which are as long as usual then", () => {
    const bytes = said(defaultRing, 4_096);
    expect(decoded(bytes.subarray(0, -4))).toEqual({ ...decoded(bytes), frameBytesMax: usualFrameBytesMax });
  });

  it("at the bound of its length is read", () => {
    const bytes = new Uint8Array(helloBytesMax);
    bytes.set(said(defaultRing));
    expect(decoded(bytes).ring).toEqual(defaultRing);
  });
});

describe("the difference of two rings", () => {
  it("is the first parameter that one says and the other has otherwise", () => {
    fc.assert(fc.property(ring, (each) => difference(each, { ...each }) === null));
    expect(difference({}, defaultRing)).toBeNull();
    expect(difference({ successors: 4 }, defaultRing)).toEqual({
      parameter: "successors",
      ours: 4,
      theirs: 8,
    });
    expect(difference({ successors: 4, name: "x" }, defaultRing)?.parameter).toBe("name");
  });
});
