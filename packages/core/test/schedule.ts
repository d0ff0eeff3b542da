import type { Owner } from "../src/effect.js";
import type { Id } from "../src/identifier.js";
import type { Address } from "../src/peer.js";
import type { Host } from "./simulation/host.js";
import { flaw } from "./simulation/ideal.js";
import type { Violation } from "./simulation/witness.js";
import type { Faults } from "./simulation.js";
import { Simulation } from "./simulation.js";

/** A random schedule of joins, leaves, crashes, restarts and pauses, from a seed; then peace. */
export interface ScheduleOptions {
  readonly nodes: number;
  /** So many are left alive at least. */
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

export interface ScheduleResult {
  readonly violations: ReadonlyArray<Violation>;
  readonly flaw: string | null;
  readonly healedInIntervals: number;
  readonly lookups: number;
  readonly failedLookups: number;
  /** Neither answered nor failed long after their deadline, though who asked is still there. */
  readonly openLookups: number;
  /** Answers that name a node which at no instant since the question claimed the key. */
  readonly wrongLookups: number;
  /** Answers with a lower epoch than an answer for the same key that was there before the question. */
  readonly fallenEpochs: number;
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

interface Question {
  readonly asker: Host;
  readonly target: Id;
  readonly askedAt: number;
}

interface Answered extends Question {
  readonly owner: Owner;
  readonly at: number;
}

/** The earlier one was known before the later was asked for, and has the higher epoch. */
function fell(earlier: Answered, later: Answered): boolean {
  return (
    earlier.target === later.target && earlier.at <= later.askedAt && earlier.owner.epoch > later.owner.epoch
  );
}

class Schedule {
  readonly simulation: Simulation;
  private readonly options: ScheduleOptions;
  private readonly seed: number;
  private readonly questions = new Map<number, Question>();
  private readonly leaving = new Set<Address>();
  private started = 0;

  constructor(seed: number, options: ScheduleOptions) {
    this.seed = seed;
    this.options = options;
    const { successors } = options;
    this.simulation = new Simulation(seed, { intervalMs, leaseMs: 2.25 * intervalMs, successors });
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
      if (first !== undefined) simulation.run(simulation.draw() * 300);
    }
    simulation.run(20_000, () => simulation.members().length === nodes * virtualNodes && this.ideal());
  }

  trouble(): void {
    const { simulation } = this;
    simulation.faults = this.options.faults;
    const end = simulation.now + this.options.minutes * 60_000;
    while (simulation.now < end) {
      simulation.run(simulation.draw() * 4 * intervalMs);
      this.act(simulation.draw());
      for (let i = 0; i < 3; i++) this.lookUp();
    }
  }

  /** Nobody is stopped, and the network is reliable: until the ring is ideal, and then until every lookup is due. */
  peace(): number {
    const { simulation } = this;
    simulation.faults = { ...simulation.faults, loss: 0, duplication: 0 };
    const moving = (): boolean =>
      [...simulation.hosts.values()].every((host) => !host.isStopped(simulation.now));
    const from = simulation.now;
    simulation.run(120_000, () => moving() && this.ideal());
    const healedInIntervals = (simulation.now - from) / intervalMs;
    simulation.run(2 * lookupMs);
    return healedInIntervals;
  }

  result(healedInIntervals: number): ScheduleResult {
    const { simulation } = this;
    const answers = this.answers();
    const wrong = answers.filter(
      ({ owner, target, askedAt, at }) => !simulation.witness.confirms(owner, target, askedAt, at),
    );
    return {
      violations: simulation.witness.violations,
      flaw: flaw(simulation),
      healedInIntervals,
      lookups: this.questions.size,
      failedLookups: this.questions.size - answers.length,
      openLookups: this.open(),
      wrongLookups: wrong.length,
      fallenEpochs: answers.filter((later) => answers.some((earlier) => fell(earlier, later))).length,
      simulation,
    };
  }

  private open(): number {
    const { hosts, settled } = this.simulation;
    return [...this.questions].filter(
      ([operation, { asker }]) => !settled.has(operation) && hosts.get(asker.state.url) === asker,
    ).length;
  }

  private answers(): Answered[] {
    const found: Answered[] = [];
    for (const [operation, question] of this.questions) {
      const settlement = this.simulation.settled.get(operation);
      if (settlement?.result._tag !== "Owner") continue;
      found.push({ ...question, owner: settlement.result, at: settlement.at });
    }
    return found;
  }

  private ideal(): boolean {
    return flaw(this.simulation) === null;
  }

  private act(chance: number): void {
    const { nodes, nodesMin = 3, pauseMsMax = 0, pausedMax = Number.POSITIVE_INFINITY } = this.options;
    const alive = this.alive().filter((url) => !this.leaving.has(url));
    if (chance < 0.25 && alive.length < 2 * nodes) this.join(this.started++);
    else if (chance < 0.45 && alive.length >= nodesMin) this.crash(this.anyOf(alive));
    else if (chance >= 0.45 && chance < 0.6 && alive.length >= nodesMin) this.leave(this.anyOf(alive));
    else if (chance >= 0.6 && chance < 0.75 && pauseMsMax > 0) this.stop(pauseMsMax, pausedMax);
  }

  private begin(i: number): Address {
    const { virtualNodes = 1, drift } = this.options;
    const url = `memory://n${i}`;
    this.simulation.start(url, { virtualNodes, drift: 1 + (this.simulation.draw() * 2 - 1) * drift });
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
    if (simulation.draw() >= 0.5) return;
    simulation.schedule(simulation.draw() * 3000, () => {
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
    const [victim, ms] = [this.anybody(), simulation.draw() * msMax];
    if (stopped.length < pausedMax) simulation.pause(victim, ms, simulation.draw() < 0.5);
  }

  private lookUp(): void {
    const { simulation } = this;
    const target = simulation.config.naming(`key ${this.seed} ${this.questions.size % 24}`);
    const url = this.anybody();
    const asker = simulation.hosts.get(url) as Host;
    const askedAt = simulation.now;
    const operation = simulation.lookup(url, target, "recursive", lookupMs);
    this.questions.set(operation, { asker, target, askedAt });
  }

  private anybody(): Address {
    return this.anyOf(this.alive());
  }

  private anyOf(urls: ReadonlyArray<Address>): Address {
    return urls[Math.floor(this.simulation.draw() * urls.length)] as Address;
  }

  private alive(): Address[] {
    return [...this.simulation.hosts.keys()];
  }
}
