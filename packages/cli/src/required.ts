import type { Command } from "commander";
import { wrongUsage } from "./failure.js";

/**
 * Throws a `Failure` of status 2 where an option was not typed; to be called before the command's action. Commander's
 * own check comes before the one for unknown options, and so would hide that one was only misspelt.
 */
export function required(command: Command, name: string, flags: string): void {
  if (command.getOptionValue(name) === undefined) throw wrongUsage(`option ${flags} is missing`);
}
