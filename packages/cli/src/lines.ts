import { failed } from "./failure.js";

const lineFeed = 10;
const carriageReturn = 13;

/**
 * The lines of a stream, without what ends them. A line of more than `lineBytesMax` fails as soon as so much of it has
 * come: one that never ends must not fill the memory.
 */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array | string>,
  lineBytesMax: number,
): AsyncGenerator<Buffer> {
  const begun = new Begun(lineBytesMax);
  for await (const chunk of stream) {
    const bytes = bytesOf(chunk);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      begun.push(bytes.subarray(start, end));
      yield trimmed(begun.take());
      start = end + 1;
    }
    begun.push(bytes.subarray(start));
  }
  if (begun.length > 0) yield trimmed(begun.take());
}

/** A part of a stream as bytes, which are not copied: text, where the stream was told an encoding, is UTF-8. */
export function bytesOf(chunk: Uint8Array | string): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk);
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** The beginning of a line. Its room doubles, so that a line costs no more than its length, however it is cut. */
class Begun {
  length = 0;
  #bytes = Buffer.alloc(0);
  readonly #lineBytesMax: number;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  push(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.#lineBytesMax)
      throw failed(`a line on standard input is longer than ${this.#lineBytesMax} bytes`);
    if (length > this.#bytes.length) {
      const roomier = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(roomier, 0, 0, this.length);
      this.#bytes = roomier;
    }
    this.#bytes.set(piece, this.length);
    this.length = length;
  }

  take(): Buffer {
    const line = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.alloc(0);
    this.length = 0;
    return line;
  }
}

function trimmed(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
