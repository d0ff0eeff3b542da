import { encodeFrame, headerBytes, Kind, payloadBytesAt, writeHeader } from "./framing.js";

/**
 * What one direction of a connection has carried of late. Neighbours say almost the same once an interval, with long
 * lists of each other: so both ends remember the last frame of each sort, and of the next one only what changed
 * travels. What is remembered follows from the frames alone, and so is the same at both ends; it ends with the
 * connection.
 *
 * Law: whatever is sent, what one memory shortens another restores, if both have seen the same frames in one order.
 *
 * @example
 * const [here, there] = [new FrameMemory(), new FrameMemory()]
 * const [header, frame] = [Uint8Array.of(0, 0, 1, 44, 4), new Uint8Array(300)]
 * here.shorten(Uint8Array.of(...header, ...frame), 305)
 * there.remember(frame)
 * frame[10] = 8
 * const again = Uint8Array.of(...header, ...frame)
 * assert.strictEqual(here.shorten(again, 305), 11)
 * assert.deepStrictEqual(there.restore(again.subarray(5, 11)), frame)
 */
export class FrameMemory {
  /** Of just the length it has: of these there are two for each connection, and most stay empty or nearly so. */
  #frames: Uint8Array[] = none;
  /** Which place the next frame of a new sort takes when all are taken: in turn. */
  #next = 0;

  /** It was sent or came as it is. Kept, as a copy, if it is neither too short to matter nor too long. */
  remember(frame: Uint8Array): void {
    if (isRemembered(frame.length)) this.#keep(frame.slice());
  }

  /** Makes the data frames among these shorter, in place, and remembers them; returns how many bytes are left. */
  shorten(bytes: Uint8Array, used: number): number {
    let left = 0;
    for (let at = 0; at < used; ) {
      const end = at + headerBytes + payloadBytesAt(bytes, at);
      const written = isRemembered(end - at - headerBytes) ? this.#shortenOne(bytes, at, end, left) : 0;
      if (written === 0 && left !== at) bytes.copyWithin(left, at, end);
      left += written === 0 ? end - at : written;
      at = end;
    }
    return left;
  }

  /** The frame that a change stands for, valid until the next one; null: it fits nothing that is remembered. */
  restore(change: Uint8Array): Uint8Array | null {
    if (change.length < changeBytes) return null;
    const view = new DataView(change.buffer, change.byteOffset, change.byteLength);
    const known = this.#frames[view.getUint8(0)];
    const [head, tail] = [view.getUint16(1), view.getUint16(3)];
    const middle = change.length - changeBytes;
    const length = head + middle + tail;
    if (known === undefined || head + tail > known.length || !isRemembered(length)) return null;
    const frame = new Uint8Array(length);
    frame.set(known.subarray(0, head));
    frame.set(change.subarray(changeBytes), head);
    frame.set(known.subarray(known.length - tail), head + middle);
    this.#keep(frame);
    return frame;
  }

  /** Writes it at `to`, as a change if that is shorter; 0: it stays where it is. */
  #shortenOne(bytes: Uint8Array, at: number, end: number, to: number): number {
    const frame = bytes.slice(at + headerBytes, end);
    const place = this.#placeOf(frame);
    const known = this.#frames[place];
    this.#keep(frame);
    if (known === undefined) return 0;
    const head = commonHead(known, frame);
    const tail = commonTail(known, frame, head);
    if (head + tail < sharedBytesMin) return 0;
    const payload = changeBytes + frame.length - head - tail;
    bytes.copyWithin(to + headerBytes + changeBytes, at + headerBytes + head, end - tail);
    writeHeader(bytes, to, Kind.change, payload);
    writeChange(bytes, to + headerBytes, place, head, tail);
    return headerBytes + payload;
  }

  #keep(frame: Uint8Array): void {
    const place = this.#placeOf(frame);
    if (place >= 0) this.#frames[place] = frame;
    else if (this.#frames.length < placesMax) this.#frames = this.#frames.concat(frame);
    else {
      this.#frames[this.#next] = frame;
      this.#next = (this.#next + 1) % placesMax;
    }
  }

  /** Of its own sort is what begins with the same bytes. -1: there is none. */
  #placeOf(frame: Uint8Array): number {
    return this.#frames.findIndex((known) => sortBytes.every((i) => known[i] === frame[i]));
  }
}

/**
 * How many bytes each frame would take on one direction of a connection, the link's header included: for who counts
 * what a ring would say to itself, without sending it.
 *
 * @example
 * const meter = frameMeter()
 * const frame = new Uint8Array(300)
 * assert.deepStrictEqual([meter(frame), meter(frame)], [305, 10])
 */
export const frameMeter = (): ((frame: Uint8Array) => number) => {
  const memory = new FrameMemory();
  return (frame) => memory.shorten(encodeFrame(Kind.data, frame), headerBytes + frame.length);
};

const none: Uint8Array[] = [];

/** How many frames are remembered, each way. */
const placesMax = 8;

/** A frame's first bytes say its sort: the link does not know more of what it carries. */
const sortBytes = [0, 1, 2] as const;

/** Shorter ones are sent as fast as they can be, longer ones would need much memory. */
const rememberedBytes = { min: 128, max: 2_048 } as const;

/** Before what has changed: a place, and the lengths of head and tail. */
const changeBytes = 5;

/** What a change must save at least. */
const sharedBytesMin = 32;

const isRemembered = (bytes: number): boolean => bytes >= rememberedBytes.min && bytes <= rememberedBytes.max;

const commonHead = (one: Uint8Array, other: Uint8Array): number => {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one[length] === other[length]) length += 1;
  return length;
};

/** At the end, and not counting the head. */
const commonTail = (one: Uint8Array, other: Uint8Array, head: number): number => {
  const most = Math.min(one.length, other.length) - head;
  let length = 0;
  while (length < most && one[one.length - 1 - length] === other[other.length - 1 - length]) length += 1;
  return length;
};

const writeChange = (target: Uint8Array, at: number, place: number, head: number, tail: number): void => {
  target[at] = place;
  target[at + 1] = head >>> 8;
  target[at + 2] = head;
  target[at + 3] = tail >>> 8;
  target[at + 4] = tail;
};
