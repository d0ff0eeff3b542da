import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashBytes, hashText } from "../src/hash.js";
import { formatId, space } from "../src/identifier.js";
import { utf8 } from "../src/utf8.js";

// FIPS 180-4's examples.
const known = {
  sha256: {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    abc: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq:
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  },
  sha1: {
    "": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    abc: "a9993e364706816aba3e25717850c26c9cd0d89d",
    abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq: "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
  },
} as const;

describe("hashText", () => {
  it.each(Object.entries(known.sha256))("sha256 of %j: the first bits", (text, digest) => {
    expect(formatId(space(256), hashText(space(256), "sha256", text))).toBe(digest);
    expect(formatId(space(160), hashText(space(160), "sha256", text))).toBe(digest.slice(0, 40));
    expect(formatId(space(16), hashText(space(16), "sha256", text))).toBe(digest.slice(0, 4));
    expect(hashText(space(1), "sha256", text)).toBe(BigInt(`0x${digest}`) >> 255n);
  });

  it.each(Object.entries(known.sha1))("sha1 of %j: the last bits", (text, digest) => {
    expect(formatId(space(160), hashText(space(160), "sha1", text))).toBe(digest);
    expect(formatId(space(16), hashText(space(16), "sha1", text))).toBe(digest.slice(-4));
    expect(hashText(space(1), "sha1", text)).toBe(BigInt(`0x${digest}`) & 1n);
    expect(formatId(space(256), hashText(space(256), "sha1", text))).toBe(digest.padStart(64, "0"));
  });

  it("is the hash of the text's UTF-8", () => {
    const ring = space(160);
    for (const text of ["ключ", "鍵", "🔑"]) {
      expect(hashText(ring, "sha256", text)).toBe(hashBytes(ring, "sha256", utf8(text)));
    }
  });
});

describe("hashBytes", () => {
  it.each(["sha256", "sha1"] as const)("%s agrees with another implementation on any bytes", (name) => {
    const ring = space(name === "sha256" ? 256 : 160);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const digest = createHash(name).update(bytes).digest("hex");
        expect(formatId(ring, hashBytes(ring, name, bytes))).toBe(digest);
      }),
    );
  });
});
