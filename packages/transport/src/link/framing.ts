/** The kinds of frames. Those from 128 on are for the future: who does not know one skips it. */
export const Kind = { hello: 1, accept: 2, refusal: 3, data: 4, bye: 5, change: 6, ticket: 7 } as const;

/** Before each payload: its length in four bytes, big-endian, and its kind in one. */
export const headerBytes = 5;

export type FrameFault = {
  readonly _tag: "Oversized";
  readonly frameBytes: number;
  readonly limitBytes: number;
};

export const writeHeader = (target: Uint8Array, at: number, kind: number, payloadBytes: number): void => {
  target[at] = payloadBytes >>> 24;
  target[at + 1] = payloadBytes >>> 16;
  target[at + 2] = payloadBytes >>> 8;
  target[at + 3] = payloadBytes;
  target[at + 4] = kind;
};

/** The length in a header. */
export const payloadBytesAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) * 0x1000000 +
  (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));

/** A frame in memory of its own: for the few words of hello and goodbye. */
export const encodeFrame = (kind: number, payload: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(headerBytes + payload.length);
  writeHeader(frame, 0, kind, payload.length);
  frame.set(payload, headerBytes);
  return frame;
};

/**
 * Cuts a byte stream into frames, however it was chunked. A length is checked before anything of its frame is kept,
 * and what is kept never exceeds twice what arrived.
 */
export class FrameReader {
  /** For the frames to come. */
  limitBytes: number;
  readonly #onFrame: (kind: number, payload: Uint8Array) => void;
  #held: Uint8Array = empty;
  #heldBytes = 0;
  #stopped = false;

  /** `onFrame`'s payload is valid during the call only. */
  constructor(limitBytes: number, onFrame: (kind: number, payload: Uint8Array) => void) {
    this.limitBytes = limitBytes;
    this.#onFrame = onFrame;
  }

  /** Nothing is read any more, not even the rest of the present chunk. */
  stop(): void {
    this.#stopped = true;
    this.#held = empty;
    this.#heldBytes = 0;
  }

  /** After a fault the stream can't be understood any more. */
  push(chunk: Uint8Array): FrameFault | null {
    let at = 0;
    while (!this.#stopped && at < chunk.length) {
      if (this.#heldBytes === 0 && chunk.length - at >= headerBytes) {
        const frameBytes = frameBytesAt(chunk, at);
        if (frameBytes - headerBytes > this.limitBytes) return this.#oversized(frameBytes);
        if (frameBytes <= chunk.length - at) {
          this.#onFrame(chunk[at + 4] as number, chunk.subarray(at + headerBytes, at + frameBytes));
          at += frameBytes;
          continue;
        }
      }
      at = this.#hold(chunk, at);
      if (this.#heldBytes < headerBytes) return null;
      const frameBytes = frameBytesAt(this.#held, 0);
      if (frameBytes - headerBytes > this.limitBytes) return this.#oversized(frameBytes);
      if (this.#heldBytes === frameBytes) this.#deliverHeld(frameBytes);
    }
    return null;
  }

  #oversized(frameBytes: number): FrameFault {
    this.stop();
    return { _tag: "Oversized", frameBytes: frameBytes - headerBytes, limitBytes: this.limitBytes };
  }

  /** Keeps what belongs to the header, or, once that is whole, to its frame; returns where the rest begins. */
  #hold(chunk: Uint8Array, at: number): number {
    const frameBytes = this.#heldBytes < headerBytes ? headerBytes : frameBytesAt(this.#held, 0);
    const end = Math.min(chunk.length, at + frameBytes - this.#heldBytes);
    const needed = this.#heldBytes + end - at;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(heldBytesMin, Math.min(frameBytes, needed * 2)));
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(chunk.subarray(at, end), this.#heldBytes);
    this.#heldBytes = needed;
    return end;
  }

  #deliverHeld(frameBytes: number): void {
    const frame = this.#held;
    this.#heldBytes = 0;
    if (frame.length > heldBytesKept) this.#held = empty;
    this.#onFrame(frame[4] as number, frame.subarray(headerBytes, frameBytes));
  }
}

const empty: Uint8Array = new Uint8Array(0);

const heldBytesMin = 256;

/** An idle connection keeps no more than this. */
const heldBytesKept = 4_096;

const frameBytesAt = (bytes: Uint8Array, at: number): number => headerBytes + payloadBytesAt(bytes, at);
