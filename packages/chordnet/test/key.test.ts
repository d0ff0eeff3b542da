import { configure, defaultRing } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import type { Key } from "../src/api.js";
import { badOption } from "../src/checks.js";
import { keyId } from "../src/key.js";
import { failure } from "./rings.js";

const config = configure({ ...defaultRing, bits: 8 });

describe("a key", () => {
  it("is the point itself where it is written as one, as a number or in hexadecimal", () => {
    expect([keyId(config, { id: 200n }), keyId(config, { id: "c8" })]).toEqual([200n, 200n]);
    expect(keyId(config, "200")).toBe(keyId(config, new TextEncoder().encode("200")));
  });

  it("may have any character", () => {
    expect(keyId(config, "\u{1f600}")).toBe(keyId(config, new TextEncoder().encode("\u{1f600}")));
  });

  it.each<readonly [unknown, string]>([
    [200n, "the bigint 200 (write { id: 200n })"],
    [{ id: 256n }, "an id of 256"],
    [{ id: "xyz" }, 'an id of "xyz"'],
    [200, "the number 200"],
    [null, "null"],
    [["a"], "an array"],
    ["a\ud800", '"a\\ud800", which is no Unicode (give its bytes)'],
    ["\udc00\ud800", '"\\udc00\\ud800", which is no Unicode (give its bytes)'],
  ])("that is none is told as what it is: %o", async (key, said) => {
    const error = await failure(() => keyId(config, key as Key));
    expect(error).toMatchObject({ code: "BAD_KEY", data: { received: said } });
  });
});

it("what is written for an option is told without what would be written for a key", () => {
  expect(badOption("bits", 160n, "an integer").message).toBe("bits must be an integer, not the bigint 160");
  expect(badOption("transport", { id: 1n }, "a transport").message).toMatch(/not an object$/);
});
