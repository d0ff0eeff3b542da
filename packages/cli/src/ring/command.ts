import type { Command } from "commander";
import type { Settle, Terminal } from "../terminal.js";
import type { ViaOptions } from "../via-options.js";
import { viaOptions } from "../via-options.js";

/** `chordnet ring`. */
export function addRing(root: Command, terminal: Terminal, settle: Settle): void {
  viaOptions(root.command("ring"))
    .summary("walk the ring and list its nodes")
    .description(
      "Walks the ring from successor to successor and lists its nodes, in order. " +
        "Exit status 1 if it does not close or is out of order.",
    )
    .action(async (options: ViaOptions) => {
      const { ring } = await import("./ring.js");
      settle(await ring(terminal, options));
    });
}
