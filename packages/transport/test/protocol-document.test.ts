import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FrameMemory } from "../src/link/frame-memory.js";
import { encodeFrame, FrameReader, headerBytes, Kind } from "../src/link/framing.js";
import {
  decodeGreeting,
  decodeRefusal,
  encodeGreeting,
  encodeRefusal,
  type Greeting,
} from "../src/link/hello.js";

const text = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8");

type Opaque = "payload" | "gives" | "shows";

type Example = { readonly payload?: string } & (
  | ({ readonly kind: "hello" } & Omit<Greeting, Opaque> & Readonly<Record<Opaque, string>>)
  | { readonly kind: "refusal"; readonly code: string; readonly detail: string }
  | { readonly kind: "accept" | "data" | "bye" | "ticket" }
  | {
      readonly kind: "change";
      readonly place: number;
      readonly head: number;
      readonly tail: number;
      readonly between: string;
    }
);

/** Blocks of code: some JSON, then lines of bytes, each with a remark. */
const examples = [...text.matchAll(/^```link\n([\s\S]*?)^```$/gm)].map((match) => {
  const [json = "", ...lines] = (match[1] ?? "").trim().split("\n");
  const hex = lines.map((line) => line.split(" ")[0]).join("");
  return { json, example: JSON.parse(json) as Example, frame: new Uint8Array(Buffer.from(hex, "hex")) };
});

function bytesOf(hex = ""): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function written(example: Example): Uint8Array {
  switch (example.kind) {
    case "hello": {
      const { payload, gives, shows } = example;
      const opaque = { payload: bytesOf(payload), gives: bytesOf(gives), shows: bytesOf(shows) };
      const encoded = encodeGreeting({ ...example, ...opaque });
      return encoded._tag === "Right" ? encoded.right : new Uint8Array(0);
    }
    case "refusal":
      return encodeRefusal(example);
    case "change": {
      const { place, head, tail, between } = example;
      return Uint8Array.of(place, head >> 8, head, tail >> 8, tail, ...bytesOf(between));
    }
    default:
      return bytesOf(example.payload);
  }
}

function read(example: Example, payload: Uint8Array): unknown {
  if (example.kind === "hello") {
    const decoded = decodeGreeting(payload);
    if (decoded._tag === "Left") return decoded;
    const { payload: opaque, gives, shows } = decoded.right;
    return {
      kind: "hello",
      ...decoded.right,
      payload: hexOf(opaque),
      gives: hexOf(gives),
      shows: hexOf(shows),
    };
  }
  return { kind: "refusal", ...decodeRefusal(payload) };
}

describe("docs/PROTOCOL.md: the link", () => {
  it("has an example of every kind of frame", () => {
    expect(new Set(examples.map(({ example }) => example.kind))).toEqual(new Set(Object.keys(Kind)));
  });

  it.each(examples)("is written and read so: $json", ({ example, frame }) => {
    const payload = written(example);
    expect(Buffer.from(encodeFrame(Kind[example.kind], payload))).toEqual(Buffer.from(frame));
    const frames: [number, Uint8Array][] = [];
    new FrameReader(2_048, (kind, bytes) => frames.push([kind, bytes.slice()])).push(frame);
    expect(frames).toEqual([[Kind[example.kind], payload]]);
    if (example.kind === "hello" || example.kind === "refusal")
      expect(read(example, payload)).toEqual(example);
  });

  it("has a change that is made and understood so", () => {
    const first = bytesOf(`0102030405${"aa".repeat(145)}0607`);
    const then = bytesOf(`010203ffff${"aa".repeat(145)}0607`);
    const [here, there] = [new FrameMemory(), new FrameMemory()];
    here.remember(first);
    there.remember(first);
    const sent = encodeFrame(Kind.data, then);
    const change = sent.subarray(0, here.shorten(sent, sent.length));
    expect(change).toEqual(examples.find(({ example }) => example.kind === "change")?.frame);
    expect(there.restore(change.subarray(headerBytes))).toEqual(then);
  });
});
