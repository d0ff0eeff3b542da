import { readFileSync } from "node:fs";
import { virtualNodesMax } from "@chordnet/core";
import { Command, Option } from "commander";
import type { Url } from "./arguments.js";
import {
  byteCount,
  collect,
  dialUrl,
  durationMs,
  hashName,
  hexId,
  hostPort,
  integerFrom,
  listenUrl,
  ringName,
  ringNumber,
} from "./arguments.js";
import type { DemoOptions } from "./demo/demo.js";
import { examples } from "./examples.js";
import { wrongUsage } from "./failure.js";
import type { LookupOptions } from "./lookup/lookup.js";
import { addExplore, addReplay, addSimulate } from "./proof.js";
import { logLevels } from "./start/log.js";
import type { StartOptions } from "./start/plan.js";
import type { Stops } from "./start/stopping.js";
import type { Settle, Terminal } from "./terminal.js";
import type { ViaOptions } from "./via.js";

/** All commands. Each loads its own code only when it runs, so that a lookup does not wait for what it does not use. */
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

function addStart(root: Command, terminal: Terminal, stops: Stops, settle: Settle): void {
  root
    .command("start")
    .summary("run a node until it is asked to stop")
    .description(
      "Runs a node. Prints an event a line, `ready` when it is a member; logs go to standard error. " +
        "SIGTERM or SIGINT: hands its range over and leaves; a second one ends it at once.",
    )
    .optionsGroup("The node:")
    .option("--listen <url...>", "where to listen; further ones are for clients only", collect(listenUrl))
    .hook("preAction", needs("listen", "--listen <url...>"))
    .option("--advertise <url>", "where others reach it, if not where it listens", dialUrl)
    .option("--create", "found a ring; with --join: found it if no seed is in one")
    .option("--join <url...>", "members to join through, tried again until one answers", collect(dialUrl))
    .option("--join-timeout-ms <n>", "give up joining after this time (default: never)", durationMs)
    .option("--leave-timeout-ms <n>", "how long leaving may take", durationMs, 5000)
    .option(
      "--virtual-nodes <n>",
      "identifiers of this process (default: 1)",
      integerFrom(1, virtualNodesMax),
    )
    .option("--min-members <n>", "claim nothing where it sees fewer (default: 1)", integerFrom(1, 33))
    .optionsGroup("The ring, set by who creates it, learned by who joins:")
    .option("--ring <name>", "its name (default: chordnet)", ringName)
    .option("--interval-ms <n>", "how often neighbours speak (default: 1000)", ringNumber("intervalMs"))
    .option("--successors <n>", "length of the successor list (default: 8)", ringNumber("successors"))
    .option("--bits <n>", "bits of an identifier (default: 160)", ringNumber("bits"))
    .option("--hash <name>", "sha256 or sha1 (default: sha256)", hashName)
    .optionsGroup("Who may take part:")
    .option("--secret-file <file>", secretHelp)
    .option("--tls-cert <file>", "this node's certificate, for tls:// and wss://")
    .option("--tls-key <file>", "its key")
    .option("--tls-ca <file>", "the authority that issued everybody's")
    .option("--token-file <file>", "what lets pages in on wss:// as clients (or CHORDNET_TOKEN)")
    .option("--insecure", "no warning where everybody who reaches the node can take part")
    .optionsGroup("Values:")
    .option("--data <folder>", "keep values there, through restarts (default: in memory)")
    .addOption(
      new Option(
        "--sync <when>",
        "always: acknowledged on disk (default); interval: flushed once a second",
      ).choices(["always", "interval"]),
    )
    .option("--quota <bytes>", "keep no more than this, such as 10GiB (default: no limit)", byteCount)
    .option("--copies <n>", "processes that keep each value (default: 3)", integerFrom(1, 32))
    .option("--copies-min <n>", "refuse to put where there are fewer (default: 1)", integerFrom(1, 32))
    .option("--value-bytes-max <bytes>", "the longest value, up to 15MiB (default: 1MiB)", byteCount)
    .option("--others-gone", "don't wait for those that were down together with this folder")
    .optionsGroup("What it tells:")
    .option("--admin <host:port>", "answer /metrics, /healthz, /readyz and /ring over HTTP", hostPort)
    .option("--record <file>", "write all that happens to the node, for chordnet replay")
    .addOption(
      new Option("--log-level <level>", "what to log (default: CHORDNET_LOG, or warn)").choices(logLevels),
    )
    .option("--json", "events as JSON also on a terminal")
    .helpOption("-h, --help", "display help for command")
    .action(async (options: StartOptions) => {
      const { start } = await import("./start/start.js");
      settle(await start(terminal, options, stops));
    });
}

const secretHelp = "a file with the ring's secret, for tls:// and wss:// (or CHORDNET_SECRET)";

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

function addValues(root: Command, terminal: Terminal, settle: Settle): void {
  via(root.command("put"))
    .summary("have the ring keep a value")
    .description(
      "Has the ring keep a value, and prints its version. `put KEY -` reads the value from standard input; `put -` " +
        'a value a line: {"key","value"}, either as keyBase64, valueBase64 where it is no text.',
    )
    .argument("<key>", "as text; - alone reads lines of JSON")
    .argument("[value]", "as text; - reads it from standard input")
    .action(async (key: string, value: string | undefined, options: ViaOptions) => {
      sameScheme(options.via);
      const { put } = await import("./values/put.js");
      settle(await put(terminal, key, value, options));
    });
  via(root.command("get"))
    .summary("print a value that the ring keeps")
    .description(
      "Prints the value under a key as it is; exit status 1 if there is none. Several keys, or - for one a line on " +
        "standard input: a line of JSON for each, as put - reads it.",
    )
    .argument("[key...]", "as text; - reads keys from standard input, a line each")
    .action(async (keys: string[], options: ViaOptions) => {
      sameScheme(options.via);
      const { get } = await import("./values/get.js");
      settle(await get(terminal, keys, options));
    });
  via(root.command("delete"))
    .summary("delete a value")
    .description("Deletes the value under each key; it need not be there. Exit status 1 if any could not be.")
    .argument("[key...]", "as text; - reads keys from standard input, a line each")
    .action(async (keys: string[], options: ViaOptions) => {
      sameScheme(options.via);
      const { remove } = await import("./values/delete.js");
      settle(await remove(terminal, keys, options));
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
    .option("--ring <name>", "insist on this ring; its secret goes with its name", ringName)
    .option("--secret-file <file>", secretHelp)
    .option("--tls-cert <file>", "this client's certificate, for tls:// and wss://")
    .option("--tls-key <file>", "its key")
    .option("--tls-ca <file>", "the authority that issued everybody's")
    .option("--timeout-ms <n>", "give up after this time (default: 5000)", durationMs)
    .option("--json", "one JSON object a line");
}

/** Commander's own check comes before the one for unknown options, and so would hide that one was only misspelt. */
function needs(name: string, flags: string): (command: Command) => void {
  return (command) => {
    if (command.getOptionValue(name) === undefined) throw wrongUsage(`option ${flags} is missing`);
  };
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
