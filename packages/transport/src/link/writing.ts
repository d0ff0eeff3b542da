import type { RawSocket } from "../driver.js";
import type { Chunk, ChunkPool } from "../peers/outbox.js";
import { FrameMemory } from "./frame-memory.js";
import { encodeFrame } from "./framing.js";

/**
 * What a connection sends: the words that its two ends say to each other, and batches of data frames, of which only
 * what changed travels. While it is blocked the memory of the last batch is in use.
 */
export class Writing {
  /** Whether the socket takes no bytes. */
  blocked = false;
  /** Whether the last bytes were taken at once. Over TLS they never are: what follows waits until they are sent. */
  takesAtOnce = false;
  frames = 0;
  bytes = 0;
  writes = 0;
  readonly #socket: RawSocket;
  readonly #pool: ChunkPool;
  readonly #sent = new FrameMemory();
  #inFlight: ReadonlyArray<Chunk> = [];

  constructor(socket: RawSocket, pool: ChunkPool) {
    this.#socket = socket;
    this.#pool = pool;
  }

  control(kind: number, payload: Uint8Array): void {
    this.#write([encodeFrame(kind, payload)]);
  }

  /** Only while it is not blocked. The chunks go back to the pool. */
  batch(batch: ReadonlyArray<Chunk>): void {
    const views: Uint8Array[] = [];
    for (const chunk of batch) {
      chunk.used = this.#sent.shorten(chunk.bytes, chunk.used);
      views.push(chunk.bytes.subarray(0, chunk.used));
      this.frames += chunk.frames;
    }
    if (this.#write(views)) this.#pool.give(batch);
    else this.#inFlight = batch;
  }

  drained(): void {
    this.blocked = false;
    this.#pool.give(this.#inFlight);
    this.#inFlight = [];
  }

  #write(chunks: ReadonlyArray<Uint8Array>): boolean {
    this.writes += 1;
    for (const chunk of chunks) this.bytes += chunk.length;
    const taken = this.#socket.write(chunks);
    this.takesAtOnce = taken;
    if (!taken) this.blocked = true;
    return taken;
  }
}
