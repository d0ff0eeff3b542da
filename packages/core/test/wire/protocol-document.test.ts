import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { space } from "../../src/identifier.js";
import { messageLimits } from "../../src/message.js";
import { naming } from "../../src/peer.js";
import { codec } from "../../src/wire/codec.js";
import { hopReasons, refusalCodes, unfoundReasons, verdicts } from "../../src/wire/codes.js";
import { codeRanges, kinds } from "../../src/wire/kinds.js";
import { fromJson, messageCodecs } from "../../src/wire/message-codecs.js";

const text = readFileSync(new URL("../../../../docs/PROTOCOL.md", import.meta.url), "utf8");

interface Vector {
  readonly title: string;
  readonly bits: number;
  readonly hash: "sha256" | "sha1";
  readonly json: unknown;
  readonly frame: Uint8Array;
}

/** Blocks of code: the ring, then some JSON, then lines of bytes, each with a remark. */
function vectors(kind: "vector" | "reject" | "skip"): ReadonlyArray<Vector> {
  return [...text.matchAll(new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) => {
    const [ring = "", json = "", ...lines] = (match[1] ?? "").trim().split("\n");
    const [, bits, hash] = ring.split(" ");
    const hex = lines.map((line) => line.split(" ")[0]).join("");
    return {
      title: json.slice(0, 90),
      bits: Number(bits),
      hash: hash === "sha1" ? "sha1" : "sha256",
      json: JSON.parse(json),
      frame: new Uint8Array(Buffer.from(hex, "hex")),
    };
  });
}

/** The rows of the table whose header begins with this. */
function table(firstHeader: string): ReadonlyArray<ReadonlyArray<string>> {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeader} |`));
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function ringOf({ bits, hash }: Vector) {
  const ring = { space: space(bits), naming: naming(space(bits), hash) };
  return { wire: codec(ring), codecs: messageCodecs(ring) };
}

function envelopeOf(vector: Vector) {
  const { from, to, message } = vector.json as { from: number; to: number; message: unknown };
  const read = fromJson(ringOf(vector).codecs, message);
  if (read._tag === "Left") throw new Error(`no message: ${vector.title}`);
  return { from, to, message: read.right };
}

describe("docs/PROTOCOL.md", () => {
  it.each(vectors("vector"))("is written and read so: $title", (vector) => {
    const { wire } = ringOf(vector);
    const envelope = envelopeOf(vector);
    expect(Buffer.from(wire.encode(envelope)).toString("hex")).toBe(
      Buffer.from(vector.frame).toString("hex"),
    );
    expect(wire.decode(vector.frame)).toEqual({ _tag: "Right", right: envelope });
  });

  it.each(vectors("skip"))("is read so: $title", (vector) => {
    expect(ringOf(vector).wire.decode(vector.frame)).toEqual({ _tag: "Right", right: envelopeOf(vector) });
  });

  it.each(vectors("reject"))("is no message: $title", (vector) => {
    expect(ringOf(vector).wire.decode(vector.frame)).toEqual({ _tag: "Left", left: vector.json });
  });

  it("has a vector for every kind, every verdict, and errors of every sort", () => {
    const shown = vectors("vector").map((vector) => envelopeOf(vector).message);
    expect(new Set(shown.map((message) => message._tag))).toEqual(new Set(Object.keys(kinds)));
    const verdictsShown = shown.flatMap((message) =>
      message._tag === "Answer" ? [message.verdict._tag] : [],
    );
    expect(new Set(verdictsShown)).toEqual(new Set(Object.keys(verdicts.codes)));
    const errors = vectors("reject").map((vector) => (vector.json as { _tag: string })._tag);
    expect(new Set(errors)).toEqual(new Set(["Truncated", "TooLarge", "Malformed", "UnknownKind"]));
    expect(vectors("skip").length).toBeGreaterThan(0);
  });

  it("tells the codes of all kinds, and has a section for each", () => {
    const told = table("kind | code").map(([name, code]) => [name, Number.parseInt(code ?? "", 16)]);
    expect(told).toEqual(Object.entries(kinds).map(([name, { code }]) => [name, code]));
    for (const name of Object.keys(kinds)) expect(text).toContain(`\n### ${name}\n`);
  });

  it("tells in its codes what is a request, a reply, or one-way", () => {
    for (const [name, code, firstField, answeredBy] of table("kind | code")) {
      const value = Number.parseInt(code ?? "", 16);
      expect([name, firstField === "rid"]).toEqual([name, value < codeRanges.oneWay]);
      expect([name, answeredBy !== ""]).toEqual([name, value < codeRanges.replies]);
    }
  });

  it.each([
    ["reason for a hop", hopReasons],
    ["reason of Unfound", unfoundReasons],
    ["refusal", refusalCodes],
    ["verdict", verdicts],
  ])("tells the codes of each %s", (header, words) => {
    const told = table(header).map(([word, code]) => [word, Number(code)]);
    expect(told).toEqual(Object.entries(words.codes));
  });

  it("tells the limits", () => {
    const told = table("limit | at most").map(([limit, max]) => [limit, Number(max)]);
    expect(Object.fromEntries(told)).toEqual(messageLimits);
  });
});
