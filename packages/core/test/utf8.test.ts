import { wellFormedTexts } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readUtf8, utf8, utf8Length, writeUtf8 } from "../src/utf8.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Any UTF-16, unpaired surrogates and what lies at the borders of the lengths included. */
const texts = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(
        0,
        0x7f,
        0x80,
        0x7ff,
        0x800,
        0xd7ff,
        0xd800,
        0xdbff,
        0xdc00,
        0xdfff,
        0xe000,
        0xfeff,
        0xffff,
      ),
    ),
    { maxLength: 24 },
  )
  .map((units) => String.fromCharCode(...units));

function platformReads(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

describe("utf8", () => {
  it("writes what the platform's encoder does", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = encoder.encode(text);
        expect(utf8(text)).toEqual(new Uint8Array(bytes));
        expect(utf8Length(text)).toBe(bytes.length);
      }),
    );
  });

  it("writes at an offset and says where it ends", () => {
    const into = new Uint8Array(8).fill(0xff);
    expect(writeUtf8("é1", into, 2)).toBe(5);
    expect([...into]).toEqual([0xff, 0xff, 0xc3, 0xa9, 0x31, 0xff, 0xff, 0xff]);
  });
});

describe("readUtf8", () => {
  it("reads back what was written, scalar by scalar", () => {
    fc.assert(
      fc.property(wellFormedTexts(), (text) => {
        const bytes = utf8(text);
        expect(readUtf8(bytes, 0, bytes.length)).toBe(text);
      }),
    );
  });

  it("takes and refuses what the platform's strict decoder does", () => {
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(
        0x7f,
        0x80,
        0xbf,
        0xc1,
        0xc2,
        0xdf,
        0xe0,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
        0x9f,
        0xa0,
        0x90,
        0x8f,
      ),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 6 }), (list) => {
        const bytes = Uint8Array.from(list);
        expect(readUtf8(bytes, 0, bytes.length)).toBe(platformReads(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it("reads no further than it is told", () => {
    const bytes = utf8("aé");
    expect(readUtf8(bytes, 0, 1)).toBe("a");
    expect(readUtf8(bytes, 0, 2)).toBeNull();
    expect(readUtf8(bytes, 1, 3)).toBe("é");
  });
});
