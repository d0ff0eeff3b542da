import type { Client } from "chordnet";
import { wrongUsage } from "../failure.js";
import { namedKeys } from "../lookup/keys.js";
import type { Terminal } from "../terminal.js";
import { asking } from "../via.js";
import type { ViaOptions } from "../via-options.js";
import { forEach } from "./each.js";
import { keyFields } from "./records.js";

/** One key: says under which version it is gone. `-`, several, `--json`: a line of JSON for each. */
export async function remove(
  terminal: Terminal,
  keys: ReadonlyArray<string>,
  options: ViaOptions,
): Promise<number> {
  const [only] = keys;
  const { timeoutMs } = options;
  if (only === undefined) throw wrongUsage("nothing to delete: name a key, or - to read keys");
  if (options.json !== true && keys.length === 1 && only !== "-") {
    const { version } = await asking(options, terminal, (client) => client.store.delete(only, { timeoutMs }));
    terminal.out.line(`version ${version}`);
    return 0;
  }
  return forEach(terminal, options, namedKeys(keys, terminal.io.stdin), ({ key }) => ({
    named: keyFields(key),
    work: async (client: Client) => ({ ...(await client.store.delete(key, { timeoutMs })) }),
  }));
}
