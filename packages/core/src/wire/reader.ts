import type { Distance, Id, Space } from "../identifier.js";
import type { MessageLimits, RequestId } from "../message.js";
import type { Peer } from "../peer.js";
import { readUtf8 } from "../utf8.js";
import type { Words } from "./codes.js";
import type { DecodeError, WirePart } from "./decode-error.js";
import type { InternedPeers } from "./interned.js";

const nothing = new Uint8Array(0);

/** What the shortest peer takes: a length, an address like `a://b`, an incarnation. */
const peerBytesMin = 1 + 5 + 8;

/**
 * Takes the parts of a frame one after another. The first that is not right sets `failure`; from then on every part is
 * a zero of its kind, and what is built from them is thrown away. So no part needs a check of its own, and nothing
 * throws, whatever the bytes.
 */
export class Reader {
  failure: DecodeError | null = null;
  private bytes: Uint8Array = nothing;
  private offset = 0;
  private end = 0;
  private lastTag = 0;
  private readonly mask: bigint;
  private readonly size: bigint;
  private readonly limits: MessageLimits;
  private readonly interned: InternedPeers;
  private readonly idBytes: number;
  /** An identifier, filled up with zeros in front to whole words: a view of its own costs less than one per frame. */
  private readonly scratch: Uint8Array;
  private readonly words: DataView;

  constructor(space: Space, limits: MessageLimits, interned: InternedPeers) {
    this.mask = space.mask;
    this.size = space.size;
    this.limits = limits;
    this.interned = interned;
    this.idBytes = (space.bits + 7) >> 3;
    this.scratch = new Uint8Array((this.idBytes + 7) & ~7);
    this.words = new DataView(this.scratch.buffer);
  }

  start(bytes: Uint8Array): void {
    this.failure = null;
    this.bytes = bytes;
    this.offset = 0;
    this.end = bytes.byteLength;
    this.lastTag = 0;
  }

  u8(): number {
    if (this.offset >= this.end) return this.truncated();
    return this.bytes[this.offset++] as number;
  }

  /** LEB128 below 2^32, in its shortest form. */
  varint(): number {
    const at = this.offset;
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 0x80;
    for (let i = 1; i < 5; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return byte === 0 || value > 0xffff_ffff ? this.malformed("varint", at) : value;
      scale *= 0x80;
    }
    return this.malformed("varint", at);
  }

  /** A virtual node's place in its process. */
  place(): number {
    const at = this.offset;
    const place = this.varint();
    return place <= 0xffff ? place : this.malformed("place", at);
  }

  flag(): boolean {
    const at = this.offset;
    const byte = this.u8();
    if (byte > 1) this.malformed("flag", at);
    return byte === 1;
  }

  /** The word that a byte stands for, or `otherwise`, and a failure, where it stands for none. */
  word<A extends string>(words: Words<A>, otherwise: A): A {
    const at = this.offset;
    const word = words.byCode[this.u8()];
    if (word !== undefined) return word;
    this.malformed("word", at);
    return otherwise;
  }

  rid(): RequestId {
    if (!this.has(6)) return 0;
    const high = ((this.bytes[this.offset++] as number) << 8) | (this.bytes[this.offset++] as number);
    return high * 0x1_0000_0000 + this.u32();
  }

  id(): Id {
    const at = this.offset;
    if (!this.has(this.idBytes)) return 0n as Id;
    const { scratch, words } = this;
    const pad = scratch.length - this.idBytes;
    for (let i = pad; i < scratch.length; i++) scratch[i] = this.bytes[this.offset++] as number;
    let value = words.getBigUint64(0);
    for (let i = 8; i < scratch.length; i += 8) value = (value << 64n) | words.getBigUint64(i);
    if (value <= this.mask) return value as Id;
    this.malformed("id", at);
    return 0n as Id;
  }

  distance(): Distance {
    const at = this.offset;
    const form = this.u8();
    if (form === 1) return this.size;
    if (form !== 0) this.malformed("distance", at);
    return this.id();
  }

  /** A safe integer of 8 bytes. */
  integer(): number {
    const at = this.offset;
    if (!this.has(8)) return 0;
    const high = this.u32();
    const low = this.u32();
    return high <= 0x1f_ffff ? high * 0x1_0000_0000 + low : this.malformed("integer", at);
  }

  peer(): Peer {
    const length = this.sized("addressBytesMax");
    const start = this.offset;
    this.offset += length;
    const incarnation = this.integer();
    if (this.failure === null) {
      const peer = this.interned.peer(this.bytes, start, start + length, incarnation);
      if (peer !== null) return peer;
      this.malformed("address", start);
    }
    return { id: 0n as Id, address: "", incarnation: 0 };
  }

  /** How many peers, or things that hold one, follow: within the limit, and no more than there can be bytes for. */
  peers(limit: keyof MessageLimits): number {
    const count = this.count(limit);
    return this.has(count * peerBytesMin) ? count : 0;
  }

  text(limit: keyof MessageLimits): string {
    const length = this.sized(limit);
    const start = this.offset;
    this.offset += length;
    const text = readUtf8(this.bytes, start, start + length);
    if (text !== null) return text;
    this.malformed("text", start);
    return "";
  }

  blob(limit: keyof MessageLimits): Uint8Array {
    const length = this.sized(limit);
    this.offset += length;
    return this.bytes.slice(this.offset - length, this.offset);
  }

  /**
   * The extension field `tag`, read by `read`, or undefined where it is missing. Fields stand in the order of their
   * tags, and must be asked for in it; those between that nobody asks for are skipped.
   */
  extension<A>(tag: number, read: (reader: Reader) => A): A | undefined {
    while (this.offset < this.end) {
      const at = this.offset;
      const next = this.varint();
      if (next > tag) {
        this.offset = at;
        return undefined;
      }
      if (next <= this.lastTag) this.malformed("extension", at);
      this.lastTag = next;
      if (next === tag) return this.within(read);
      const skipped = this.extensionBytes();
      this.offset += skipped;
    }
    return undefined;
  }

  /** Skips the extension fields that nobody asked for, and sees that they are well formed. */
  finish(): void {
    if (this.offset < this.end) this.extension(Number.POSITIVE_INFINITY, () => undefined);
  }

  malformed(part: WirePart, offset: number): 0 {
    return this.fail({ _tag: "Malformed", part, offset });
  }

  private within<A>(read: (reader: Reader) => A): A {
    const length = this.extensionBytes();
    const frameEnd = this.end;
    const at = this.offset;
    this.end = at + length;
    const value = read(this);
    if (this.failure === null && this.offset !== this.end) this.malformed("extension", at);
    this.end = frameEnd;
    if (this.failure !== null) this.offset = frameEnd;
    return value;
  }

  private extensionBytes(): number {
    const length = this.varint();
    return this.has(length) ? length : 0;
  }

  private sized(limit: keyof MessageLimits): number {
    const length = this.count(limit);
    return this.has(length) ? length : 0;
  }

  private count(limit: keyof MessageLimits): number {
    const actual = this.varint();
    const max = this.limits[limit];
    return actual <= max ? actual : this.fail({ _tag: "TooLarge", limit, max, actual });
  }

  /** Four bytes that are known to be there. */
  private u32(): number {
    const { bytes, offset } = this;
    this.offset = offset + 4;
    const high = ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
    return ((high << 16) | ((bytes[offset + 2] as number) << 8) | (bytes[offset + 3] as number)) >>> 0;
  }

  private has(length: number): boolean {
    if (length <= this.end - this.offset) return true;
    this.truncated();
    return false;
  }

  private truncated(): 0 {
    return this.fail({ _tag: "Truncated", offset: this.offset });
  }

  private fail(error: DecodeError): 0 {
    this.failure ??= error;
    this.offset = this.end;
    return 0;
  }
}
