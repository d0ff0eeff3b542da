import { joinedOf, windowBytes } from "./body.js";
import type { Chunk } from "./message.js";

/** What a body's receiver tells its sender. */
export interface InboundPorts {
  /** How much may be sent in all, from the body's beginning. */
  grant(limit: number): void;
  /** All of it has come. */
  complete(): void;
  /** Its consumer wants no more. */
  unwanted(): void;
}

/** Short parts are joined to so many bytes while they wait: each takes some hundred, however short it is. */
const joinedBytesMost = 4_096;

/** So many parts may wait for one that was overtaken. An honest sender's parts come in order, but for a few. */
const aheadMost = 1_024;

/**
 * A body that arrives: put in order, kept until it is consumed, and never more of it than the window. To be iterated
 * once; parts that wait may be joined.
 */
export class Inbound implements AsyncIterableIterator<Uint8Array> {
  readonly #ports: InboundPorts;
  /** What can be consumed, in order. */
  readonly #ready: Uint8Array[] = [];
  /** Parts that came before one that is missing, each by its offset. */
  readonly #ahead = new Map<number, Uint8Array>();
  #limit: number;
  #arrived = 0;
  /** Where the first byte that is missing belongs. */
  #missing = 0;
  #consumed = 0;
  #length: number | null = null;
  #failure: { readonly error: unknown } | null = null;
  #over = false;
  /** Those that read ahead of what has come, each by a `next` of its own. */
  #waiting: (() => void)[] = [];

  /** `limit`: how much the sender may send before it is told more. */
  constructor(limit: number, ports: InboundPorts) {
    this.#limit = limit;
    this.#ports = ports;
  }

  /** How much may have been sent in all. */
  get limit(): number {
    return this.#limit;
  }

  /** Whether all of it has come. */
  get whole(): boolean {
    return this.#length !== null && this.#missing === this.#length;
  }

  /** All of it, where it waits as one part that nobody has consumed; null: it is to be iterated. */
  takeWhole(): Uint8Array | null {
    if (!this.whole || this.#over || this.#consumed > 0 || this.#ready.length > 1) return null;
    this.#over = true;
    return this.#ready.pop() ?? new Uint8Array(0);
  }

  /**
   * False where the part cannot be: past the window, past the end, told twice, one of too many behind a gap, or one of
   * more bytes than there is place for, since parts that overlap take memory for each.
   */
  take({ offset, bytes, last }: Pick<Chunk, "offset" | "bytes" | "last">): boolean {
    const end = offset + bytes.length;
    if (this.#over || this.whole) return true;
    if (this.#arrived + bytes.length > (this.#length ?? this.#limit)) return false;
    if (end > this.#limit || end > (this.#length ?? end) || offset < this.#missing) return false;
    if (last ? this.#length !== null || end < this.#arrived : bytes.length === 0) return false;
    if (last) this.#length = end;
    if (bytes.length > 0) {
      if (this.#ahead.has(offset) || this.#ahead.size === aheadMost) return false;
      this.#ahead.set(offset, bytes);
      this.#arrived += bytes.length;
      this.#order();
    }
    this.#wake();
    if (this.whole) this.#ports.complete();
    return true;
  }

  /** It will not be whole: what was not consumed is dropped. Nothing where all of it has come. */
  fail(error: unknown): void {
    if (this.whole || this.#over) return;
    this.#failure ??= { error };
    this.#drop();
    this.#wake();
  }

  /** Lets the sender send a whole window beyond what was consumed. */
  grant(): void {
    this.#limit = this.#consumed + windowBytes;
    this.#ports.grant(this.#limit);
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      if (this.#over) return { done: true, value: undefined };
      if (this.#failure !== null) throw this.#failure.error;
      const bytes = this.#ready.shift();
      if (bytes !== undefined) return { done: false, value: this.#consume(bytes) };
      if (this.#length === this.#consumed) {
        this.#over = true;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    }
  }

  /** The consumer stops. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const wanted = !this.#over && !this.whole && this.#failure === null;
    this.#over = true;
    this.#drop();
    this.#wake();
    if (wanted) this.#ports.unwanted();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** In the order in which they came, each takes what there is, or waits again. */
  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Moves what is not ahead any more behind what is ready. */
  #order(): void {
    for (;;) {
      const bytes = this.#ahead.get(this.#missing);
      if (bytes === undefined) return;
      this.#ahead.delete(this.#missing);
      this.#missing += bytes.length;
      const last = this.#ready.at(-1);
      if (last === undefined || last.length + bytes.length > joinedBytesMost) this.#ready.push(bytes);
      else this.#ready[this.#ready.length - 1] = joinedOf([last, bytes]);
    }
  }

  #drop(): void {
    this.#ready.length = 0;
    this.#ahead.clear();
  }

  #consume(bytes: Uint8Array): Uint8Array {
    this.#consumed += bytes.length;
    const half = this.#limit - windowBytes / 2;
    if (!this.whole && this.#consumed >= half) this.grant();
    return bytes;
  }
}
