import type { Command } from "commander";
import { CommanderError } from "commander";
import { Failure, reasonOf } from "./failure.js";
import { program } from "./program.js";
import type { Stops } from "./start/stopping.js";
import type { Io, Terminal } from "./terminal.js";
import { terminal } from "./terminal.js";

/** What was typed is wrong. */
const usageStatus = 2;

/**
 * Runs the command line `args` (without node and the script) and tells its exit status: 0, it did what was asked; 1, it
 * could not; 2, the command line is wrong. Whatever goes wrong is told in one line on standard error.
 */
export async function run(args: ReadonlyArray<string>, io: Io, stops: Stops): Promise<number> {
  const where = terminal(io);
  let status = 0;
  const root = program(where, stops, (settled) => {
    status = settled;
  });
  try {
    await root.parseAsync(typed(root, args), { from: "user" });
    return status;
  } catch (caught) {
    return told(where, helpOf(root, args), caught);
  }
}

/** Help about a command that there is not would be that of the whole: the word alone is refused as unknown. */
function typed(root: Command, args: ReadonlyArray<string>): string[] {
  const [about] = args[0] === "help" ? args.slice(1) : args;
  const isNone = about !== undefined && about !== "help" && !about.startsWith("-") && !isCommand(root, about);
  return isNone ? [about] : [...args];
}

/** `help`: the command that shows how it is used. */
function told({ err }: Terminal, help: string, caught: unknown): number {
  if (caught instanceof CommanderError) {
    if (caught.exitCode === 0) return 0;
    if (caught.code !== "commander.help") complain(err, `${plain(caught)} (see ${help})`);
    return usageStatus;
  }
  if (caught instanceof Failure) {
    complain(err, caught.status === usageStatus ? `${caught.message} (see ${help})` : caught.message);
    return caught.status;
  }
  complain(err, reasonOf(caught));
  return 1;
}

function complain(err: Terminal["err"], message: string): void {
  err.line(`${err.colors.red("chordnet:")} ${message}`);
}

/** Commander's message without its prefix, its brackets and its full stop. */
function plain(caught: CommanderError): string {
  return reasonOf(caught)
    .replace(/^error: /, "")
    .replace(/ is invalid\. /, " is invalid: ")
    .replace(/: Allowed choices are /, ": use one of ")
    .replace(/^command-argument value (.*) is invalid for argument '(\w+)'\. /, "$1 is no $2: ")
    .replace(/ \(Did you mean (.*)\?\)$/, ": did you mean $1?")
    .replace(/\.$/, "");
}

function helpOf(root: Command, [first]: ReadonlyArray<string>): string {
  return isCommand(root, first) ? `chordnet ${first} --help` : "chordnet --help";
}

function isCommand({ commands }: Command, word: string | undefined): boolean {
  return commands.some((command) => command.name() === word);
}
