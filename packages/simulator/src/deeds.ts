import type { Address } from "@chordnet/core";
import { nodeUrl } from "./grow.js";
import type { Deed, Who } from "./schedule/act.js";
import { Dice } from "./simulation/dice.js";
import type { Birth } from "./simulation/simulation.js";
import { lookupIntervals, pointOf, type Stage } from "./stage.js";

/** How long an owner that is to crash may take to acknowledge. */
const strikeIntervals = 2;

/** Does what a schedule says, as far as those are there to whom it is to be done. */
export class Deeds {
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  do(deed: Deed): void {
    const { schedule, simulation, leavers, values, answers } = this.stage;
    switch (deed._tag) {
      case "Start":
        return this.start(deed.who);
      case "Leave":
        if (this.isEnough()) leavers.leave(nodeUrl(deed.who));
        return;
      case "Crash":
        if (this.isEnough()) this.kill(nodeUrl(deed.who));
        return;
      case "Pause":
        return simulation.pause(nodeUrl(deed.who), deed.ms, deed.midway);
      case "Sleep":
        return simulation.sleep(nodeUrl(deed.who), deed.ms);
      case "Jump":
        return simulation.jump(nodeUrl(deed.who), deed.byMs);
      case "Slow":
        simulation.slow(nodeUrl(deed.who), deed.stepMs);
        return simulation.schedule(deed.ms, () => simulation.slow(nodeUrl(deed.who), 0));
      case "Cut":
        return simulation.links.cut(deed.inside.map(nodeUrl), deed.direction, simulation.now + deed.ms);
      case "Flap":
        return simulation.links.flap(deed.everyMs, deed.share, simulation.now + deed.ms);
      case "Put":
        return values?.put(nodeUrl(deed.who), deed.key);
      case "Get":
        return values?.get(nodeUrl(deed.who), deed.key);
      case "Delete":
        return values?.delete(nodeUrl(deed.who), deed.key);
      case "Strike":
        return this.strike(deed.who, deed.key);
      case "Lookup":
        return answers.ask(
          nodeUrl(deed.who),
          pointOf(simulation, schedule, deed.key),
          lookupIntervals * simulation.config.ring.intervalMs,
        );
    }
  }

  /** Those that are there from the beginning. */
  found(): void {
    const { founded } = this.stage.schedule;
    const births = Array.from({ length: founded }, (_, who) => [nodeUrl(who), this.birthOf(who)] as const);
    this.stage.simulation.found(new Map(births));
  }

  /** The processes that are in the ring and don't want to go. */
  members(): Address[] {
    const found: Address[] = [];
    for (const [url, { state }] of this.stage.simulation.hosts) {
      if (state.nodes[0]?.phase._tag === "Member") found.push(url);
    }
    return found;
  }

  /** Who acknowledges late is spared: the next loss may be near, or peace. */
  private strike(who: Who, key: number): void {
    const { simulation, schedule, stores, values } = this.stage;
    const soon = simulation.now + strikeIntervals * simulation.config.ring.intervalMs;
    const until = Math.min(soon, schedule.trouble.until);
    values?.put(nodeUrl(who), key, (owner) => {
      if (simulation.now >= until || !this.isEnough()) return;
      stores?.silence(owner);
      simulation.schedule(0, () => this.kill(owner));
    });
  }

  private kill(url: Address): void {
    this.stage.simulation.kill(url);
    this.stage.values?.judgeLoss();
  }

  private start(who: Who): void {
    const { simulation } = this.stage;
    const url = nodeUrl(who);
    if (simulation.hosts.has(url)) return;
    const seeds = this.seedsFor(who);
    simulation.start(url, this.birthOf(who));
    if (seeds.length === 0) simulation.create(url);
    else simulation.join(url, seeds);
  }

  private birthOf(who: Who): Birth {
    const { seed, virtualNodes, drift } = this.stage.schedule;
    return { virtualNodes, drift: 1 + Dice.of(`drift ${seed} ${who}`).between(-1, 1) * drift };
  }

  /** Eight at most: members, if there are any. */
  private seedsFor(who: Who): ReadonlyArray<Address> {
    const members = this.members();
    const known = members.length > 0 ? members : [...this.stage.simulation.hosts.keys()];
    const first = Dice.of(`seeds ${this.stage.schedule.seed} ${who}`).below(known.length);
    return Array.from(
      { length: Math.min(8, known.length) },
      (_, i) => known[(first + i) % known.length] as Address,
    );
  }

  private isEnough(): boolean {
    return this.members().length >= this.stage.schedule.membersMin;
  }
}
