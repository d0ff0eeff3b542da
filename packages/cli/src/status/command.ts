import type { Command } from "commander";
import type { Settle, Terminal } from "../terminal.js";
import type { ViaOptions } from "../via-options.js";
import { viaOptions } from "../via-options.js";

/** `chordnet status`. */
export function addStatus(root: Command, terminal: Terminal, settle: Settle): void {
  viaOptions(root.command("status"))
    .summary("show one node's whole state")
    .description(
      "Shows a node's whole state: ranges, lease, neighbours, fingers, values, connections, counters.",
    )
    .action(async (options: ViaOptions) => {
      const { status } = await import("./status.js");
      settle(await status(terminal, options));
    });
}
