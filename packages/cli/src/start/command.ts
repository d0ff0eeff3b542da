import { virtualNodesMax } from "@chordnet/core";
import type { Command } from "commander";
import { Option } from "commander";
import {
  byteCount,
  collect,
  dialUrl,
  durationMs,
  hashName,
  hostPort,
  integerFrom,
  listenUrl,
  ringName,
  ringNumber,
} from "../arguments.js";
import { credentialOptions } from "../credential-options.js";
import { required } from "../required.js";
import type { Settle, Terminal } from "../terminal.js";
import { logLevels } from "./log.js";
import type { StartOptions } from "./plan.js";
import type { Stops } from "./stopping.js";

/** `chordnet start`. */
export function addStart(root: Command, terminal: Terminal, stops: Stops, settle: Settle): void {
  const command = root
    .command("start")
    .summary("run a node until it is asked to stop")
    .description(
      "Runs a node. Prints an event a line, `ready` when it is a member; logs go to standard error. " +
        "SIGTERM or SIGINT: hands its range over and leaves; once more after a second ends it at once.",
    )
    .hook("preAction", () => required(command, "listen", "--listen <url...>"));
  ofNode(command.optionsGroup("The node:"));
  ofRing(command.optionsGroup("The ring, set by who creates it, learned by who joins:"));
  ofCredentials(command.optionsGroup("Who may take part:"));
  ofValues(command.optionsGroup("Values:"));
  ofTelling(command.optionsGroup("Watching it:"));
  command.helpOption("-h, --help", "display help for command").action(async (options: StartOptions) => {
    const { start } = await import("./start.js");
    settle(await start(terminal, options, stops));
  });
}

function ofNode(command: Command): void {
  command
    .option("--listen <url...>", "where to listen; further ones are for clients only", collect(listenUrl))
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
    .option(
      "--min-members <n>",
      "claim nothing while it sees fewer, itself included (default: 1)",
      integerFrom(1, 33),
    );
}

function ofRing(command: Command): void {
  command
    .option("--ring <name>", "its name (default: chordnet)", ringName)
    .option(
      "--interval-ms <n>",
      "how often neighbours speak; a lease is 2.25 of these (default: 1000)",
      ringNumber("intervalMs"),
    )
    .option("--successors <n>", "length of the successor list (default: 8)", ringNumber("successors"))
    .option("--bits <n>", "bits of an identifier (default: 160)", ringNumber("bits"))
    .option("--hash <name>", "sha256 or sha1 (default: sha256)", hashName);
}

function ofCredentials(command: Command): void {
  credentialOptions(command, "node")
    .option("--token-file <file>", "a token that lets web pages in as clients, on wss:// (or CHORDNET_TOKEN)")
    .option("--insecure", "no warning where everybody who reaches the node can take part");
}

function ofValues(command: Command): void {
  const sync = "always: acknowledged on disk (default); interval: flushed once a second";
  command
    .option("--data <folder>", "keep values there, through restarts (default: in memory)")
    .addOption(new Option("--sync <when>", sync).choices(["always", "interval"]))
    .option("--quota <bytes>", "keep no more than this, such as 10GiB (default: no limit)", byteCount)
    .option("--copies <n>", "processes that keep each value (default: 3)", integerFrom(1, 32))
    .option("--copies-min <n>", "refuse to put where there are fewer (default: 1)", integerFrom(1, 32))
    .option("--value-bytes-max <bytes>", "the longest value, up to 16000000 (default: 1MiB)", byteCount)
    .option("--others-gone", "answer for values although others that kept them are gone");
}

function ofTelling(command: Command): void {
  const level = "what to log (default: CHORDNET_LOG, or warn)";
  command
    .option("--admin <host:port>", "answer /metrics, /healthz, /readyz and /ring over HTTP", hostPort)
    .option("--record <file>", "write all that happens to the node, for chordnet replay; it is secret")
    .addOption(new Option("--log-level <level>", level).choices(logLevels))
    .option("--json", "events as JSON also on a terminal");
}
