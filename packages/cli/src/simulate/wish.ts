import { defaultLeaseMs } from "@chordnet/core";
import type { Scenario } from "@chordnet/simulator";
import { scenario } from "@chordnet/simulator";

/** What was typed behind `chordnet simulate`. Rates are a minute, all nodes together. */
export interface SimulateOptions {
  readonly nodes: number;
  readonly minutes: number;
  readonly seed?: number;
  readonly joinRate: number;
  readonly leaveRate: number;
  readonly crashRate: number;
  readonly restartRate: number;
  readonly pauseRate: number;
  readonly partition: number;
  readonly loss: number;
  readonly latency: readonly [number, number];
  readonly lookupsPerS: number;
  readonly successors: number;
  readonly intervalMs: number;
  readonly virtualNodes: number;
  readonly record?: string;
  readonly replay?: string;
  readonly plot?: string;
  /** Where the smallest run goes that breaks the same promise. */
  readonly shrink?: string;
  readonly print?: boolean;
  readonly json?: boolean;
}

/** The scenario that the options describe. */
export function wished(options: SimulateOptions, seed: number): Scenario {
  const { nodes, minutes, virtualNodes, successors, intervalMs, loss, latency: latencyMs } = options;
  return scenario({
    seed,
    nodes,
    minutes,
    virtualNodes,
    membersMin: Math.max(2, Math.min(nodes, 3)),
    ring: { successors, intervalMs, leaseMs: defaultLeaseMs(intervalMs) },
    faults: { latencyMs, loss },
    perMinute: {
      joins: options.joinRate,
      leaves: options.leaveRate,
      crashes: options.crashRate,
      restarts: options.restartRate,
      pauses: options.pauseRate,
      cuts: options.partition,
      lookups: options.lookupsPerS * 60,
    },
  });
}

/** The command that does the same again. */
export function command(options: SimulateOptions, seed: number): string {
  if (options.replay !== undefined) return `chordnet simulate --replay ${options.replay}`;
  const [least, most] = options.latency;
  const troubles = {
    "join-rate": options.joinRate,
    "leave-rate": options.leaveRate,
    "crash-rate": options.crashRate,
    "restart-rate": options.restartRate,
    "pause-rate": options.pauseRate,
    partition: options.partition,
    loss: options.loss,
  };
  const flags = {
    nodes: options.nodes,
    minutes: options.minutes,
    seed,
    ...Object.fromEntries(Object.entries(troubles).filter(([, value]) => value > 0)),
    latency: `${least}-${most}`,
    "lookups-per-s": options.lookupsPerS,
    successors: options.successors,
    "interval-ms": options.intervalMs,
    "virtual-nodes": options.virtualNodes,
  };
  const typed = Object.entries(flags).map(([name, value]) => `--${name} ${value}`);
  return `chordnet simulate ${typed.join(" ")}`;
}
