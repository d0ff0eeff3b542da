import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, headerBytes, writeHeader } from "../../src/link/framing.js";

interface Frame {
  readonly kind: number;
  readonly payload: ReadonlyArray<number>;
}

const read = (chunks: ReadonlyArray<Uint8Array>, limitBytes = 65_536): Frame[] => {
  const frames: Frame[] = [];
  const reader = new FrameReader(limitBytes, (kind, payload) => frames.push({ kind, payload: [...payload] }));
  for (const chunk of chunks) expect(reader.push(chunk)).toBeNull();
  return frames;
};

/** The stream cut at these places, in any order and number. */
const cut = (stream: Uint8Array, places: ReadonlyArray<number>): Uint8Array[] => {
  const sorted = [...places.map((place) => place % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  return sorted.map((end, i) => stream.slice(sorted[i - 1] ?? 0, end));
};

const frames = fc.array(fc.tuple(fc.constantFrom(1, 4, 255), fc.uint8Array({ maxLength: 600 })), {
  maxLength: 12,
});

describe("FrameReader", () => {
  it("finds the same frames however the stream was chunked", () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(10_000), { maxLength: 40 }), (sent, places) => {
        const stream = Buffer.concat(sent.map(([kind, payload]) => encodeFrame(kind, payload)));
        const expected = sent.map(([kind, payload]) => ({ kind, payload: [...payload] }));
        expect(read(cut(stream, places))).toEqual(expected);
      }),
    );
  });

  it("finds them byte by byte", () => {
    const stream = Buffer.concat([encodeFrame(4, new Uint8Array(0)), encodeFrame(1, Uint8Array.of(7, 8))]);
    expect(read([...stream].map((byte) => Uint8Array.of(byte)))).toEqual([
      { kind: 4, payload: [] },
      { kind: 1, payload: [7, 8] },
    ]);
  });

  it("never throws, and delivers no frame past the limit, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), fc.nat(40), (chunks, limitBytes) => {
        const lengths: number[] = [];
        const reader = new FrameReader(limitBytes, (_kind, payload) => lengths.push(payload.length));
        for (const chunk of chunks) reader.push(chunk);
        expect(lengths.every((length) => length <= limitBytes)).toBe(true);
      }),
    );
  });

  it.each([
    ["in one chunk", (header: Uint8Array) => [header]],
    ["in two", (header: Uint8Array) => [header.slice(0, 3), header.slice(3)]],
  ])("takes the limit and refuses one more as soon as the header is there, %s", (_how, chunksOf) => {
    expect(read([encodeFrame(4, new Uint8Array(100))], 100)).toHaveLength(1);
    const header = new Uint8Array(headerBytes);
    writeHeader(header, 0, 4, 101);
    const reader = new FrameReader(100, () => undefined);
    const faults = chunksOf(header).map((chunk) => reader.push(chunk));
    expect(faults.at(-1)).toEqual({ _tag: "Oversized", frameBytes: 101, limitBytes: 100 });
    expect(reader.push(encodeFrame(4, new Uint8Array(1)))).toBeNull();
  });

  it("understands lengths beyond 31 bits as such", () => {
    const reader = new FrameReader(65_536, () => undefined);
    expect(reader.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 4))).toEqual({
      _tag: "Oversized",
      frameBytes: 0xffffffff,
      limitBytes: 65_536,
    });
  });

  it("stops in the middle of a chunk", () => {
    const kinds: number[] = [];
    const reader = new FrameReader(100, (kind) => {
      kinds.push(kind);
      reader.stop();
    });
    reader.push(Buffer.concat([encodeFrame(1, new Uint8Array(1)), encodeFrame(2, new Uint8Array(1))]));
    expect(kinds).toEqual([1]);
  });
});
