import { virtualNodesMax } from "@chordnet/core";
import type { Command } from "commander";
import { Option } from "commander";
import { integerFrom, latencyMs, numberFrom, rate, ringNumber } from "../arguments.js";
import type { Settle, Terminal } from "../terminal.js";
import type { SimulateOptions } from "./wish.js";

/** `chordnet simulate`. */
export function addSimulate(root: Command, terminal: Terminal, settle: Settle): void {
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
    .option("--virtual-nodes <n>", "identifiers of each process", integerFrom(1, virtualNodesMax), 1)
    .option("--record <file>", "write what is done when, and the hash of what came of it")
    .addOption(
      new Option("--replay <file>", "do what --record wrote, and compare").conflicts([...ofScenarios]),
    )
    .option("--shrink <file>", "write the smallest run that breaks the same promise")
    .addOption(new Option("--print", "tell what is done, and what comes of it").conflicts("json"))
    .option("--plot <file>", "draw members, messages and lookups over time, as SVG")
    .option("--json", "violations as JSON, a line each; then the results as one object")
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import("./simulate.js");
      settle(await simulate(terminal, options));
    });
}

/** What a recorded run has settled. */
const ofScenarios = [
  "nodes",
  "minutes",
  "seed",
  "joinRate",
  "leaveRate",
  "crashRate",
  "restartRate",
  "pauseRate",
  "partition",
  "loss",
  "latency",
  "lookupsPerS",
  "successors",
  "intervalMs",
  "virtualNodes",
] as const satisfies ReadonlyArray<keyof SimulateOptions>;
