import { Simulation } from "./simulation.js";
import type { Faults } from "./simulation.js";

/** A random schedule of joins, leaves, crashes, restarts and pauses, from a seed; then peace. */
export interface ScheduleOptions {
  readonly nodes: number;
  readonly minutes: number;
  readonly pauses: boolean;
  readonly faults: Faults;
  readonly drift: number;
  readonly successors: number;
  readonly virtualNodes?: number;
}

export interface ScheduleResult {
  readonly violations: number;
  readonly firstViolation: string | null;
  readonly flaw: string | null;
  readonly healedInIntervals: number;
  readonly lookups: number;
  readonly failedLookups: number;
  readonly wrongLookups: number;
  readonly sim: Simulation;
}

const intervalMs = 500;
const url = (i: number): string => `memory://n${i}`;

export function runSchedule(seed: number, options: ScheduleOptions): ScheduleResult {
  const { successors, nodes, virtualNodes = 1 } = options;
  const sim = new Simulation(seed, { intervalMs, leaseMs: 2.25 * intervalMs, successors });
  const begin = (i: number): void =>
    sim.start(url(i), { virtualNodes, drift: 1 + (sim.draw() * 2 - 1) * options.drift });
  const alive = (): string[] => [...sim.hosts.keys()];
  const pick = <A>(list: ReadonlyArray<A>): A => list[Math.floor(sim.draw() * list.length)] as A;
  begin(0);
  sim.create(url(0));
  for (let i = 1; i < nodes; i++) {
    begin(i);
    sim.join(url(i), [url(0)]);
    sim.run(sim.draw() * 300);
  }
  sim.run(20_000, () => sim.members().length === nodes * virtualNodes && sim.ideal());
  sim.faults = options.faults;
  let started = nodes;
  let lookups = 0;
  let wrong = 0;
  const asked = new Map<number, { at: number; killedBefore: Set<string> }>();
  const dead = new Set<string>();
  const end = sim.now + options.minutes * 60_000;
  while (sim.now < end) {
    sim.run(sim.draw() * 4 * intervalMs);
    const act = sim.draw();
    const there = alive();
    const join = (i: number): void => {
      begin(i);
      sim.join(url(i), there.filter((other) => other !== url(i)));
    };
    if (act < 0.25 && there.length < 2 * nodes) join(started++);
    else if (act < 0.45 && there.length > 2) {
      const victim = pick(there);
      dead.add(`${victim}/${sim.hosts.get(victim)?.state.incarnation}`);
      sim.kill(victim);
      if (sim.draw() < 0.5) sim.schedule(sim.draw() * 3000, () => void (sim.hosts.has(victim) || join(Number(victim.slice(10)))));
    } else if (act < 0.6 && there.length > 2) {
      const leaver = pick(there);
      const operation = sim.leave(leaver);
      const wait = (): void => {
        if (sim.settled.has(operation)) sim.kill(leaver);
        else sim.schedule(50, wait);
      };
      sim.schedule(50, wait);
    } else if (act < 0.75 && options.pauses) sim.pause(pick(there), sim.draw() * 30_000);
    for (let i = 0; i < 3; i++) {
      const target = sim.config.naming(`key${seed}/${lookups}`);
      asked.set(sim.lookup(pick(alive()), target), { at: sim.now, killedBefore: new Set(dead) });
      lookups++;
    }
  }
  sim.faults = { ...options.faults, loss: 0, duplication: 0 };
  const peace = sim.now;
  sim.run(120_000, () => [...sim.hosts.values()].every((host) => host.pausedUntil <= sim.now) && sim.ideal());
  const flaw = sim.flaw();
  let failed = 0;
  for (const [operation, { killedBefore }] of asked) {
    const outcome = sim.settled.get(operation);
    if (outcome === undefined || !outcome.ok) failed++;
    else if (outcome.result._tag === "Owner" && killedBefore.has(`${outcome.result.peer.address}/${outcome.result.peer.incarnation}`)) wrong++;
  }
  const first = sim.violations[0];
  return {
    violations: sim.violations.length,
    firstViolation: first === undefined ? null : `${first.at.toFixed(1)} ${first.a} ${first.b}`,
    flaw,
    healedInIntervals: (sim.now - peace) / intervalMs,
    lookups,
    failedLookups: failed,
    wrongLookups: wrong,
    sim,
  };
}
