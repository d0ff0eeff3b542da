import type { Command } from "commander";
import { integerFrom } from "../arguments.js";
import type { Settle, Terminal } from "../terminal.js";
import type { ExploreOptions } from "./explore.js";

/** `chordnet explore`. */
export function addExplore(root: Command, terminal: Terminal, settle: Settle): void {
  root
    .command("explore")
    .summary("try everything that can happen to a small ring")
    .description(
      "Goes through every state that a small ring can come to, by every order of messages, ticks, joins and crashes, " +
        "and checks what is promised in each. Exit status 1 if a law was broken, with the shortest way to it.",
    )
    .argument("[name...]", "configurations (default: all of them, one after the other)")
    .option("--list", "tell which configurations there are")
    .option("--states-max <n>", "cut off after so many states", integerFrom(1, 2 ** 32))
    .option("--json", "one JSON object a configuration")
    .action(async (names: string[], options: ExploreOptions) => {
      const { explore } = await import("./explore.js");
      settle(await explore(terminal, names, options));
    });
}
