import type { Address, Id, Millis } from "@chordnet/core";
import type { LookupFigures } from "./checks/answers.js";
import { Answers, writeDelayMs } from "./checks/answers.js";
import { within } from "./checks/certain.js";
import { flaw } from "./checks/ideal.js";
import { InPeace } from "./checks/in-peace.js";
import { isConnected } from "./checks/knowledge.js";
import type { Violation, ViolationKind } from "./checks/violation.js";
import type { CheckName } from "./checks/witness.js";
import { allChecks } from "./checks/witness.js";
import { nodeUrl } from "./grow.js";
import { Leavers } from "./leavers.js";
import type { Act, Deed, Who } from "./schedule/act.js";
import { draw } from "./schedule/draw.js";
import type { Scenario, Schedule } from "./schedule/scenario.js";
import { Dice } from "./simulation/dice.js";
import type { Birth } from "./simulation/simulation.js";
import { Simulation } from "./simulation/simulation.js";
import { Stores } from "./store/stores.js";
import type { StoreFigures } from "./store/values.js";
import { inPlaceIntervals, Values } from "./store/values.js";

/** What came of a run. */
export interface Result {
  readonly seed: number;
  /** The first ones; `counts` counts all. */
  readonly violations: ReadonlyArray<Violation>;
  readonly counts: Readonly<Partial<Record<ViolationKind, number>>>;
  /** From when the last act was over until the ring was ideal; null: it did not become so. */
  readonly healedInIntervals: number | null;
  /** When the last act was over no member was left, or some knew nobody alive of the others: no rule heals that. */
  readonly parted: boolean;
  readonly lookups: LookupFigures;
  /** Null: no values were kept. */
  readonly store: StoreFigures | null;
  /** Processes that are members in the end. */
  readonly members: number;
  readonly events: number;
  readonly messages: number;
  readonly virtualMs: Millis;
  /** How long all processes were there, taken together. */
  readonly nodeHours: number;
  /** The same for the same schedule, wherever it runs; for any other it differs. */
  readonly traceHash: string;
}

export interface PlayOptions {
  /** What is looked at after every event; all, if not told. */
  readonly checks?: ReadonlyArray<CheckName>;
  /** Ends with the first violation of this kind. */
  readonly stopAt?: ViolationKind;
  /** Sees the simulation before anything happens: to watch it, or to take its steps. */
  readonly prepare?: (simulation: Simulation) => void;
  /** Told of each act before it is done. */
  readonly acting?: (act: Act) => void;
}

/** So many intervals of peace make the ring ideal, or something is wrong. */
export const healIntervalsMax = 200;

/** So many intervals a lookup may take. */
const lookupIntervals = 10;

/** How long an owner that is to crash may take to acknowledge. */
const strikeIntervals = 2;

/** How long a run goes on in the ideal ring: until the last lookup is due, and the last write. */
function restMs(intervalMs: Millis): Millis {
  return 3 * lookupIntervals * intervalMs + writeDelayMs;
}

/**
 * Runs a scenario: everything that happens, and what comes of it, follows from the scenario alone.
 *
 * @example
 * const troubled = scenario({ seed: 7, nodes: 6, minutes: 0.2, perMinute: { crashes: 10, lookups: 60 } })
 * const { violations, traceHash } = simulate(troubled)
 * assert.deepStrictEqual(violations, [])
 * assert.strictEqual(simulate(troubled).traceHash, traceHash)
 */
export function simulate(scenario: Scenario, options: PlayOptions = {}): Result {
  return play(draw(scenario), options);
}

/**
 * Runs a schedule, and then leaves the ring in peace until it is ideal, for `healIntervalsMax` intervals at most.
 *
 * Laws: the result follows from the schedule alone, after a way through JSON, too; another seed, or one act less, gives
 * another trace.
 *
 * @example
 * const schedule = draw(scenario({ seed: 7, nodes: 4, minutes: 0.1 }))
 * const { members, healedInIntervals } = play(schedule)
 * assert.strictEqual(members, 4)
 * assert.strictEqual(healedInIntervals, 0)
 */
export function play(schedule: Schedule, options: PlayOptions = {}): Result {
  const player = new Player(schedule, options);
  const healedInIntervals = player.play();
  return player.result(healedInIntervals);
}

class Player {
  private readonly simulation: Simulation;
  private readonly answers: Answers;
  private readonly schedule: Schedule;
  private readonly stopAt: ViolationKind | null;
  private readonly acting: (act: Act) => void;
  private readonly intervalMs: Millis;
  private readonly stores: Stores | null;
  private readonly values: Values | null;
  private readonly leavers: Leavers;
  private readonly inPeace: InPeace;
  private done = 0;
  private parted = false;

  constructor(schedule: Schedule, { checks = allChecks, stopAt, prepare, acting }: PlayOptions) {
    this.schedule = schedule;
    this.stopAt = stopAt ?? null;
    this.acting = acting ?? (() => undefined);
    this.simulation = new Simulation(schedule.seed, schedule.ring, {}, within(schedule, checks));
    this.simulation.eventsMax = Number.POSITIVE_INFINITY;
    this.intervalMs = this.simulation.config.ring.intervalMs;
    this.answers = new Answers(this.simulation);
    this.simulation.whenSettled = (operation, settlement) => {
      this.answers.settle(operation, settlement);
      this.leavers.settle(operation);
    };
    const { store, seed, keys } = schedule;
    const points = Array.from({ length: keys }, (_, i) => this.key(i));
    this.stores = store === null ? null : new Stores(this.simulation, store, seed);
    this.values =
      this.stores === null || store === null ? null : new Values(this.simulation, this.stores, store, points);
    const timeoutMs = lookupIntervals * this.intervalMs;
    this.leavers = new Leavers(this.simulation, this.stores, timeoutMs, () => this.values?.judgeLoss());
    this.inPeace = new InPeace(this.simulation, this.answers, timeoutMs);
    prepare?.(this.simulation);
  }

  /** Gives how many intervals of peace it took until the ring was ideal; null: it was not in time. */
  play(): number | null {
    const { simulation, schedule } = this;
    const { from, until } = schedule.trouble;
    this.found();
    this.next();
    simulation.schedule(from, () => {
      simulation.faults = schedule.faults;
    });
    if (simulation.run(until, () => this.isStopped())) return null;
    this.peace();
    if (simulation.run(600_000, () => this.isStopped() || !this.isUnderWay()) && this.isStopped())
      return null;
    this.parted = simulation.members().length === 0 || !isConnected(simulation);
    const healed = this.heal();
    if (this.isStopped()) return null;
    if (healed === null && this.parted) return null;
    if (healed === null)
      simulation.witness.report(simulation.now, { _tag: "NotHealed", flaw: `${flaw(simulation)}` });
    else this.inPeace.askAround((number) => this.key(number));
    simulation.run(restMs(this.intervalMs), () => this.isStopped());
    if (healed !== null && this.values !== null) this.judgeValues(this.values);
    return healed;
  }

  result(healedInIntervals: number | null): Result {
    const { simulation } = this;
    const { witness, events, messages, now: virtualMs } = simulation;
    return {
      seed: this.schedule.seed,
      violations: witness.violations,
      counts: Object.fromEntries(witness.counts),
      healedInIntervals,
      parted: this.parted,
      lookups: this.answers.figures(),
      store: this.values?.figures() ?? null,
      members: this.members().length,
      events,
      messages,
      virtualMs,
      nodeHours: simulation.nodeMs() / 3_600_000,
      traceHash: simulation.trace.digest(),
    };
  }

  /** Acts go into the agenda one by one: there may be very many. */
  private next(): void {
    const { acts } = this.schedule;
    const act = acts[this.done];
    if (act === undefined) return;
    this.simulation.schedule(act.at - this.simulation.now, () => {
      for (let due: Act | undefined = act; due?.at === act.at; due = acts[this.done]) {
        this.done++;
        this.acting(due);
        this.act(due);
      }
      this.next();
    });
  }

  private act(act: Deed): void {
    const { simulation } = this;
    switch (act._tag) {
      case "Start":
        return this.begin(act.who);
      case "Leave":
        if (this.isEnough()) this.leavers.leave(nodeUrl(act.who));
        return;
      case "Crash":
        if (this.isEnough()) this.kill(nodeUrl(act.who));
        return;
      case "Pause":
        return simulation.pause(nodeUrl(act.who), act.ms, act.midway);
      case "Sleep":
        return simulation.sleep(nodeUrl(act.who), act.ms);
      case "Jump":
        return simulation.jump(nodeUrl(act.who), act.byMs);
      case "Slow":
        simulation.slow(nodeUrl(act.who), act.stepMs);
        return simulation.schedule(act.ms, () => simulation.slow(nodeUrl(act.who), 0));
      case "Cut":
        return simulation.links.cut(act.inside.map(nodeUrl), act.direction, simulation.now + act.ms);
      case "Flap":
        return simulation.links.flap(act.everyMs, act.share, simulation.now + act.ms);
      case "Put":
        return this.values?.put(nodeUrl(act.who), act.key);
      case "Get":
        return this.values?.get(nodeUrl(act.who), act.key);
      case "Delete":
        return this.values?.delete(nodeUrl(act.who), act.key);
      case "Strike":
        return this.strike(act.who, act.key);
      case "Lookup":
        return this.answers.ask(nodeUrl(act.who), this.key(act.key), lookupIntervals * this.intervalMs);
    }
  }

  /** Who acknowledges late is spared: the next loss may be near, or peace. */
  private strike(who: Who, key: number): void {
    const { simulation } = this;
    const soon = simulation.now + strikeIntervals * this.intervalMs;
    const until = Math.min(soon, this.schedule.trouble.until);
    this.values?.put(nodeUrl(who), key, (owner) => {
      if (simulation.now >= until || !this.isEnough()) return;
      this.stores?.silence(owner);
      simulation.schedule(0, () => this.kill(owner));
    });
  }

  private kill(url: Address): void {
    this.simulation.kill(url);
    this.values?.judgeLoss();
  }

  private begin(who: Who): void {
    const { simulation } = this;
    const url = nodeUrl(who);
    if (simulation.hosts.has(url)) return;
    const seeds = this.seedsFor(who);
    simulation.start(url, this.birthOf(who));
    if (seeds.length === 0) simulation.create(url);
    else simulation.join(url, seeds);
  }

  private found(): void {
    const { founded } = this.schedule;
    const births = Array.from({ length: founded }, (_, who) => [nodeUrl(who), this.birthOf(who)] as const);
    this.simulation.found(new Map(births));
  }

  private birthOf(who: Who): Birth {
    const { seed, virtualNodes, drift } = this.schedule;
    return { virtualNodes, drift: 1 + Dice.of(`drift ${seed} ${who}`).between(-1, 1) * drift };
  }

  /** Eight at most: members, if there are any. */
  private seedsFor(who: Who): ReadonlyArray<Address> {
    const members = this.members();
    const known = members.length > 0 ? members : [...this.simulation.hosts.keys()];
    const first = Dice.of(`seeds ${this.schedule.seed} ${who}`).below(known.length);
    return Array.from(
      { length: Math.min(8, known.length) },
      (_, i) => known[(first + i) % known.length] as Address,
    );
  }

  /** The network is reliable from now on, and nobody slow. */
  private peace(): void {
    const { simulation, schedule } = this;
    simulation.faults = { ...schedule.faults, loss: 0, duplication: 0 };
    simulation.links.mend();
    if (this.stores !== null) this.stores.calm();
    for (const [url, { state }] of simulation.hosts) {
      // Who knew only of those that are gone can't come in: it is for its operator to name others.
      const phase = state.nodes[0]?.phase;
      if (phase?._tag === "Joining" && !phase.seeds.some((seed) => simulation.hosts.has(seed)))
        simulation.kill(url);
    }
  }

  private isUnderWay(): boolean {
    const { hosts, now } = this.simulation;
    if (this.done < this.schedule.acts.length) return true;
    if (this.leavers.areLeft()) return true;
    return [...hosts.values()].some(
      (host) => host.isStopped(now) || host.stopMidwayMs > 0 || host.stepMs > 0,
    );
  }

  private heal(): number | null {
    const { simulation, intervalMs } = this;
    for (let quarters = 0; quarters <= 4 * healIntervalsMax; quarters++) {
      if (flaw(simulation) === null) return quarters / 4;
      if (simulation.run(intervalMs / 4, () => this.isStopped())) return null;
    }
    return null;
  }

  /** What is kept is in its place by then, and can be read. */
  private judgeValues(values: Values): void {
    const { simulation, intervalMs } = this;
    simulation.run(inPlaceIntervals * intervalMs, () => this.isStopped());
    values.judge();
    simulation.run(3 * lookupIntervals * intervalMs, () => this.isStopped());
    values.judgeRest();
  }

  private isStopped(): boolean {
    return this.stopAt !== null && this.simulation.witness.counts.has(this.stopAt);
  }

  private isEnough(): boolean {
    return this.members().length >= this.schedule.membersMin;
  }

  /** The processes that are in the ring and don't want to go. */
  private members(): Address[] {
    const found: Address[] = [];
    for (const [url, { state }] of this.simulation.hosts) {
      if (state.nodes[0]?.phase._tag === "Member") found.push(url);
    }
    return found;
  }

  private key(name: number | string): Id {
    return this.simulation.config.naming(`key ${this.schedule.seed} ${name}`);
  }
}
