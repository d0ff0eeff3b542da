import type { Command } from "commander";
import { collect, valueKey } from "../arguments.js";
import type { Settle, Terminal } from "../terminal.js";
import type { ViaOptions } from "../via-options.js";
import { viaOptions } from "../via-options.js";

/** `chordnet put`, `get` and `delete`. */
export function addValues(root: Command, terminal: Terminal, settle: Settle): void {
  viaOptions(root.command("put"))
    .summary("have the ring keep a value")
    .description(
      "Has the ring keep a value, and prints its version. `put KEY -` reads the value from standard input; `put -` " +
        'a value a line: {"key","value"}, either as keyBase64, valueBase64 where it is no text.',
    )
    .argument("<key>", "as text; - alone reads lines of JSON", valueKey)
    .argument("[value]", "as text; - reads it from standard input")
    .action(async (key: string, value: string | undefined, options: ViaOptions) => {
      const { put } = await import("./put.js");
      settle(await put(terminal, key, value, options));
    });
  viaOptions(root.command("get"))
    .summary("print a value that the ring keeps")
    .description(
      "Prints the value under a key as it is; exit status 1 if there is none. Several keys, or - for one a line on " +
        "standard input: a line of JSON for each, as put - reads it.",
    )
    .argument("[key...]", "as text; - reads keys from standard input, a line each", collect(valueKey))
    .action(async (keys: string[], options: ViaOptions) => {
      const { get } = await import("./get.js");
      settle(await get(terminal, keys, options));
    });
  viaOptions(root.command("delete"))
    .summary("delete a value")
    .description("Deletes the value under each key; it need not be there. Exit status 1 if any could not be.")
    .argument("[key...]", "as text; - reads keys from standard input, a line each", collect(valueKey))
    .action(async (keys: string[], options: ViaOptions) => {
      const { remove } = await import("./delete.js");
      settle(await remove(terminal, keys, options));
    });
}
