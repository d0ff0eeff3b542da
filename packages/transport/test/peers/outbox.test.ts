import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameReader } from "../../src/link/framing.js";
import { type Chunk, ChunkPool, Outbox } from "../../src/peers/outbox.js";

const outboxOf = (limitBytes = 1_000_000, budgetBytes = 1_000_000): Outbox =>
  new Outbox(new ChunkPool(), [{ usedBytes: 0, limitBytes: budgetBytes }], limitBytes);

const framesIn = (batch: ReadonlyArray<Chunk>): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  const reader = new FrameReader(100_000, (_kind, payload) => frames.push(payload.slice()));
  for (const { bytes, used } of batch) reader.push(bytes.subarray(0, used));
  return frames;
};

const takeAll = (outbox: Outbox): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  while (outbox.bytes > 0) frames.push(...framesIn(outbox.take()));
  return frames;
};

const filled = (bytes: number, value: number): Uint8Array => new Uint8Array(bytes).fill(value);

const sends = fc.array(fc.tuple(fc.nat(40_000), fc.constantFrom("ring" as const, "bulk" as const)), {
  maxLength: 30,
});

/** Comparing megabytes one by one takes long, and says no more. */
const brief = (frames: ReadonlyArray<Uint8Array>): ReadonlyArray<unknown> =>
  frames.map((frame) => [frame.length, frame[0], frame.at(-1)]);

describe("Outbox", () => {
  it("gives all frames, ring before bulk, each lane in order", () => {
    fc.assert(
      fc.property(sends, (some) => {
        const outbox = outboxOf(10_000_000, 10_000_000);
        for (const [i, [bytes, lane]] of some.entries())
          expect(outbox.push(filled(bytes, i), lane)).toBe(true);
        const inLane = (wanted: string): Uint8Array[] =>
          some.flatMap(([bytes, lane], i) => (lane === wanted ? [filled(bytes, i)] : []));
        expect(brief(takeAll(outbox))).toEqual(brief([...inLane("ring"), ...inLane("bulk")]));
      }),
    );
  });

  it("drops the same frames that it would have given", () => {
    const [one, other] = [outboxOf(), outboxOf()];
    for (const outbox of [one, other]) for (let i = 0; i < 500; i += 1) outbox.push(filled(i, i), "bulk");
    expect(brief(one.drop())).toEqual(brief(takeAll(other)));
    expect(one.bytes).toBe(0);
  });

  it("takes no more than its bound, nor than the bound of all", () => {
    const budget = { usedBytes: 0, limitBytes: 60 };
    const pool = new ChunkPool();
    const [one, other] = [new Outbox(pool, [budget], 50), new Outbox(pool, [budget], 50)];
    expect([one.hasRoom(45, "ring"), one.hasRoom(46, "ring")]).toEqual([true, false]);
    expect([one.hasRoom(20, "bulk"), one.hasRoom(21, "bulk")]).toEqual([true, false]);
    expect([one.push(filled(45, 1), "ring"), one.push(filled(0, 1), "ring")]).toEqual([true, false]);
    expect([other.push(filled(6, 1), "ring"), other.push(filled(5, 1), "ring")]).toEqual([false, true]);
    expect(budget.usedBytes).toBe(60);
    one.take();
    other.drop();
    expect(budget.usedBytes).toBe(0);
  });

  it("keeps room for the ring's frames, however much bulk there is", () => {
    const budget = { usedBytes: 0, limitBytes: 200 };
    const outbox = new Outbox(new ChunkPool(), [budget], 100);
    expect([outbox.push(filled(45, 1), "bulk"), outbox.push(filled(0, 1), "bulk")]).toEqual([true, false]);
    expect([outbox.push(filled(45, 1), "ring"), outbox.push(filled(0, 1), "ring")]).toEqual([true, false]);
    const other = new Outbox(new ChunkPool(), [budget], 1_000);
    expect([other.push(filled(0, 1), "bulk"), other.push(filled(95, 1), "ring")]).toEqual([false, true]);
  });

  it("holds little memory for few frames, and one chunk for as many as fit into it", () => {
    const outbox = outboxOf();
    outbox.push(filled(100, 1), "ring");
    expect(outbox.take()[0]?.bytes).toHaveLength(1_024);
    for (let i = 0; i < 155; i += 1) outbox.push(filled(100, i), "ring");
    const batch = outbox.take();
    expect(batch.map(({ used, frames }) => [used, frames])).toEqual([[155 * 105, 155]]);
    expect(brief(framesIn(batch))).toEqual(brief(Array.from({ length: 155 }, (_, i) => filled(100, i))));
  });

  it("gives little at once, so that ring frames need not wait for much bulk", () => {
    const outbox = outboxOf();
    for (let i = 0; i < 10; i += 1) outbox.push(filled(50_000, i), "bulk");
    expect(framesIn(outbox.take())).toHaveLength(2);
    outbox.push(filled(1, 99), "ring");
    expect(framesIn(outbox.take())[0]).toEqual(filled(1, 99));
  });

  it("uses memory again that was given back", () => {
    const pool = new ChunkPool();
    const outbox = new Outbox(pool, [{ usedBytes: 0, limitBytes: 1_000 }], 1_000);
    outbox.push(filled(3, 1), "ring");
    const first = outbox.take();
    pool.give(first);
    outbox.push(filled(2, 2), "bulk");
    const second = outbox.take();
    expect(second[0]?.bytes).toBe(first[0]?.bytes);
    expect(framesIn(second)).toEqual([filled(2, 2)]);
  });
});
