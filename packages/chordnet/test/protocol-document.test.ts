import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeHello, encodeHello, type RingHello } from "../src/hello.js";

const text = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8");

/** Blocks of code: some JSON, then lines of bytes, each with a remark. */
const hellos = [...text.matchAll(/^```hello\n([\s\S]*?)^```$/gm)].map((match) => {
  const [json = "", ...lines] = (match[1] ?? "").trim().split("\n");
  const hex = lines.map((line) => line.split(" ")[0]).join("");
  return { json, hex };
});

describe("docs/PROTOCOL.md: the ring hello", () => {
  it("has examples with and without parameters", () => {
    const rings = hellos.map(({ json }) => (JSON.parse(json) as RingHello).ring === null);
    expect(new Set(rings)).toEqual(new Set([true, false]));
  });

  it.each(hellos)("is written and read so: $json", ({ json, hex }) => {
    const hello = JSON.parse(json) as RingHello;
    expect(Buffer.from(encodeHello(hello)).toString("hex")).toBe(hex);
    const bytes = new Uint8Array(Buffer.from(hex, "hex"));
    expect(decodeHello(bytes)).toEqual({ _tag: "Right", right: hello });
  });
});
