import { linesOf } from "../lines.js";

/** A key to look up, and how it is printed; a point of the ring (`--id`) has no name. */
export type Asked = NamedKey | { readonly name: null; readonly key: { readonly id: string } };

export interface NamedKey {
  readonly name: string;
  readonly key: string | Uint8Array;
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
  yield* namedKeys(typed, stdin);
}

/** The keys as typed; `-` stands for the lines of standard input. */
export async function* namedKeys(
  typed: ReadonlyArray<string>,
  stdin: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<NamedKey> {
  for (const key of typed) {
    if (key === "-") yield* lines(stdin);
    else yield { name: key, key };
  }
}

/** Lines as bytes, because file names need not be UTF-8: what is not is looked up by its bytes. */
async function* lines(stdin: AsyncIterable<Uint8Array | string>): AsyncGenerator<NamedKey> {
  for await (const line of linesOf(stdin, lineBytesMax)) {
    const key = Uint8Array.from(line);
    const name = line.toString("utf8");
    yield { name, key: Buffer.from(name).equals(key) ? name : key };
  }
}
