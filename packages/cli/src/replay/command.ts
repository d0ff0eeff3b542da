import type { Command } from "commander";
import { Option } from "commander";
import type { Settle, Terminal } from "../terminal.js";
import type { ReplayOptions } from "./replay.js";

/** `chordnet replay`. */
export function addReplay(root: Command, terminal: Terminal, settle: Settle): void {
  root
    .command("replay")
    .summary("live a recorded node's life once more")
    .description(
      "Runs the events of what chordnet start --record wrote, and compares what comes of each. " +
        "Exit status 1 at the first difference.",
    )
    .argument("<file...>", "recordings")
    .addOption(new Option("--print", "tell every event, and what came of it").conflicts("json"))
    .option("--json", "one JSON object a file")
    .action(async (files: string[], options: ReplayOptions) => {
      const { replay } = await import("./replay.js");
      settle(await replay(terminal, files, options));
    });
}
