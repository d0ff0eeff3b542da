import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyFields, readPair, valueFields } from "../../src/values/records.js";

describe("a line of JSON", () => {
  it("that was written is read as it was, text or not", () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: "binary" }).map((text) => new Uint8Array(Buffer.from(text))),
    );
    fc.assert(
      fc.property(bytes, bytes, (key, value) => {
        const line = Buffer.from(JSON.stringify({ ...keyFields(key), ...valueFields(value), version: 1 }));
        expect(readPair(line)).toEqual({ key, value });
      }),
    );
  });

  it("shows text as text", () => {
    expect({ ...keyFields("user:42"), ...valueFields(Buffer.from("Zoë")) }).toEqual({
      key: "user:42",
      value: "Zoë",
    });
    expect(valueFields(Uint8Array.of(0xff))).toEqual({ valueBase64: "/w==" });
  });

  it("has base64 with its padding or without, by either alphabet, in lines or not", () => {
    for (const base64 of ["+/8=", "+/8", "-_8", "-_8=", "+/\n8=\n"]) {
      const line = Buffer.from(JSON.stringify({ key: "a", valueBase64: base64 }));
      expect(readPair(line)).toEqual({ key: Uint8Array.of(97), value: Uint8Array.of(0xfb, 0xff) });
    }
  });

  it("that is no UTF-8 is told: what it says cannot be known", () => {
    const line = Buffer.from('{"key":"caf\xe9","value":"b"}', "latin1");
    expect(readPair(line)).toEqual({ bad: 'no UTF-8: {"key":"caf\ufffd","value":"b"}' });
  });

  it.each([
    ["[]", 'neither "key" nor "keyBase64" in []'],
    ["7", "no JSON object: 7"],
    ["", "no JSON object: an empty line"],
    ['{"key":', 'no JSON object: {"key":'],
    ['{"key":"a"}', 'neither "value" nor "valueBase64" in {"key":"a"}'],
    ['{"key":"a","value":"b","valueBase64":"Yg=="}', /^both "value" and "valueBase64" in \{"key":"a"/],
    ['{"key":"a","keyBase64":"YQ==","value":"b"}', /^both "key" and "keyBase64" in \{"key":"a"/],
    ['{"key":"\\ud800","value":"b"}', 'no Unicode as "key" in {"key":"\\ud800","value":"b"}'],
    ['{"key":"a","valueBase64":"Zm9v!"}', 'no base64 as "valueBase64" in {"key":"a","valueBase64":"Zm9v!"}'],
    ['{"key":"a","valueBase64":"Zm9vY"}', 'no base64 as "valueBase64" in {"key":"a","valueBase64":"Zm9vY"}'],
    ['{"key":1,"value":"a"}', 'no text as "key" in {"key":1,"value":"a"}'],
    [`{"x":"${"\u001b[31m".repeat(40)}`, /^no JSON object: \{"x":"(\[31m)+.*…$/],
  ])("that is none is told: %s", (line, why) => {
    expect(readPair(Buffer.from(line))).toEqual({
      bad: typeof why === "string" ? why : expect.stringMatching(why),
    });
  });
});
