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
    if (isRemembered(frame.length)) this.#keep(this.#placeOf(frame, 0), frame, 0, frame.length);
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
    const place = change[0] as number;
    const [head, tail] = [twoBytesAt(change, 1), twoBytesAt(change, 3)];
    const middle = change.length - changeBytes;
    const length = head + middle + tail;
    const known = this.#frames[place];
    if (known === undefined || head + tail > known.length || !isRemembered(length)) return null;
    // What differs in its first bytes is of another sort, and has no place here.
    if (head < sortBytes.length) return null;
    const frame = fitting(known, length);
    if (frame.buffer !== known.buffer) frame.set(known.subarray(0, head));
    move(known, known.length - tail, known.length, frame, head + middle);
    for (let i = 0; i < middle; i++) frame[head + i] = change[changeBytes + i] as number;
    this.#frames[place] = frame;
    return frame;
  }

  /** Writes it at `to`, as a change if that is shorter; 0: it stays where it is. */
  #shortenOne(bytes: Uint8Array, at: number, end: number, to: number): number {
    const start = at + headerBytes;
    const place = this.#placeOf(bytes, start);
    const known = this.#frames[place];
    if (known === undefined) {
      this.#keep(place, bytes, start, end);
      return 0;
    }
    const head = commonHead(known, bytes, start, end);
    const tail = commonTail(known, bytes, start + head, end, head);
    this.#keep(place, bytes, start, end);
    if (head + tail < sharedBytesMin) return 0;
    const payload = changeBytes + end - start - head - tail;
    bytes.copyWithin(to + headerBytes + changeBytes, start + head, end - tail);
    writeHeader(bytes, to, Kind.change, payload);
    writeChange(bytes, to + headerBytes, place, head, tail);
    return headerBytes + payload;
  }

  /** A copy of what lies there, in the memory of the frame before it, if it fits in. */
  #keep(known: number, bytes: Uint8Array, start: number, end: number): void {
    const place = known >= 0 ? known : this.#newPlace();
    const frame = fitting(this.#frames[place] ?? nothing, end - start);
    frame.set(bytes.subarray(start, end));
    this.#frames[place] = frame;
  }

  #newPlace(): number {
    if (this.#frames.length < placesMax) {
      this.#frames = this.#frames.concat(nothing);
      return this.#frames.length - 1;
    }
    const place = this.#next;
    this.#next = (place + 1) % placesMax;
    return place;
  }

  /** Of its own sort is what begins with the same bytes. -1: there is none. */
  #placeOf(bytes: Uint8Array, start: number): number {
    return this.#frames.findIndex((known) => sortBytes.every((i) => known[i] === bytes[start + i]));
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
const nothing = new Uint8Array(0);

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

/** How many bytes the frame begins with that lie there, too. */
const commonHead = (known: Uint8Array, bytes: Uint8Array, start: number, end: number): number => {
  const most = Math.min(known.length, end - start);
  let length = 0;
  while (length < most && known[length] === bytes[start + length]) length += 1;
  return length;
};

/** At the end, and not counting the head. */
const commonTail = (
  known: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
  head: number,
): number => {
  const most = Math.min(known.length - head, end - start);
  let length = 0;
  while (length < most && known[known.length - 1 - length] === bytes[end - 1 - length]) length += 1;
  return length;
};

/**
 * So many bytes of the same memory, or of new memory where they are too many. Neighbours say something once an interval
 * for as long as they live: in memory of its own each word would wait for the garbage collector.
 */
const fitting = (frame: Uint8Array, length: number): Uint8Array => {
  if (frame.length === length) return frame;
  if (frame.buffer.byteLength >= length) return new Uint8Array(frame.buffer, 0, length);
  return new Uint8Array(new ArrayBuffer(Math.ceil(length / spareBytes) * spareBytes), 0, length);
};

/** Lengths vary a little, as numbers take more or fewer bytes: memory is taken in multiples of this. */
const spareBytes = 32;

/** Copies bytes of one to a place in the other, which may be a view of the same memory. */
const move = (from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): void => {
  if (from.buffer !== into.buffer || start !== at) into.set(from.subarray(start, end), at);
};

const twoBytesAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

const writeChange = (target: Uint8Array, at: number, place: number, head: number, tail: number): void => {
  target[at] = place;
  target[at + 1] = head >>> 8;
  target[at + 2] = head;
  target[at + 3] = tail >>> 8;
  target[at + 4] = tail;
};
