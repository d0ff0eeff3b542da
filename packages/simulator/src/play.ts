import type { Millis } from "@chordnet/core";
import type { LookupFigures } from "./checks/answers.js";
import { writeDelayMs } from "./checks/answers.js";
import { flaw } from "./checks/ideal.js";
import { InPeace } from "./checks/in-peace.js";
import { isConnected } from "./checks/knowledge.js";
import type { Violation, ViolationKind } from "./checks/violation.js";
import type { CheckName } from "./checks/witness.js";
import { allChecks } from "./checks/witness.js";
import { Deeds } from "./deeds.js";
import type { Act } from "./schedule/act.js";
import { draw } from "./schedule/draw.js";
import type { Scenario, Schedule } from "./schedule/scenario.js";
import type { Simulation } from "./simulation/simulation.js";
import { lookupIntervals, pointOf, type Stage, stageFor } from "./stage.js";
import type { StoreFigures } from "./store/values.js";
import { inPlaceIntervals, type Values } from "./store/values.js";

/** What came of a run. */
export interface Result {
  readonly seed: number;
  /** The first ones; `counts` counts all. */
  readonly violations: ReadonlyArray<Violation>;
  readonly counts: Readonly<Partial<Record<ViolationKind, number>>>;
  /** From when the last act was over until the ring was ideal; null: it did not become so, or nobody was left. */
  readonly healedInIntervals: number | null;
  /**
   * When the last act was over no member was left, or fewer processes than `minMembers`, or some knew nobody alive of
   * the others: no rule heals that.
   */
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

/** After how many intervals of peace the ring must be ideal, or something is wrong. */
export const healIntervalsMax = 200;

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

/** The course of a run: trouble, the end of what is under way, peace, and what is judged then. */
class Player {
  private readonly stage: Stage;
  private readonly simulation: Simulation;
  private readonly schedule: Schedule;
  private readonly stopAt: ViolationKind | null;
  private readonly acting: (act: Act) => void;
  private readonly intervalMs: Millis;
  private readonly deeds: Deeds;
  private readonly inPeace: InPeace;
  private done = 0;
  private parted = false;

  constructor(schedule: Schedule, { checks = allChecks, stopAt, prepare, acting }: PlayOptions) {
    this.stage = stageFor(schedule, checks);
    this.schedule = schedule;
    this.simulation = this.stage.simulation;
    this.stopAt = stopAt ?? null;
    this.acting = acting ?? (() => undefined);
    this.intervalMs = this.simulation.config.ring.intervalMs;
    this.deeds = new Deeds(this.stage);
    this.inPeace = new InPeace(this.simulation, this.stage.answers, lookupIntervals * this.intervalMs);
    prepare?.(this.simulation);
  }

  /** Gives after how many intervals of peace the ring was ideal; null: it was not in time, or nobody was left. */
  play(): number | null {
    const { simulation, schedule } = this;
    const { values } = this.stage;
    const { from, until } = schedule.trouble;
    this.deeds.found();
    this.next();
    simulation.schedule(from, () => {
      simulation.faults = schedule.faults;
    });
    if (simulation.run(until, () => this.isStopped())) return null;
    this.peace();
    if (simulation.run(600_000, () => this.isStopped() || !this.isUnderWay()) && this.isStopped())
      return null;
    this.parted = this.areTooFew() || !isConnected(simulation);
    const healed = this.heal();
    if (this.isStopped()) return null;
    if (healed === null && this.parted) return null;
    if (healed === null)
      simulation.witness.report(simulation.now, { _tag: "NotHealed", flaw: `${flaw(simulation)}` });
    else this.inPeace.askAround((number) => pointOf(simulation, schedule, number));
    simulation.run(restMs(this.intervalMs), () => this.isStopped());
    if (healed !== null && values !== null) this.judgeValues(values);
    // Of nobody nothing is in disorder.
    return simulation.members().length === 0 ? null : healed;
  }

  result(healedInIntervals: number | null): Result {
    const { simulation } = this;
    const { answers, values } = this.stage;
    const { witness, events, messages, now: virtualMs } = simulation;
    return {
      seed: this.schedule.seed,
      violations: witness.violations,
      counts: Object.fromEntries(witness.counts),
      healedInIntervals,
      parted: this.parted,
      lookups: answers.figures(),
      store: values?.figures() ?? null,
      members: this.deeds.members().length,
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
        this.deeds.do(due);
      }
      this.next();
    });
  }

  /** The network is reliable from now on, and nobody slow. */
  private peace(): void {
    const { simulation, schedule } = this;
    simulation.faults = { ...schedule.faults, loss: 0, duplication: 0 };
    simulation.links.mend();
    this.stage.stores?.calm();
    for (const [url, { state }] of simulation.hosts) {
      // Who knew only of those that are gone can't come in: it is for its operator to name others.
      const phase = state.nodes[0]?.phase;
      if (phase?._tag === "Joining" && !phase.seeds.some((seed) => simulation.hosts.has(seed)))
        simulation.kill(url);
    }
  }

  private areTooFew(): boolean {
    const { hosts } = this.simulation;
    return this.simulation.members().length === 0 || hosts.size < this.schedule.minMembers;
  }

  private isUnderWay(): boolean {
    const { hosts, now } = this.simulation;
    if (this.done < this.schedule.acts.length) return true;
    if (this.stage.leavers.areLeft()) return true;
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
}
