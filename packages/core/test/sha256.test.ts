import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestShort, shortBytesMax } from "../src/sha256.js";

const ascii = fc.string({ unit: "binary-ascii", maxLength: shortBytesMax });

/** In hexadecimal; null where there is none. */
const short = (text: string): string | null => {
  const digest = new DataView(new ArrayBuffer(32));
  return digestShort(text, digest) ? Buffer.from(digest.buffer).toString("hex") : null;
};

const whole = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

describe("digestShort", () => {
  it("is SHA-256, whatever was hashed before", () => {
    fc.assert(
      fc.property(ascii, ascii, (before, text) => {
        short(before);
        expect(short(text)).toBe(whole(text));
      }),
    );
  });

  it("takes texts of every length up to its longest, and none beyond", () => {
    for (let length = 0; length <= shortBytesMax; length++) {
      const text = "k".repeat(length);
      expect(short(text)).toBe(whole(text));
    }
    expect(short("k".repeat(shortBytesMax + 1))).toBeNull();
  });

  it("leaves what is not ASCII alone, and what it was given as it was", () => {
    const digest = new DataView(new ArrayBuffer(32));
    expect(digestShort("ключ", digest)).toBe(false);
    expect(digestShort("key\u0080", digest)).toBe(false);
    expect(new Uint8Array(digest.buffer)).toEqual(new Uint8Array(32));
  });
});
