import { readFileSync } from "node:fs";
import { Command, Help } from "commander";
import { addDemo } from "./demo/command.js";
import { examples } from "./examples.js";
import { addExplore } from "./explore/command.js";
import { addLookup } from "./lookup/command.js";
import { addReplay } from "./replay/command.js";
import { addRing } from "./ring/command.js";
import { addSimulate } from "./simulate/command.js";
import { addStart } from "./start/command.js";
import type { Stops } from "./start/stopping.js";
import { addStatus } from "./status/command.js";
import type { Settle, Terminal } from "./terminal.js";
import { addValues } from "./values/command.js";

/**
 * All commands, each as the `command.ts` of its folder describes it. What a command does is loaded only when it runs:
 * a lookup does not wait for what it does not use.
 */
export function program(terminal: Terminal, stops: Stops, settle: Settle): Command {
  const root = dressed(new Command("chordnet"), terminal)
    .description("Which live node owns a key? A Chord ring, from the command line.")
    .version(version(), "-V, --version", "print the version");
  addStart(root, terminal, stops, settle);
  addLookup(root, terminal, settle);
  addValues(root, terminal, settle);
  addRing(root, terminal, settle);
  addStatus(root, terminal, settle);
  addReplay(root, terminal, settle);
  addSimulate(root, terminal, settle);
  addExplore(root, terminal, settle);
  addDemo(root, terminal, stops, settle);
  for (const command of [root, ...root.commands]) {
    command.addHelpText("after", examples(command.name(), terminal.out.colors.dim));
  }
  return root;
}

/** Errors are told by who called; help is coloured where that can be seen. Subcommands inherit all of this. */
function dressed(command: Command, { out, err }: Terminal): Command {
  return command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.stream.write(text),
      writeErr: (text) => err.stream.write(text),
      outputError: () => undefined,
      getOutHasColors: () => out.colors.isColorSupported,
      getErrHasColors: () => err.colors.isColorSupported,
      getOutHelpWidth: () => Math.min(out.columns, 100),
      getErrHelpWidth: () => Math.min(err.columns, 100),
    })
    .configureHelp({
      // In a narrow terminal, too: unless told, commander leaves what has less room as long lines.
      minWidthToWrap: besideColumnsMin,
      formatItem: item,
      styleTitle: (title) => out.colors.bold(title),
      styleCommandText: (text) => out.colors.cyan(text),
      styleSubcommandText: (text) => out.colors.cyan(text),
      styleOptionText: (text) => out.colors.cyan(text),
      styleArgumentText: (text) => out.colors.cyan(text),
      sortSubcommands: false,
    })
    .helpCommand("help [command]", "the same as --help");
}

/** What something is, beside its name; below it where there is too little room for that. */
function item(name: string, nameColumns: number, about: string, helper: Help): string {
  const columns = helper.helpWidth ?? 80;
  if (about === "" || columns - nameColumns - 4 >= besideColumnsMin)
    return Help.prototype.formatItem.call(helper, name, nameColumns, about, helper);
  return `  ${name}\n      ${helper.boxWrap(about, columns - 6).replaceAll("\n", "\n      ")}`;
}

const besideColumnsMin = 20;

function version(): string {
  const described = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return described.version;
}
