import { nodeUrl, Simulation } from "@chordnet/simulator";

export interface SpeedSetting {
  readonly seed: number;
  readonly nodes: number;
  /** Joins a second, and crashes a second. */
  readonly rate: number;
  readonly intervalMs: number;
  /** On the virtual clock, after as much to warm up. */
  readonly seconds: number;
}

export interface SpeedFigures {
  readonly nodes: number;
  readonly rate: number;
  readonly intervalMs: number;
  readonly events: number;
  readonly cpuSeconds: number;
  readonly eventsPerS: number;
  readonly timesRealTime: number;
  readonly bytesPerNode: number;
  readonly violations: number;
  readonly traceHash: string;
}

/** How many events the simulator does in a second of processor time, with the cheap checks and the brief trace. */
export function speed({ seed, nodes, rate, intervalMs, seconds }: SpeedSetting): SpeedFigures {
  const heapBefore = heapBytes();
  const simulation = new Simulation(seed, { intervalMs, leaseMs: 2.25 * intervalMs });
  simulation.eventsMax = Number.POSITIVE_INFINITY;
  simulation.faults = { latencyMs: [20, 80], loss: 0, duplication: 0 };
  simulation.trace.detail = "brief";
  simulation.found(new Map(Array.from({ length: nodes }, (_, i) => [nodeUrl(i), {}])));
  comeAndGo(simulation, nodes, rate);
  simulation.run(1000 * seconds);
  const { events } = simulation;
  const before = process.cpuUsage();
  simulation.run(1000 * seconds);
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  return {
    nodes,
    rate,
    intervalMs,
    events: simulation.events - events,
    cpuSeconds,
    eventsPerS: (simulation.events - events) / cpuSeconds,
    timesRealTime: seconds / cpuSeconds,
    bytesPerNode: (heapBytes() - heapBefore) / nodes,
    violations: simulation.witness.violations.length,
    traceHash: simulation.trace.digest(),
  };
}

/** Somebody crashes and somebody else joins, again and again. */
function comeAndGo(simulation: Simulation, nodes: number, rate: number): void {
  const { dice } = simulation;
  const there = Array.from({ length: nodes }, (_, i) => i);
  const anybody = (): string => nodeUrl(there[dice.below(there.length)] ?? 0);
  let started = nodes;
  const next = (): void => {
    const place = dice.below(there.length);
    simulation.kill(nodeUrl(there[place] ?? 0));
    there[place] = started;
    const url = nodeUrl(started++);
    const seeds = Array.from({ length: 8 }, anybody).filter((seed) => seed !== url);
    simulation.start(url);
    simulation.join(url, seeds);
    simulation.schedule(1000 / rate, next);
  };
  simulation.schedule(1000 / rate, next);
}

/** After a collection, where node runs with --expose-gc. */
function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
