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
  try {
    await program(where, stops, (settled) => {
      status = settled;
    }).parseAsync([...args], { from: "user" });
    return status;
  } catch (caught) {
    return told(where, args, caught);
  }
}

function told({ err }: Terminal, args: ReadonlyArray<string>, caught: unknown): number {
  if (caught instanceof CommanderError) {
    if (caught.exitCode === 0) return 0;
    if (caught.code !== "commander.help") complain(err, `${plain(caught)} (see ${helpOf(args)})`);
    return usageStatus;
  }
  if (caught instanceof Failure) {
    complain(err, caught.status === usageStatus ? `${caught.message} (see ${helpOf(args)})` : caught.message);
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
    .replace(/ \(Did you mean (.*)\?\)$/, ": did you mean $1?")
    .replace(/\.$/, "");
}

function helpOf(args: ReadonlyArray<string>): string {
  const command = args[0];
  const known =
    command !== undefined &&
    [
      "start",
      "lookup",
      "put",
      "get",
      "delete",
      "ring",
      "status",
      "replay",
      "simulate",
      "explore",
      "demo",
    ].includes(command);
  return known ? `chordnet ${command} --help` : "chordnet --help";
}
