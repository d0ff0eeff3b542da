import { headerBytes, Kind, payloadBytesAt, writeHeader } from "./framing.js";
import type { Lane } from "./transport.js";

/** Whole frames one after the other, ready to be written. */
export interface Chunk {
  readonly bytes: Uint8Array;
  used: number;
  frames: number;
}

/** Memory for chunks, used again and again by all queues of a process: an empty queue holds none. */
export class ChunkPool {
  readonly #free: Chunk[] = [];

  take(bytesMin: number): Chunk {
    if (bytesMin > chunkBytes) return { bytes: new Uint8Array(bytesMin), used: 0, frames: 0 };
    return this.#free.pop() ?? { bytes: new Uint8Array(chunkBytes), used: 0, frames: 0 };
  }

  give(chunks: ReadonlyArray<Chunk>): void {
    for (const chunk of chunks) {
      if (chunk.bytes.length !== chunkBytes || this.#free.length >= chunksKept) continue;
      chunk.used = 0;
      chunk.frames = 0;
      this.#free.push(chunk);
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
  readonly #ring: Chunk[] = [];
  readonly #bulk: Chunk[] = [];
  readonly #pool: ChunkPool;
  readonly #budgets: ReadonlyArray<Budget>;
  readonly #limitBytes: number;

  /** Its bytes count in each of the budgets. */
  constructor(pool: ChunkPool, budgets: ReadonlyArray<Budget>, limitBytes: number) {
    this.#pool = pool;
    this.#budgets = budgets;
    this.#limitBytes = limitBytes;
  }

  /** Copies the frame; false where a bound would be passed. What bulk leaves free is for the ring's frames alone. */
  push(frame: Uint8Array, lane: Lane): boolean {
    const bytes = headerBytes + frame.length;
    const share = lane === "bulk" ? bulkShare : 1;
    if (this.bytes + bytes > this.#limitBytes * share) return false;
    for (const { usedBytes, limitBytes } of this.#budgets) {
      if (usedBytes + bytes > limitBytes * share) return false;
    }
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
  take(): Chunk[] {
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
    const chunk = this.#pool.take(bytes);
    lane.push(chunk);
    return chunk;
  }
}

const chunkBytes = 16_384;

const chunksKept = 64;

const batchBytes = 65_536;

const bulkShare = 0.5;

const framesOf = (chunk: Chunk, into: Uint8Array[]): void => {
  for (let at = 0; at < chunk.used; ) {
    const end = at + headerBytes + payloadBytesAt(chunk.bytes, at);
    into.push(chunk.bytes.slice(at + headerBytes, end));
    at = end;
  }
};
