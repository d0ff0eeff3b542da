import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { Url } from "./arguments.js";
import {
  collect,
  dialUrl,
  durationMs,
  hashName,
  hexId,
  integerFrom,
  latencyMs,
  listenUrl,
  numberFrom,
  rate,
  ringName,
  ringNumber,
} from "./arguments.js";
import type { DemoOptions } from "./demo/demo.js";
import { examples } from "./examples.js";
import type { ExploreOptions } from "./explore/explore.js";
import { wrongUsage } from "./failure.js";
import type { LookupOptions } from "./lookup/lookup.js";
import type { ReplayOptions } from "./replay/replay.js";
import type { SimulateOptions } from "./simulate/wish.js";
import { logLevels } from "./start/log.js";
import type { StartOptions } from "./start/plan.js";
import type { Stops } from "./start/stopping.js";
import type { Terminal } from "./terminal.js";
import type { ViaOptions } from "./via.js";

/** Told the exit status of the command that ran. */
export type Settle = (status: number) => void;

/** All commands. Each loads its own code only when it runs, so that a lookup does not wait for what it does not use. */
export function program(terminal: Terminal, stops: Stops, settle: Settle): Command {
  const root = dressed(new Command("chordnet"), terminal)
    .description("Which live node owns a key? A Chord ring, from the command line.")
    .version(version(), "-V, --version", "print the version");
  addStart(root, terminal, stops, settle);
  addLookup(root, terminal, settle);
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

function addStart(root: Command, terminal: Terminal, stops: Stops, settle: Settle): void {
  root
    .command("start")
    .summary("run a node until it is asked to stop")
    .description(
      "Runs a node. Prints an event a line, `ready` when it is a member; logs go to standard error. " +
        "SIGTERM or SIGINT: hands its range over and leaves; a second one ends it at once.",
    )
    .option("--listen <url...>", "where to listen; further ones are for clients only", collect(listenUrl))
    .hook("preAction", needs("listen", "--listen <url...>"))
    .option("--advertise <url>", "where others reach it, if not where it listens", dialUrl)
    .option("--create", "found a ring; with --join: found it if no seed is in one")
    .option("--join <url...>", "members to join through, tried again until one answers", collect(dialUrl))
    .option("--join-timeout-ms <n>", "give up joining after this time (default: never)", durationMs)
    .option("--leave-timeout-ms <n>", "how long leaving may take", durationMs, 5000)
    .option("--ring <name>", "the ring's name (default: chordnet)", ringName)
    .option("--interval-ms <n>", "how often neighbours speak (default: 1000)", ringNumber("intervalMs"))
    .option("--successors <n>", "length of the successor list (default: 8)", ringNumber("successors"))
    .option("--bits <n>", "bits of an identifier (default: 160)", ringNumber("bits"))
    .option("--hash <name>", "sha256 or sha1 (default: sha256)", hashName)
    .option("--virtual-nodes <n>", "identifiers of this process (default: 1)", integerFrom(1, 256))
    .option("--record <file>", "write all that happens to the node, for chordnet replay")
    .addOption(
      new Option("--log-level <level>", "what to log (default: CHORDNET_LOG, or warn)").choices(logLevels),
    )
    .option("--json", "events as JSON also on a terminal")
    .action(async (options: StartOptions) => {
      const { start } = await import("./start/start.js");
      settle(await start(terminal, options, stops));
    });
}

function addLookup(root: Command, terminal: Terminal, settle: Settle): void {
  via(root.command("lookup"))
    .summary("tell which live node owns each key")
    .description("Tells which live node owns each key. Exit status 1 if any lookup failed.")
    .argument("[key...]", "keys, as text; - reads them from standard input, a line each")
    .option("--id <hex>", "look up this point of the ring itself", collect(hexId))
    .option("--trace", "tell every hop")
    .action(async (keys: string[], options: LookupOptions) => {
      sameScheme(options.via);
      const { lookup } = await import("./lookup/lookup.js");
      settle(await lookup(terminal, keys, options));
    });
}

function addRing(root: Command, terminal: Terminal, settle: Settle): void {
  via(root.command("ring"))
    .summary("walk the ring and list its nodes")
    .description(
      "Walks the ring from successor to successor and lists its nodes, in order. " +
        "Exit status 1 if it does not close or is out of order.",
    )
    .action(async (options: ViaOptions) => {
      sameScheme(options.via);
      const { ring } = await import("./ring/ring.js");
      settle(await ring(terminal, options));
    });
}

function addStatus(root: Command, terminal: Terminal, settle: Settle): void {
  via(root.command("status"))
    .summary("show one node's whole state")
    .description("Shows a node's whole state: ranges, lease, neighbours, fingers, connections, counters.")
    .action(async (options: ViaOptions) => {
      sameScheme(options.via);
      const { status } = await import("./status/status.js");
      settle(await status(terminal, options));
    });
}

function addReplay(root: Command, terminal: Terminal, settle: Settle): void {
  root
    .command("replay")
    .summary("live a recorded node's life once more")
    .description(
      "Runs the events of what chordnet start --record wrote, and compares what comes of each. " +
        "Exit status 1 at the first difference.",
    )
    .argument("<file...>", "recordings")
    .option("--print", "tell every event, and what came of it")
    .option("--json", "one JSON object a file")
    .action(async (files: string[], options: ReplayOptions) => {
      forPeopleOrPrograms(options);
      const { replay } = await import("./replay/replay.js");
      settle(await replay(terminal, files, options));
    });
}

function addSimulate(root: Command, terminal: Terminal, settle: Settle): void {
  root
    .command("simulate")
    .summary("simulate a ring and its troubles, from a seed")
    .description(
      "Simulates a ring on a virtual clock, and checks what is promised after every event. The same seed and " +
        "options give the same run. Rates are a minute, all nodes together. Exit status 1 if a promise was broken.",
    )
    .option("--nodes <n>", "nodes that found the ring", integerFrom(1, 100_000), 20)
    .option("--minutes <n>", "minutes of trouble, on the virtual clock", numberFrom(0, 100_000), 10)
    .option("--seed <n>", "from which everything follows (default: a fresh one)", integerFrom(0, 2 ** 32 - 1))
    .option("--join-rate <n>", "nodes that join", rate, 0)
    .option("--leave-rate <n>", "nodes that hand over and go", rate, 0)
    .option("--crash-rate <n>", "nodes that are gone at once", rate, 0)
    .option("--restart-rate <n>", "nodes that crash and start again in place", rate, 0)
    .option("--pause-rate <n>", "nodes stopped for up to 10 s, one at a time", rate, 0)
    .option("--partition <n>", "cuts through the network, for up to 20 s", rate, 0)
    .option("--loss <share>", "share of messages that are lost, 0 to 1", numberFrom(0, 1), 0)
    .addOption(
      new Option("--latency <ms>", "how long messages are under way: MS or LEAST-MOST")
        .argParser(latencyMs)
        .default([1, 30], "1-30"),
    )
    .option("--lookups-per-s <n>", "lookups a second, all nodes together", rate, 1)
    .option("--successors <n>", "length of the successor list", ringNumber("successors"), 8)
    .option("--interval-ms <n>", "how often neighbours speak", ringNumber("intervalMs"), 1000)
    .option("--virtual-nodes <n>", "identifiers of each process", integerFrom(1, 256), 1)
    .option("--record <file>", "write what is done when, and the hash of what came of it")
    .option("--replay <file>", "do what --record wrote, and compare")
    .option("--shrink <file>", "write the smallest run that breaks the same promise")
    .option("--print", "tell what is done, and what comes of it")
    .option("--plot <file>", "draw members, messages and lookups over time, as SVG")
    .option("--json", "violations as JSON, a line each; then the results as one object")
    .action(async (options: SimulateOptions) => {
      forPeopleOrPrograms(options);
      const { simulate } = await import("./simulate/simulate.js");
      settle(await simulate(terminal, options));
    });
}

function addExplore(root: Command, terminal: Terminal, settle: Settle): void {
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
      const { explore } = await import("./explore/explore.js");
      settle(await explore(terminal, names, options));
    });
}

function addDemo(root: Command, terminal: Terminal, stops: Stops, settle: Settle): void {
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
      const { demo } = await import("./demo/demo.js");
      settle(await demo(terminal, options, stops));
    });
}

function via(command: Command): Command {
  return command
    .option("--via <url>", "a node to ask; repeated: the first that answers", collect(dialUrl))
    .hook("preAction", needs("via", "--via <url>"))
    .option("--timeout-ms <n>", "give up after this time (default: 5000)", durationMs)
    .option("--json", "one JSON object a line");
}

/** Commander's own check comes before the one for unknown options, and so would hide that one was only misspelt. */
function needs(name: string, flags: string): (command: Command) => void {
  return (command) => {
    if (command.getOptionValue(name) === undefined) throw wrongUsage(`option ${flags} is missing`);
  };
}

function forPeopleOrPrograms({ print, json }: { readonly print?: boolean; readonly json?: boolean }): void {
  if (print === true && json === true)
    throw wrongUsage("--print is for people, --json for programs: use one of them");
}

function sameScheme(urls: ReadonlyArray<Url>): void {
  const [first, ...others] = urls;
  const other = others.find(({ scheme }) => scheme !== first?.scheme);
  if (other !== undefined) {
    throw wrongUsage(
      `--via ${other.text} does not go with --via ${first?.text}: use one scheme in a command`,
    );
  }
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
      styleTitle: (title) => out.colors.bold(title),
      styleCommandText: (text) => out.colors.cyan(text),
      styleSubcommandText: (text) => out.colors.cyan(text),
      styleOptionText: (text) => out.colors.cyan(text),
      styleArgumentText: (text) => out.colors.cyan(text),
      sortSubcommands: false,
    })
    .helpCommand("help [command]", "the same as --help");
}

function version(): string {
  const described = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return described.version;
}
