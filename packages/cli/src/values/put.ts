import { valueBytesMost } from "@chordnet/core";
import type { Client } from "chordnet";
import { failed, wrongUsage } from "../failure.js";
import { bytesOf, linesOf } from "../lines.js";
import type { Terminal } from "../terminal.js";
import { asking } from "../via.js";
import type { ViaOptions } from "../via-options.js";
import { type Doing, forEach } from "./each.js";
import { keyFields, type Pair, readPair } from "./records.js";

/** The longest value that a ring may be told to take, in base64, with a key. */
const lineBytesMax = 24 * 1024 * 1024;

/** `put KEY VALUE`, `put KEY -`: standard input is the value; `put -`: a line of JSON for each. */
export async function put(
  terminal: Terminal,
  key: string,
  value: string | undefined,
  options: ViaOptions,
): Promise<number> {
  const { io } = terminal;
  if (key === "-" && value === undefined) return putLines(terminal, options);
  if (value === undefined)
    throw wrongUsage(`what is to be put under ${key}? Name a VALUE, or - to read it from standard input`);
  const bytes = value === "-" ? await all(io.stdin) : Uint8Array.from(Buffer.from(value));
  const { json, timeoutMs } = options;
  if (json === true) return forEach(terminal, options, [{ key, value: bytes }], putting(options));
  const { version } = await asking(options, terminal, (client) =>
    client.store.put(key, bytes, { timeoutMs }),
  );
  terminal.out.line(`version ${version}`);
  return 0;
}

function putLines(terminal: Terminal, options: ViaOptions): Promise<number> {
  let lines = 0;
  return forEach(terminal, options, linesOf(terminal.io.stdin, lineBytesMax), (text) => {
    lines += 1;
    const pair = readPair(text);
    if ("bad" in pair) return { named: { line: lines }, work: () => Promise.reject(failed(pair.bad)) };
    return putting(options)(pair);
  });
}

const putting =
  ({ timeoutMs }: ViaOptions) =>
  ({ key, value }: Pair): Doing => ({
    named: keyFields(key),
    work: async (client: Client) => ({ ...(await client.store.put(key, value, { timeoutMs })) }),
  });

async function all(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = bytesOf(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > valueBytesMost) throw failed(`no ring takes a value of more than ${valueBytesMost} bytes`);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
