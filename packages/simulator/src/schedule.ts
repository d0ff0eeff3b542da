import type { Address } from "@chordnet/core";
import { flaw } from "./ideal.js";
import type { Judged } from "./questions.js";
import { Questions } from "./questions.js";
import type { Faults } from "./simulation.js";
import { Simulation } from "./simulation.js";
import type { Violation } from "./witness.js";

/** A random schedule of joins, leaves, crashes, restarts and pauses, from a seed; then peace. */
export interface ScheduleOptions {
  readonly nodes: number;
  /** From so many members on one may go. */
  readonly nodesMin?: number;
  readonly virtualNodes?: number;
  readonly successors: number;
  readonly minutes: number;
  readonly faults: Faults;
  /** Clocks are too fast or too slow by up to this share. */
  readonly drift: number;
  /** Processes are stopped for up to so long; 0: never. */
  readonly pauseMsMax?: number;
  /** So many at once. */
  readonly pausedMax?: number;
  /** What takes each step instead of `stepProcess`. */
  readonly step?: Simulation["step"];
}

export interface ScheduleResult extends Judged {
  readonly violations: ReadonlyArray<Violation>;
  readonly flaw: string | null;
  readonly healedInIntervals: number;
  readonly simulation: Simulation;
}

const intervalMs = 500;
const lookupMs = 5000;

/** Everything that happens, and its outcome, follow from the seed and the options. */
export function runSchedule(seed: number, options: ScheduleOptions): ScheduleResult {
  const schedule = new Schedule(seed, options);
  schedule.grow();
  schedule.trouble();
  return schedule.result(schedule.peace());
}

class Schedule {
  readonly simulation: Simulation;
  private readonly options: ScheduleOptions;
  private readonly seed: number;
  private readonly questions: Questions;
  private readonly leaving = new Set<Address>();
  private started = 0;
  private restarts = 0;

  constructor(seed: number, options: ScheduleOptions) {
    this.seed = seed;
    this.options = options;
    const { successors } = options;
    this.simulation = new Simulation(seed, { intervalMs, leaseMs: 2.25 * intervalMs, successors });
    this.questions = new Questions(this.simulation);
    if (options.step !== undefined) this.simulation.step = options.step;
  }

  /** One node after another, without faults, until the ring is ideal. */
  grow(): void {
    const { simulation } = this;
    const { nodes, virtualNodes = 1 } = this.options;
    for (let i = 0; i < nodes; i++) {
      const [first] = simulation.hosts.keys();
      const next = this.begin(this.started++);
      if (first === undefined) simulation.create(next);
      else simulation.join(next, [first]);
      if (first !== undefined) simulation.run(simulation.dice.draw() * 300);
    }
    simulation.run(20_000, () => simulation.members().length === nodes * virtualNodes && this.ideal());
  }

  trouble(): void {
    const { simulation } = this;
    simulation.faults = this.options.faults;
    const end = simulation.now + this.options.minutes * 60_000;
    while (simulation.now < end) {
      simulation.run(simulation.dice.draw() * 4 * intervalMs);
      this.act(simulation.dice.draw());
      for (let i = 0; i < 3; i++) this.lookUp();
    }
  }

  /**
   * No new trouble, and the network is reliable: until the ring is ideal, and then until every lookup is due. Gives how
   * long it took to heal, from when the last of those that had begun to leave, to stop or to start again was done.
   */
  peace(): number {
    const { simulation } = this;
    simulation.faults = { ...simulation.faults, loss: 0, duplication: 0 };
    let from = simulation.now;
    simulation.run(120_000, () => {
      if (this.isUnderWay()) from = simulation.now;
      return !this.isUnderWay() && this.ideal();
    });
    const healedInIntervals = (simulation.now - from) / intervalMs;
    simulation.run(2 * lookupMs);
    return healedInIntervals;
  }

  private isUnderWay(): boolean {
    const { hosts, now } = this.simulation;
    const stopped = [...hosts.values()].some((host) => host.isStopped(now) || host.stopMidwayMs > 0);
    return stopped || this.restarts > 0 || this.leaving.size > 0;
  }

  result(healedInIntervals: number): ScheduleResult {
    const { simulation, questions } = this;
    const { violations } = simulation.witness;
    return { ...questions.judged(), violations, flaw: flaw(simulation), healedInIntervals, simulation };
  }

  private ideal(): boolean {
    return flaw(this.simulation) === null;
  }

  private act(chance: number): void {
    const { nodes, nodesMin = 3, pauseMsMax = 0, pausedMax = Number.POSITIVE_INFINITY } = this.options;
    const alive = this.alive().filter((url) => !this.leaving.has(url));
    const enough = alive.filter((url) => this.isMember(url)).length >= nodesMin;
    if (chance < 0.25 && alive.length < 2 * nodes) this.join(this.started++);
    else if (chance < 0.45 && enough) this.crash(this.anyOf(alive));
    else if (chance >= 0.45 && chance < 0.6 && enough) this.leave(this.anyOf(alive));
    else if (chance >= 0.6 && chance < 0.75 && pauseMsMax > 0) this.stop(pauseMsMax, pausedMax);
  }

  /** Newcomers don't count: with its last member a ring is gone, however many are about to join. */
  private isMember(url: Address): boolean {
    return this.simulation.hosts.get(url)?.state.nodes[0]?.phase._tag === "Member";
  }

  private begin(i: number): Address {
    const { virtualNodes = 1, drift } = this.options;
    const url = `memory://n${i}`;
    this.simulation.start(url, { virtualNodes, drift: 1 + (this.simulation.dice.draw() * 2 - 1) * drift });
    return url;
  }

  private join(i: number): void {
    const alive = this.alive();
    const next = this.begin(i);
    this.simulation.join(
      next,
      alive.filter((url) => url !== next),
    );
  }

  /** Half of those that crash are started again soon after, with an empty memory. */
  private crash(victim: Address): void {
    const { simulation } = this;
    simulation.kill(victim);
    if (simulation.dice.draw() >= 0.5) return;
    this.restarts++;
    simulation.schedule(simulation.dice.draw() * 3000, () => {
      this.restarts--;
      if (!simulation.hosts.has(victim)) this.join(Number(victim.slice("memory://n".length)));
    });
  }

  /** As a process does: it ends when the leave is settled. */
  private leave(leaver: Address): void {
    const { simulation } = this;
    const host = simulation.hosts.get(leaver);
    const operation = simulation.leave(leaver);
    this.leaving.add(leaver);
    const close = (): void => {
      const settled = simulation.settled.has(operation);
      if (!settled && simulation.hosts.get(leaver) === host) return simulation.schedule(50, close);
      this.leaving.delete(leaver);
      if (settled && simulation.hosts.get(leaver) === host) simulation.kill(leaver);
    };
    simulation.schedule(50, close);
  }

  private stop(msMax: number, pausedMax: number): void {
    const { simulation } = this;
    const stopped = [...simulation.hosts.values()].filter((host) => host.isStopped(simulation.now));
    const [victim, ms] = [this.anybody(), simulation.dice.draw() * msMax];
    if (stopped.length < pausedMax) simulation.pause(victim, ms, simulation.dice.draw() < 0.5);
  }

  private lookUp(): void {
    const { simulation } = this;
    const target = simulation.config.naming(`key ${this.seed} ${this.questions.asked % 24}`);
    this.questions.ask(this.anybody(), target, lookupMs);
  }

  private anybody(): Address {
    return this.anyOf(this.alive());
  }

  private anyOf(urls: ReadonlyArray<Address>): Address {
    return urls[Math.floor(this.simulation.dice.draw() * urls.length)] as Address;
  }

  private alive(): Address[] {
    return [...this.simulation.hosts.keys()];
  }
}
