import { failed } from "./failure.js";

const lineFeed = 10;
const carriageReturn = 13;

/** The lines of a stream, without what ends them. One that never ends must not fill the memory: it fails. */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array | string>,
  lineBytesMax: number,
): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, typeof chunk === "string" ? Buffer.from(chunk) : chunk]);
    let start = 0;
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      yield trimmed(rest.subarray(start, end));
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > lineBytesMax)
      throw failed(`a line on standard input is longer than ${lineBytesMax} bytes`);
  }
  if (rest.length > 0) yield trimmed(rest);
}

function trimmed(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
