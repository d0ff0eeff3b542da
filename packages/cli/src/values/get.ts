import type { Client } from "chordnet";
import { failed, wrongUsage } from "../failure.js";
import { namedKeys } from "../lookup/keys.js";
import { type Output, type Terminal, visible, visibleText } from "../terminal.js";
import { asking } from "../via.js";
import type { ViaOptions } from "../via-options.js";
import { forEach } from "./each.js";
import { keyFields, valueFields } from "./records.js";

/** One key: prints the value as it is. `-`, several, `--json`: a line of JSON for each. */
export async function get(
  terminal: Terminal,
  keys: ReadonlyArray<string>,
  options: ViaOptions,
): Promise<number> {
  const [only] = keys;
  if (only === undefined) throw wrongUsage("nothing to get: name a key, or - to read keys");
  if (options.json === true || keys.length > 1 || only === "-") return getMany(terminal, keys, options);
  const found = await asking(options, terminal, (client) =>
    client.store.get(only, { timeoutMs: options.timeoutMs }),
  );
  if (found === null) throw failed(`there is no value under ${visible(only)}`);
  show(terminal.out, found.bytes);
  return 0;
}

async function getMany(
  terminal: Terminal,
  keys: ReadonlyArray<string>,
  options: ViaOptions,
): Promise<number> {
  const { timeoutMs } = options;
  let isComplete = true;
  const status = await forEach(terminal, options, namedKeys(keys, terminal.io.stdin), ({ key }) => ({
    named: keyFields(key),
    work: async (client: Client) => {
      const found = await client.store.get(key, { timeoutMs });
      if (found === null) {
        isComplete = false;
        return { value: null };
      }
      return { ...valueFields(found.bytes), version: found.version };
    },
  }));
  return isComplete ? status : 1;
}

/** As it is where a program reads it. On a terminal text alone, and what would steer it as its number. */
function show({ stream, isTerminal, line }: Output, bytes: Uint8Array): void {
  if (!isTerminal) {
    stream.write(bytes);
    return;
  }
  const text = Buffer.from(bytes).toString("utf8");
  if (Buffer.from(text).equals(bytes)) line(visibleText(text));
  else line(`(${bytes.length} bytes that are no text: send them to a file)`);
}
