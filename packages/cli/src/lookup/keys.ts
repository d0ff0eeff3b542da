import type { Key } from "chordnet";
import { failed } from "../failure.js";

/** A key to look up, and how it is printed; a point of the ring (`--id`) has no name. */
export interface Asked {
  readonly name: string | null;
  readonly key: Key;
}

/** The longest line taken as a key: a line that never ends must not fill the memory. */
export const lineBytesMax: number = 1 << 20;

/** The points, then the keys as typed; `-` stands for the lines of standard input. */
export async function* keysOf(
  typed: ReadonlyArray<string>,
  points: ReadonlyArray<string>,
  stdin: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<Asked> {
  for (const id of points) yield { name: null, key: { id } };
  for (const key of typed) {
    if (key === "-") yield* lines(stdin);
    else yield { name: key, key };
  }
}

/** Lines as bytes, because file names need not be UTF-8: what is not is looked up by its bytes. */
async function* lines(stdin: AsyncIterable<Uint8Array | string>): AsyncGenerator<Asked> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stdin) {
    rest = Buffer.concat([rest, typeof chunk === "string" ? Buffer.from(chunk) : chunk]);
    let start = 0;
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      yield line(rest.subarray(start, end));
      start = end + 1;
    }
    rest = rest.subarray(start);
    if (rest.length > lineBytesMax)
      throw failed(`a line on standard input is longer than ${lineBytesMax} bytes`);
  }
  if (rest.length > 0) yield line(rest);
}

const lineFeed = 10;
const carriageReturn = 13;

function line(bytes: Buffer): Asked {
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  const key = Uint8Array.from(bytes.subarray(0, end));
  const name = Buffer.from(key).toString("utf8");
  return { name, key: Buffer.from(name).equals(key) ? name : key };
}
