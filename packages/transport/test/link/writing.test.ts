import { describe, expect, it } from "vitest";
import type { RawSocket } from "../../src/driver.js";
import { headerBytes, Kind } from "../../src/link/framing.js";
import { Writing } from "../../src/link/writing.js";
import { ChunkPool, Outbox } from "../../src/peers/outbox.js";

/** A connection whose socket takes what it is given at once, or not. */
function connection() {
  const socket = { takes: true, write: (_: ReadonlyArray<Uint8Array>) => socket.takes };
  const pool = new ChunkPool();
  const outbox = new Outbox(pool, [], 100_000);
  const batchOf = (...frames: Uint8Array[]) => {
    for (const frame of frames) outbox.push(frame, "ring");
    return outbox.take();
  };
  return { socket, pool, batchOf, writing: new Writing(socket as unknown as RawSocket, pool) };
}

describe("what a connection sends", () => {
  it("is counted: frames of data, and bytes as they travel, a repeated one's changes only", () => {
    const { writing, batchOf } = connection();
    writing.control(Kind.accept, new Uint8Array(0));
    expect(writing).toMatchObject({ frames: 0, bytes: headerBytes, writes: 1 });
    writing.batch(batchOf(new Uint8Array(300), Uint8Array.of(1)));
    expect(writing).toMatchObject({ frames: 2, bytes: 3 * headerBytes + 301, writes: 2 });
    writing.batch(batchOf(new Uint8Array(300)));
    expect(writing).toMatchObject({ frames: 3, bytes: 4 * headerBytes + 306, writes: 3 });
  });

  it("keeps a batch's memory until it has drained", () => {
    const { socket, pool, batchOf, writing } = connection();
    const [taken] = batchOf(Uint8Array.of(1));
    writing.batch(taken === undefined ? [] : [taken]);
    expect(writing).toMatchObject({ blocked: false, takesAtOnce: true });
    expect(pool.take(1)).toBe(taken);
    socket.takes = false;
    const [held] = batchOf(Uint8Array.of(2));
    writing.batch(held === undefined ? [] : [held]);
    expect(writing).toMatchObject({ blocked: true, takesAtOnce: false });
    expect(pool.take(1)).not.toBe(held);
    writing.drained();
    expect(writing.blocked).toBe(false);
    expect(pool.take(1)).toBe(held);
  });
});
