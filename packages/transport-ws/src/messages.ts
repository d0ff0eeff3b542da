import { messageBytesMax } from "./address.js";

/** Who sends: clients mask what they send, servers don't (RFC 6455, section 5.1). */
export type Role = "client" | "server";

/**
 * Reads the messages of a WebSocket where they lie. It knows what ChordNet's nodes send, binary messages in one frame,
 * and looks for where frames end; all else goes on to who speaks the rest of RFC 6455, in whole frames: pings and
 * pongs; and from the first frame of any other kind on everything, whatever it is.
 *
 * Law: however the bytes are cut into chunks, the messages that are told and those that `ws` makes of what is left to
 * it are together, in order, what `ws` makes of all of them.
 */
export class MessageReader {
  readonly #maskBit: number;
  readonly #onMessage: (message: Uint8Array) => void;
  readonly #onOther: (bytes: Uint8Array) => void;
  /** Nothing more is looked at. */
  #leaving = false;
  /** A frame that has not come to its end yet. */
  #held: Uint8Array = empty;
  #heldBytes = 0;

  /** `from`: who sends. A message is valid during the call only, and so are other bytes. */
  constructor(from: Role, onMessage: (message: Uint8Array) => void, onOther: (bytes: Uint8Array) => void) {
    this.#maskBit = from === "client" ? 0x80 : 0;
    this.#onMessage = onMessage;
    this.#onOther = onOther;
  }

  /** The chunk is written to: masks are taken off in place. */
  push(chunk: Uint8Array): void {
    if (this.#heldBytes === 0) {
      const read = this.#read(chunk);
      if (read < chunk.length) this.#hold(chunk.subarray(read));
      return;
    }
    this.#hold(chunk);
    const held = this.#held.subarray(0, this.#heldBytes);
    const read = this.#read(held);
    this.#heldBytes = held.length - read;
    if (this.#heldBytes > 0) held.copyWithin(0, read);
    else if (this.#held.length > heldBytesKept) this.#held = empty;
  }

  /** Returns where the frame begins that is not whole yet. */
  #read(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length) {
      const end = this.#leaving ? leave : this.#frameEnd(bytes, at);
      if (end === leave) {
        this.#leaving = true;
        this.#onOther(bytes.subarray(at));
        return bytes.length;
      }
      if (end > bytes.length) return at;
      this.#readFrame(bytes, at, end);
      at = end;
    }
    return at;
  }

  /** Beyond the bytes, if it can't be seen yet; or `leave`. */
  #frameEnd(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < 2) return Number.POSITIVE_INFINITY;
    const first = bytes[at] as number;
    const second = bytes[at + 1] as number;
    const payloadBytesMax = first === Frame.binary ? messageBytesMax : controlBytesMax;
    const isKnown = first === Frame.binary || first === Frame.ping || first === Frame.pong;
    if (!isKnown || (second & 0x80) !== this.#maskBit) return leave;
    const headerBytes = headerBytesOf(second);
    if (bytes.length - at < headerBytes) return Number.POSITIVE_INFINITY;
    const payloadBytes = payloadBytesAt(bytes, at);
    return payloadBytes > payloadBytesMax ? leave : at + headerBytes + payloadBytes;
  }

  #readFrame(bytes: Uint8Array, at: number, end: number): void {
    if (bytes[at] !== Frame.binary) {
      this.#onOther(bytes.subarray(at, end));
      return;
    }
    const start = at + headerBytesOf(bytes[at + 1] as number);
    if (this.#maskBit !== 0) mask(bytes, start, end, start - maskBytes);
    this.#onMessage(bytes.subarray(start, end));
  }

  #hold(chunk: Uint8Array): void {
    const needed = this.#heldBytes + chunk.length;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.max(heldBytesMin, needed * 2));
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(chunk, this.#heldBytes);
    this.#heldBytes = needed;
  }
}

/**
 * Writes binary messages, a frame each.
 *
 * Law: `ws` reads from it what was written.
 */
export class MessageWriter {
  readonly #maskBit: number;
  readonly #randomMask: (target: Uint8Array, at: number) => void;

  /** `randomMask` writes four bytes that nobody can guess: whoever sends through a client must not choose its bytes. */
  constructor(from: Role, randomMask: (target: Uint8Array, at: number) => void) {
    this.#maskBit = from === "client" ? 0x80 : 0;
    this.#randomMask = randomMask;
  }

  /** How many bytes the frame of a message takes. */
  frameBytes(messageBytes: number): number {
    const lengthBytes = messageBytes < inTwo ? 1 : messageBytes <= 0xffff ? 3 : 9;
    return 1 + lengthBytes + (this.#maskBit === 0 ? 0 : maskBytes) + messageBytes;
  }

  /** `message`: of `messageBytesMax` at the most. Returns where its frame ends. */
  write(message: Uint8Array, target: Uint8Array, at: number): number {
    target[at] = Frame.binary;
    let start = writeLength(target, at + 1, message.length);
    target[at + 1] = (target[at + 1] as number) | this.#maskBit;
    const masked = this.#maskBit !== 0;
    if (masked) {
      this.#randomMask(target, start);
      start += maskBytes;
    }
    const end = start + message.length;
    target.set(message, start);
    if (masked) mask(target, start, end, start - maskBytes);
    return end;
  }
}

/** The first byte of frames that are whole messages. */
const Frame = { binary: 0x82, ping: 0x89, pong: 0x8a } as const;

const controlBytesMax = 125;
const maskBytes = 4;

/** In the place of a length: it is in the two or the eight bytes that follow. */
const inTwo = 126;
const inEight = 127;

/** A frame is not for us, and so is no other. */
const leave = -1;

const empty: Uint8Array = new Uint8Array(0);
const heldBytesMin = 256;

/** An idle connection keeps no more than this. */
const heldBytesKept = 4_096;

const headerBytesOf = (second: number): number => {
  const short = second & 0x7f;
  return 2 + (short === inTwo ? 2 : short === inEight ? 8 : 0) + ((second & 0x80) === 0 ? 0 : maskBytes);
};

/** The whole header is there. A length that takes more than four bytes is told as too long. */
const payloadBytesAt = (bytes: Uint8Array, at: number): number => {
  const short = (bytes[at + 1] as number) & 0x7f;
  if (short < inTwo) return short;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 2);
  if (short === inTwo) return view.getUint16(0);
  return view.getUint32(0) > 0 ? Number.POSITIVE_INFINITY : view.getUint32(4);
};

/** Returns where the length ends. */
const writeLength = (target: Uint8Array, at: number, length: number): number => {
  if (length < inTwo) {
    target[at] = length;
    return at + 1;
  }
  const view = new DataView(target.buffer, target.byteOffset + at + 1);
  if (length <= 0xffff) {
    target[at] = inTwo;
    view.setUint16(0, length);
    return at + 3;
  }
  target[at] = inEight;
  view.setBigUint64(0, BigInt(length));
  return at + 9;
};

/** Puts the mask on, or takes it off. */
const mask = (bytes: Uint8Array, start: number, end: number, maskAt: number): void => {
  for (let i = start; i < end; i += 1)
    bytes[i] = (bytes[i] as number) ^ (bytes[maskAt + ((i - start) & 3)] as number);
};
