import type { Terminal } from "../terminal.js";
import { asking } from "../via.js";
import type { ViaOptions } from "../via-options.js";
import { described } from "./print.js";

/** Prints the whole state of the `via` node. */
export async function status(terminal: Terminal, options: ViaOptions): Promise<number> {
  const { out } = terminal;
  const state = await asking(options, terminal, (client) => client.status({ timeoutMs: options.timeoutMs }));
  if (options.json === true) out.json(state);
  else for (const line of described(out, state)) out.line(line);
  return 0;
}
