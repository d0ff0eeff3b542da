import { describe, expect, it } from "vitest";
import { idOf } from "../../src/lookup/answer.js";

describe("idOf", () => {
  const ring = { bits: 16, hash: "sha256" } as const;

  it("is the hash of text and of bytes, in the ring's digits", () => {
    expect(idOf("abc", ring)).toBe("ba78");
    expect(idOf(new TextEncoder().encode("abc"), ring)).toBe("ba78");
    expect(idOf("abc", { bits: 16, hash: "sha1" })).toBe("d89d");
  });

  it("fills a point up with zeros", () => {
    expect(idOf({ id: "f" }, ring)).toBe("000f");
    expect(idOf({ id: 15n }, { bits: 9, hash: "sha256" })).toBe("00f");
  });

  it("leaves a point beyond the ring as it is: the library refuses it", () => {
    expect(idOf({ id: "10000" }, ring)).toBe("10000");
  });
});
