import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameMemory } from "../../src/link/frame-memory.js";
import { encodeFrame, FrameReader, headerBytes, Kind } from "../../src/link/framing.js";

/** What arrives of these frames, written together in batches; and how many bytes travelled. */
const carried = (
  batches: ReadonlyArray<ReadonlyArray<Uint8Array>>,
): { frames: Uint8Array[]; bytes: number } => {
  const [here, there] = [new FrameMemory(), new FrameMemory()];
  const frames: Uint8Array[] = [];
  const reader = new FrameReader(65_536, (kind, payload) => {
    if (kind === Kind.data) there.remember(payload);
    const frame = kind === Kind.data ? payload : there.restore(payload);
    if (frame === null) throw new Error("a change that fits nothing");
    frames.push(frame.slice());
  });
  let bytes = 0;
  for (const batch of batches) {
    const chunk = Uint8Array.from(Buffer.concat(batch.map((frame) => encodeFrame(Kind.data, frame))));
    const used = here.shorten(chunk, chunk.length);
    bytes += used;
    expect(reader.push(chunk.subarray(0, used))).toBeNull();
  }
  return { frames, bytes };
};

const patterned = (length: number, salt: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + salt) & 0xff);

/** A few basic patterns, cut out of and put together: so that many have much in common. */
const frame = fc
  .tuple(fc.nat(3), fc.nat(2_200), fc.nat(2_200), fc.uint8Array({ maxLength: 20 }))
  .map(([salt, head, tail, middle]) =>
    Uint8Array.from([...patterned(head, salt), ...middle, ...patterned(tail, salt)]),
  );

const batches = fc.array(fc.array(frame, { maxLength: 6 }), { maxLength: 8 });

const changed = (from: Uint8Array, at: number, ...bytes: number[]): Uint8Array => {
  const copy = from.slice();
  copy.set(bytes, at);
  return copy;
};

describe("FrameMemory", () => {
  it("brings whatever is sent, whole and in order, and in no more bytes", () => {
    fc.assert(
      fc.property(batches, (sent) => {
        const { frames, bytes } = carried(sent);
        const all = sent.flat();
        expect(frames.map((each) => Buffer.from(each).toString("hex"))).toEqual(
          all.map((each) => Buffer.from(each).toString("hex")),
        );
        expect(bytes).toBeLessThanOrEqual(all.reduce((sum, each) => sum + headerBytes + each.length, 0));
      }),
    );
  });

  it("lets only what changed travel again", () => {
    const first = patterned(600, 1);
    const { bytes } = carried([[first], [changed(first, 3, 1, 2, 3, 4, 5, 6)], [first]]);
    expect(bytes).toBe(headerBytes + 600 + 2 * (headerBytes + 5 + 6));
  });

  it("remembers sorts apart, however they take turns, up to eight", () => {
    const cost = (sorts: number): number => {
      const sent = Array.from({ length: sorts }, (_, i) => changed(patterned(200, 0), 0, i, i));
      return carried([sent, sent]).bytes - sorts * (headerBytes + 200);
    };
    expect(cost(8)).toBe(8 * (headerBytes + 5));
    expect(cost(9)).toBe(9 * (headerBytes + 200));
  });

  it("takes no memory for what differs little from the last of its sort", () => {
    const there = new FrameMemory();
    const restored = (length: number): ArrayBufferLike | undefined => {
      const middle = patterned(length - 150, length);
      return there.restore(Uint8Array.from([0, 0, 100, 0, 50, ...middle]))?.buffer;
    };
    there.remember(patterned(200, 0));
    const memory = restored(200);
    expect(memory?.byteLength).toBe(224);
    for (const length of [201, 224, 160, 199]) expect(restored(length)).toBe(memory);
    expect(restored(225)?.byteLength).toBe(256);
  });

  it.each([
    [127, false],
    [128, true],
    [2_048, true],
    [2_049, false],
  ])("remembers frames of 128 to 2,048 bytes alone: %i", (length, remembered) => {
    const sent = patterned(length, 0);
    expect(carried([[sent, sent]]).bytes < 2 * (headerBytes + length)).toBe(remembered);
  });

  it("finds a change that fits nothing, and throws for none", () => {
    const there = new FrameMemory();
    there.remember(patterned(200, 0));
    const fits = (...change: number[]): boolean => there.restore(Uint8Array.from(change)) !== null;
    expect(fits(0, 0, 200, 0, 0)).toBe(true);
    expect(fits(0, 0, 100, 0, 100)).toBe(true);
    expect(fits(0, 0, 101, 0, 100)).toBe(false);
    expect(fits(1, 0, 200, 0, 0)).toBe(false);
    expect(fits(0, 0, 127, 0, 0)).toBe(false);
    expect(fits(0, 0, 200, 0)).toBe(false);
    expect(fits(0, 0, 3, 0, 197)).toBe(true);
    expect(fits(0, 0, 2, 0, 198)).toBe(false);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_100 }), (change) => void there.restore(change)));
  });
});
