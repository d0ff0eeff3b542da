import type { Command } from "commander";
import { collect, hexId } from "../arguments.js";
import type { Settle, Terminal } from "../terminal.js";
import { viaOptions } from "../via-options.js";
import type { LookupOptions } from "./lookup.js";

/** `chordnet lookup`. */
export function addLookup(root: Command, terminal: Terminal, settle: Settle): void {
  viaOptions(root.command("lookup"))
    .summary("tell which live node owns each key")
    .description("Tells which live node owns each key. Exit status 1 if any lookup failed.")
    .argument("[key...]", "keys, as text; - reads them from standard input, a line each")
    .option("--id <hex>", "look up this point of the ring itself", collect(hexId))
    .option("--trace", "tell every hop")
    .action(async (keys: string[], options: LookupOptions) => {
      const { lookup } = await import("./lookup.js");
      settle(await lookup(terminal, keys, options));
    });
}
