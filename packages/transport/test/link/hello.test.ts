import fc from "fast-check";
import { right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { helloBytesMax } from "../../src/limits.js";
import {
  decodeGreeting,
  decodeRefusal,
  encodeGreeting,
  encodeRefusal,
  type Greeting,
  shownBytesMax,
} from "../../src/link/hello.js";

const greeting: Greeting = {
  versions: [1, 1],
  address: "tcp://10.0.0.5:7000",
  incarnation: 1_700_000_000_000,
  payload: Uint8Array.of(0xca, 0xfe),
  probe: false,
  gives: Uint8Array.of(1, 2, 3),
  shows: new Uint8Array(0),
};

const encoded = (changes: Partial<Greeting> = {}): Uint8Array => {
  const result = encodeGreeting({ ...greeting, ...changes });
  if (result._tag === "Left") throw new Error(`${result.left} bytes too many`);
  return result.right;
};

/** With one byte replaced. */
const patched = (at: number, byte: number): Uint8Array => encoded().fill(byte, at, at + 1);

describe("a hello", () => {
  it("has the bytes of the protocol", () => {
    const hex =
      "43485244000100010000000" + "18bcfe5680000137463703a2f2f31302e302e302e353a373030300002cafe0301020300";
    expect(Buffer.from(encoded()).toString("hex")).toBe(hex);
  });

  it("is read as it was written", () => {
    const versions = fc
      .tuple(fc.nat(0xffff), fc.nat(0xffff))
      .map(([a, b]): [number, number] => (a < b ? [a, b] : [b, a]));
    fc.assert(
      fc.property(
        versions,
        fc.option(fc.stringMatching(/^[!-~]{1,200}$/)),
        fc.maxSafeNat(),
        fc.uint8Array({ maxLength: 1_000 }),
        fc.boolean(),
        fc.uint8Array({ maxLength: shownBytesMax }),
        fc.uint8Array({ maxLength: shownBytesMax }),
        (someVersions, address, incarnation, payload, probe, gives, shows) => {
          const some = { versions: someVersions, address, incarnation, payload, probe, gives, shows };
          expect(decodeGreeting(encoded(some))).toEqual(right(some));
        },
      ),
    );
  });

  it("is decoded or refused, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(60), (noise, at) => {
        const bytes = encoded();
        bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
        for (const candidate of [noise, bytes])
          expect(["Left", "Right"]).toContain(decodeGreeting(candidate)._tag);
      }),
    );
  });

  it("is incomplete without any of its last bytes", () => {
    const whole = encoded();
    for (let length = 4; length < whole.length; length += 1) {
      expect(decodeGreeting(whole.subarray(0, length))).toMatchObject({ left: { _tag: "Truncated" } });
    }
  });

  it("may have more behind it", () => {
    expect(decodeGreeting(Uint8Array.of(...encoded(), 1, 2, 3))).toEqual(right(greeting));
  });

  it("keeps its payload when the chunk that brought it is used again", () => {
    const bytes = encoded();
    const decoded = decodeGreeting(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(right(greeting));
  });

  it.each([
    ["another magic", patched(0, 0x47), { _tag: "OtherProtocol" }],
    ["nothing at all", new Uint8Array(0), { _tag: "OtherProtocol" }],
    ["versions that descend", patched(4, 1), { _tag: "OutOfRange", field: "versions" }],
    ["an incarnation beyond 2^53 - 1", patched(9, 0x20), { _tag: "OutOfRange", field: "incarnation" }],
    ["a blank in its address", patched(20, 0x20), { _tag: "OutOfRange", field: "address" }],
    ["an address that is not ASCII", patched(20, 0xe4), { _tag: "OutOfRange", field: "address" }],
  ])("is not one with %s", (_what, bytes, error) => {
    expect(decodeGreeting(bytes)).toEqual({ _tag: "Left", left: error });
  });

  it("is at most 2,048 bytes long", () => {
    const room = helloBytesMax - encoded({ payload: new Uint8Array(0) }).length;
    expect(encoded({ payload: new Uint8Array(room) })).toHaveLength(helloBytesMax);
    expect(encodeGreeting({ ...greeting, payload: new Uint8Array(room + 3) })).toEqual({
      _tag: "Left",
      left: 3,
    });
  });
});

describe("a refusal", () => {
  it("has the bytes of the protocol", () => {
    const bytes = encodeRefusal({ code: "stale-incarnation", detail: "1700000000001" });
    expect(Buffer.from(bytes).toString("hex")).toBe(
      "117374616c652d696e6361726e6174696f6e000d31373030303030303030303031",
    );
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii", maxLength: 64 }),
        fc.string({ maxLength: 300 }),
        (code, detail) => {
          expect(decodeRefusal(encodeRefusal({ code, detail }))).toEqual({ code, detail });
        },
      ),
    );
  });

  it("is one, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        const { code, detail } = decodeRefusal(noise);
        expect([typeof code, typeof detail]).toEqual(["string", "string"]);
      }),
    );
    expect(decodeRefusal(new Uint8Array(0)).code).toBe("unreadable");
  });

  it("is cut to its limits", () => {
    const long = "x".repeat(5_000);
    const { code, detail } = decodeRefusal(encodeRefusal({ code: long, detail: long }));
    expect([code.length, detail.length]).toEqual([64, 1_024]);
  });
});
