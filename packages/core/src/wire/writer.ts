import type { Distance, Id, Space } from "../identifier.js";
import type { MessageLimits, Millis, RequestId } from "../message.js";
import type { Peer } from "../peer.js";
import { utf8Length, writeUtf8 } from "../utf8.js";
import type { Words } from "./codes.js";

const chunkBytes = 16_384;

/** What a time that is longer, or endless, is told as: 2^32 - 1 ms, some 49 days. */
export const millisMax = 0xffff_ffff;

/** Memory that frames are written to one behind another; from `used` on nothing is written yet. */
interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  used: number;
}

const chunkOf = (length: number): Chunk => {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer), used: 0 };
};

const noRoom: Chunk = chunkOf(0);

/**
 * For whoever writes next: all writers of the program share it, as each is done before another begins, and a thousand
 * nodes need no memory each. `noRoom` while somebody writes.
 */
let spare: Chunk = noRoom;

/**
 * Puts the parts of a frame one behind another. Frames share chunks of memory, and no byte of one is written again: to
 * allocate each by itself costs more than to fill it. What does not fit the wire (`RangeError`) is the program's own
 * mistake: no peer's bytes lead to it.
 */
export class Writer {
  /** Its own from `start` to `frame`. */
  private chunk: Chunk = noRoom;
  private bytes: Uint8Array<ArrayBuffer> = noRoom.bytes;
  private view: DataView = noRoom.view;
  private begin = 0;
  private offset = 0;
  private readonly mask: bigint;
  private readonly size: bigint;
  private readonly limits: MessageLimits;
  private readonly idBytes: number;
  /** An identifier in whole words, before its last bytes go to the frame. */
  private readonly scratch: Uint8Array;
  private readonly words: DataView;

  constructor(space: Space, limits: MessageLimits) {
    this.mask = space.mask;
    this.size = space.size;
    this.limits = limits;
    this.idBytes = (space.bits + 7) >> 3;
    this.scratch = new Uint8Array((this.idBytes + 7) & ~7);
    this.words = new DataView(this.scratch.buffer);
  }

  start(): void {
    this.writeTo(spare);
    spare = noRoom;
    this.begin = this.chunk.used;
    this.offset = this.begin;
  }

  /** What was written since `start`. */
  frame(): Uint8Array {
    const frame = this.bytes.subarray(this.begin, this.offset);
    this.chunk.used = this.offset;
    spare = this.chunk;
    this.writeTo(noRoom);
    return frame;
  }

  u8(value: number): void {
    this.room(1);
    this.bytes[this.offset++] = value;
  }

  varint(value: number): void {
    this.fits(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, "varint");
    this.room(5);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.offset++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.offset++] = rest;
  }

  place(value: number): void {
    this.fits(value <= 0xffff, "place");
    this.varint(value);
  }

  flag(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  word<A extends string>(words: Words<A>, value: A): void {
    this.u8(words.codes[value]);
  }

  /** Rounded down: a lease must never be told longer than it is. */
  millis(value: Millis): void {
    this.varint(value >= millisMax ? millisMax : value > 0 ? Math.floor(value) : 0);
  }

  rid(value: RequestId): void {
    this.fits(Number.isInteger(value) && value >= 0 && value < 2 ** 48, "rid");
    this.room(6);
    this.view.setUint16(this.offset, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(this.offset + 2, value >>> 0);
    this.offset += 6;
  }

  id(value: Id): void {
    this.fits(value >= 0n && value <= this.mask, "id");
    this.room(this.idBytes);
    const { scratch, words } = this;
    let rest: bigint = value;
    words.setBigUint64(scratch.length - 8, rest);
    for (let at = scratch.length - 16; at >= 0; at -= 8) {
      rest >>= 64n;
      words.setBigUint64(at, rest);
    }
    for (let i = scratch.length - this.idBytes; i < scratch.length; i++) {
      this.bytes[this.offset++] = scratch[i] as number;
    }
  }

  distance(value: Distance): void {
    const whole = value === this.size;
    this.flag(whole);
    if (!whole) this.id(value as Id);
  }

  integer(value: number): void {
    this.fits(Number.isSafeInteger(value) && value >= 0, "integer");
    this.room(8);
    this.view.setUint32(this.offset, Math.floor(value / 0x1_0000_0000));
    this.view.setUint32(this.offset + 4, value >>> 0);
    this.offset += 8;
  }

  peer(peer: Peer): void {
    const { address } = peer;
    this.fits(address.length <= this.limits.addressBytesMax, "addressBytesMax");
    this.varint(address.length);
    this.room(address.length);
    let seen = 0;
    for (let i = 0; i < address.length; i++) {
      const character = address.charCodeAt(i);
      this.bytes[this.offset++] = character;
      seen |= character;
    }
    this.fits(seen < 0x80, "address");
    this.integer(peer.incarnation);
  }

  count(value: number, limit: keyof MessageLimits): void {
    this.fits(value <= this.limits[limit], limit);
    this.varint(value);
  }

  text(value: string, limit: keyof MessageLimits): void {
    const length = utf8Length(value);
    this.count(length, limit);
    this.room(length);
    this.offset = writeUtf8(value, this.bytes, this.offset);
  }

  blob(value: Uint8Array, limit: keyof MessageLimits): void {
    this.count(value.length, limit);
    this.raw(value);
  }

  /** An extension field; `tag` from 1, in rising order within a message. */
  extension(tag: number, write: (writer: Writer) => void): void {
    this.varint(tag);
    const start = this.offset - this.begin;
    write(this);
    const body = this.bytes.slice(this.begin + start, this.offset);
    this.offset = this.begin + start;
    this.varint(body.length);
    this.raw(body);
  }

  private raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.offset);
    this.offset += bytes.length;
  }

  private room(length: number): void {
    if (this.offset + length <= this.bytes.length) return;
    const written = this.bytes.subarray(this.begin, this.offset);
    this.writeTo(chunkOf(Math.max(chunkBytes, 2 * (written.length + length))));
    this.bytes.set(written);
    this.begin = 0;
    this.offset = written.length;
  }

  private writeTo(chunk: Chunk): void {
    this.chunk = chunk;
    this.bytes = chunk.bytes;
    this.view = chunk.view;
  }

  private fits(fit: boolean, what: string): void {
    if (!fit) throw new RangeError(`does not fit the wire: ${what}`);
  }
}
