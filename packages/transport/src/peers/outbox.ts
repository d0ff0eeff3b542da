import { headerBytes, Kind, payloadBytesAt, writeHeader } from "../link/framing.js";
import type { Lane } from "../transport.js";

/** Whole frames one after the other, ready to be written. */
export interface Chunk {
  readonly bytes: Uint8Array;
  used: number;
  frames: number;
}

/**
 * Memory for chunks, used again and again by all queues of a process: an empty queue holds none, and one in which only
 * a few frames wait, for a connection perhaps, holds little.
 */
export class ChunkPool {
  readonly #small: Chunk[] = [];
  readonly #large: Chunk[] = [];

  take(bytesMin: number): Chunk {
    const { small, large } = chunkBytes;
    if (bytesMin <= small) return this.#small.pop() ?? chunkOf(small);
    return (bytesMin <= large ? this.#large.pop() : undefined) ?? chunkOf(Math.max(large, bytesMin));
  }

  give(chunks: ReadonlyArray<Chunk>): void {
    for (const chunk of chunks) {
      chunk.used = 0;
      chunk.frames = 0;
      const { length } = chunk.bytes;
      if (length === chunkBytes.small && this.#small.length < chunksKept.small) this.#small.push(chunk);
      if (length === chunkBytes.large && this.#large.length < chunksKept.large) this.#large.push(chunk);
    }
  }
}

/** Of all endpoints: those that are quiet leave it to those that are not. */
export const chunkPool: ChunkPool = new ChunkPool();

/** The bytes that several queues have together. */
export interface Budget {
  usedBytes: number;
  readonly limitBytes: number;
}

/** What waits for one peer, in two lanes, already framed. */
export class Outbox {
  bytes = 0;
  #ring: Chunk[] = [];
  #bulk: Chunk[] = [];
  readonly #pool: ChunkPool;
  readonly #budgets: ReadonlyArray<Budget>;
  readonly #limitBytes: number;

  /** Its bytes count in each of the budgets. */
  constructor(pool: ChunkPool, budgets: ReadonlyArray<Budget>, limitBytes: number) {
    this.#pool = pool;
    this.#budgets = budgets;
    this.#limitBytes = limitBytes;
  }

  /** Whether it takes a frame of so many bytes now. What bulk leaves free is for the ring's frames alone. */
  hasRoom(frameBytes: number, lane: Lane): boolean {
    const share = lane === "bulk" ? bulkShare : 1;
    if (this.bytes + headerBytes + frameBytes > this.#limitBytes * share) return false;
    for (const { usedBytes, limitBytes } of this.#budgets) {
      if (usedBytes + headerBytes + frameBytes > limitBytes * share) return false;
    }
    return true;
  }

  /** Copies the frame; false where there is no room for it. */
  push(frame: Uint8Array, lane: Lane): boolean {
    if (!this.hasRoom(frame.length, lane)) return false;
    const bytes = headerBytes + frame.length;
    const chunk = this.#room(lane === "ring" ? this.#ring : this.#bulk, bytes);
    writeHeader(chunk.bytes, chunk.used, Kind.data, frame.length);
    chunk.bytes.set(frame, chunk.used + headerBytes);
    chunk.used += bytes;
    chunk.frames += 1;
    this.#count(bytes);
    return true;
  }

  /**
   * What goes into one write: ring before bulk, and no more than `batchBytes` (but one chunk), since what was
   * written can't be overtaken.
   */
  take(): ReadonlyArray<Chunk> {
    return this.bytes <= batchBytes ? this.#takeAll() : this.#takeFirst();
  }

  /** Mostly it is all that there is. The lists go with it: an empty queue keeps no room in them. */
  #takeAll(): ReadonlyArray<Chunk> {
    const [ring, bulk] = [this.#ring, this.#bulk];
    if (ring.length > 0) this.#ring = [];
    if (bulk.length > 0) this.#bulk = [];
    this.#count(-this.bytes);
    return bulk.length === 0 ? ring : ring.concat(bulk);
  }

  #takeFirst(): ReadonlyArray<Chunk> {
    const batch: Chunk[] = [];
    let bytes = 0;
    while (bytes < batchBytes) {
      const chunk = this.#ring.shift() ?? this.#bulk.shift();
      if (chunk === undefined) break;
      batch.push(chunk);
      bytes += chunk.used;
    }
    this.#count(-bytes);
    return batch;
  }

  /** Empties the queue: the frames that were never written. */
  drop(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    while (this.bytes > 0) {
      const batch = this.take();
      for (const chunk of batch) framesOf(chunk, frames);
      this.#pool.give(batch);
    }
    return frames;
  }

  #count(bytes: number): void {
    this.bytes += bytes;
    for (const budget of this.#budgets) budget.usedBytes += bytes;
  }

  #room(lane: Chunk[], bytes: number): Chunk {
    const last = lane.at(-1);
    if (last !== undefined && last.used + bytes <= last.bytes.length) return last;
    const grows = last !== undefined && last.used + bytes <= chunkBytes.large;
    if (grows) return this.#grow(lane, last, bytes);
    const chunk = this.#pool.take(last === undefined ? bytes : Math.max(bytes, chunkBytes.large));
    lane.push(chunk);
    return chunk;
  }

  /** Into larger memory, rather than to a second write. */
  #grow(lane: Chunk[], small: Chunk, bytes: number): Chunk {
    const { used, frames } = small;
    const large = this.#pool.take(used + bytes);
    large.bytes.set(small.bytes.subarray(0, used));
    large.used = used;
    large.frames = frames;
    lane[lane.length - 1] = large;
    this.#pool.give([small]);
    return large;
  }
}

const chunkBytes = { small: 1_024, large: 16_384 } as const;

/** A mebibyte of each. */
const chunksKept = { small: 1_024, large: 64 } as const;

const chunkOf = (bytes: number): Chunk => ({ bytes: new Uint8Array(bytes), used: 0, frames: 0 });

const batchBytes = 65_536;

const bulkShare = 0.5;

const framesOf = (chunk: Chunk, into: Uint8Array[]): void => {
  for (let at = 0; at < chunk.used; ) {
    const end = at + headerBytes + payloadBytesAt(chunk.bytes, at);
    into.push(chunk.bytes.slice(at + headerBytes, end));
    at = end;
  }
};
