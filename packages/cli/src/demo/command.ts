import type { Command } from "commander";
import { ringNumber } from "../arguments.js";
import type { Stops } from "../start/stopping.js";
import type { Settle, Terminal } from "../terminal.js";
import type { DemoOptions } from "./demo.js";

/** `chordnet demo`. */
export function addDemo(root: Command, terminal: Terminal, stops: Stops, settle: Settle): void {
  root
    .command("demo")
    .summary("watch a ring of processes survive")
    .description(
      "Starts eight nodes, and looks up the names of files while one is killed, one leaves, " +
        "one is restarted in place and one joins. Exit status 1 if an answer was wrong.",
    )
    .option("--interval-ms <n>", "how often neighbours speak", ringNumber("intervalMs"), 500)
    .option("--files <folder>", "look up the names of the files below this folder (default: node_modules)")
    .option("--json", "the results as one JSON object")
    .action(async (options: DemoOptions) => {
      const { demo } = await import("./demo.js");
      settle(await demo(terminal, options, stops));
    });
}
