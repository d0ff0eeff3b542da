import type {
  Address,
  EntryHead,
  EntryName,
  Millis,
  StoreAnswer,
  StoreCall,
  StoreCommand,
  StoreEffect,
  StoreEvent,
  StoreHappening,
  StoreOutcome,
  StoreState,
  TaskId,
  Told,
} from "@chordnet/core";
import {
  happeningOf,
  initialStore,
  nextStoreDeadline,
  processAddress,
  seatsSince,
  stepStore,
} from "@chordnet/core";
import type { StoreConditions } from "../schedule/scenario.js";
import { Dice } from "../simulation/dice.js";
import type { Host } from "../simulation/host.js";
import { latency } from "../simulation/network.js";
import type { Simulation } from "../simulation/simulation.js";
import { Ticks } from "../simulation/ticks.js";
import { storeBoundFlaw } from "./bounds.js";
import { Disk } from "./disk.js";

/** The store of one life of a process. */
interface Keeper {
  readonly url: Address;
  readonly host: Host;
  readonly disk: Disk;
  state: StoreState;
  told: ReadonlyArray<Told>;
  timerAt: Millis;
  readonly ticks: Ticks;
  readonly served: Map<number, (answer: StoreAnswer) => void>;
  readonly commands: Map<number, (outcome: StoreOutcome) => void>;
  /** What it said to other stores, and is on its way, is lost. */
  silenced: boolean;
}

/** One batch in so many takes `slowTimes` as long. */
const slowEvery = 100;
const slowTimes = 20;

const operationsMax = 256;

/** The stores of all processes of a simulation, beside their state machines, with disks that outlive them. */
export class Stores {
  readonly disks: Map<Address, Disk> = new Map();
  /** Bytes of values that were sent from one process to another. */
  bytesSent = 0;
  private readonly simulation: Simulation;
  private readonly conditions: StoreConditions;
  private callLoss: number;
  private writeLoss: number;
  private readonly dice: Dice;
  private readonly keepers = new Map<Host, Keeper>();
  private named = 0;

  constructor(simulation: Simulation, conditions: StoreConditions, seed: number) {
    this.simulation = simulation;
    this.conditions = conditions;
    this.callLoss = conditions.callLoss;
    this.writeLoss = conditions.writeLoss;
    this.dice = Dice.of(`stores ${seed}`);
    simulation.whenAnnounced = (host, node, change) => {
      const keeper = this.keeper(host);
      this.seat(keeper);
      const happening = happeningOf(node, change);
      if (happening !== null) this.tell(keeper, happening);
    };
  }

  /** Has a command done by that process, as far as it claims the key. Null: it does not, or not to the end. */
  command(
    url: Address,
    request: string,
    name: EntryName,
    command: StoreCommand,
    done: (outcome: StoreOutcome) => void,
  ): void {
    const host = this.simulation.hosts.get(url);
    if (host === undefined) return;
    if (this.later(host, () => this.command(url, request, name, command, done))) return;
    const keeper = this.keeper(host);
    this.seat(keeper);
    const operation = ++this.named;
    keeper.commands.set(operation, done);
    this.tell(keeper, { _tag: "Commanded", operation, request, name, command });
  }

  /** From now on no call is lost, and every batch written. */
  calm(): void {
    this.callLoss = 0;
    this.writeLoss = 0;
  }

  /** The process is going to crash, with what it has not yet sent to other stores. */
  silence(url: Address): void {
    const host = this.simulation.hosts.get(url);
    if (host !== undefined) this.keeper(host).silenced = true;
  }

  /** Whether others still have to take what this process has handed over. */
  owes(url: Address): boolean {
    const host = this.simulation.hosts.get(url);
    const keeper = host === undefined ? undefined : this.keepers.get(host);
    return keeper?.state.handed.some(({ owed }) => owed) === true;
  }

  keeper(host: Host): Keeper {
    const known = this.keepers.get(host);
    if (known !== undefined) return known;
    const { config, now } = this.simulation;
    const { url } = host.state;
    const disk = this.disks.get(url) ?? new Disk(config.space);
    this.disks.set(url, disk);
    const { copies, tombstoneMs } = this.conditions;
    const { intervalMs } = config.ring;
    const settings = { space: config.space, self: url, copies, copiesMin: 1, company: disk.company };
    const state = initialStore({ ...settings, intervalMs, tombstoneMs, operationsMax }, host.clock(now));
    const keeper: Keeper = {
      url,
      host,
      disk,
      state,
      told: [],
      timerAt: Number.POSITIVE_INFINITY,
      ticks: new Ticks(intervalMs),
      served: new Map(),
      commands: new Map(),
      silenced: false,
    };
    this.keepers.set(host, keeper);
    this.look(keeper);
    return keeper;
  }

  private seat(keeper: Keeper): void {
    const { host } = keeper;
    const [told, seated] = seatsSince(keeper.told, host.state, host.clock(this.simulation.now));
    keeper.told = told;
    for (const each of seated) this.tell(keeper, each);
  }

  private look(keeper: Keeper): void {
    if (!this.isThere(keeper)) return;
    if (!keeper.host.isStopped(this.simulation.now)) this.seat(keeper);
    this.simulation.schedule(this.simulation.config.ring.intervalMs / 2, () => this.look(keeper));
  }

  private isThere({ url, host }: Keeper): boolean {
    return this.simulation.hosts.get(url) === host;
  }

  /** Whether the process is stopped: then it is done as soon as it goes on. */
  private later(host: Host, run: () => void): boolean {
    const { now } = this.simulation;
    if (!host.isStopped(now)) return false;
    this.simulation.schedule(host.stoppedUntil - now + 0.001, run);
    return true;
  }

  private tell(keeper: Keeper, happening: StoreHappening): void {
    if (!this.isThere(keeper) || this.later(keeper.host, () => this.tell(keeper, happening))) return;
    const { simulation } = this;
    const { host } = keeper;
    const wall = simulation.wallStart + simulation.now + host.wallAheadMs;
    const event: StoreEvent = { ...happening, at: host.clock(simulation.now), wall };
    const [state, effects] = stepStore(keeper.state, event);
    keeper.state = state;
    this.watch(keeper, event);
    for (const effect of effects) this.run(keeper, effect);
    this.arm(keeper);
  }

  private watch({ url, host, state, ticks }: Keeper, { _tag, at }: StoreEvent): void {
    const { witness, now } = this.simulation;
    const unbounded = storeBoundFlaw(state, host.state.nodes.length);
    if (unbounded !== null) witness.report(now, unbounded);
    if (_tag !== "StoreTicked") return;
    const what = ticks.flaw(now, nextStoreDeadline(state) <= at);
    if (what !== null) witness.report(now, { _tag: "Restless", process: url, what: `store: ${what}` });
  }

  private arm(keeper: Keeper): void {
    const { simulation } = this;
    const due = nextStoreDeadline(keeper.state);
    if (due === Number.POSITIVE_INFINITY) return;
    const at = Math.max(simulation.now, keeper.host.timeOf(due, simulation.now)) + 0.001;
    if (at >= keeper.timerAt) return;
    keeper.timerAt = at;
    simulation.schedule(at - simulation.now, () => {
      if (keeper.timerAt !== at) return;
      keeper.timerAt = Number.POSITIVE_INFINITY;
      this.tell(keeper, { _tag: "StoreTicked" });
    });
  }

  private run(keeper: Keeper, effect: StoreEffect): void {
    switch (effect._tag) {
      case "Call":
        return this.call(keeper, effect.task, effect.to, effect.call);
      case "Forget":
        return;
      case "Answer": {
        const answer = keeper.served.get(effect.serving);
        keeper.served.delete(effect.serving);
        return answer?.(effect.answer);
      }
      case "Settle": {
        const done = keeper.commands.get(effect.operation);
        keeper.commands.delete(effect.operation);
        return done?.(effect.outcome);
      }
      case "Locate":
        return this.locate(keeper, effect.task, effect.point);
      case "Write":
        return this.written(keeper, effect.task, () => keeper.disk.write(effect));
      case "Remember":
        return this.written(keeper, effect.task, () => {
          keeper.disk.company = effect.company;
          return [];
        });
      case "Read": {
        const read = (): StoreHappening => ({
          _tag: "EntriesRead",
          task: effect.task,
          entries: effect.names.map((name) => keeper.disk.read(name)),
          damaged: [],
        });
        return this.read(keeper, effect.settled, read);
      }
      case "Digests":
        return this.read(keeper, true, () => ({
          _tag: "DigestsRead",
          task: effect.task,
          digests: effect.arcs.map((arc) => keeper.disk.digest(arc)),
        }));
      case "Listing":
        return this.read(keeper, true, () => ({
          _tag: "HeadsRead",
          task: effect.task,
          lists: effect.arcs.map((arc) => keeper.disk.heads(arc)),
          more: false,
        }));
      case "Page":
        return this.read(keeper, true, () => {
          const { task, arc, after, entriesMax } = effect;
          const all = keeper.disk.heads(arc);
          const from =
            after === null
              ? 0
              : 1 + all.findIndex(({ id, key }) => id === after.id && `${key}` === `${after.key}`);
          const heads = all.slice(from, from + entriesMax);
          return { _tag: "HeadsRead", task, lists: [heads], more: from + heads.length < all.length };
        });
    }
  }

  /** One batch after another; what was not written when the process dies never is. */
  private written(keeper: Keeper, task: TaskId, write: () => ReadonlyArray<EntryHead>): void {
    const { simulation } = this;
    const { disk } = keeper;
    disk.settledAt = Math.max(disk.settledAt, simulation.now) + this.diskMs();
    simulation.schedule(disk.settledAt - simulation.now, () => {
      if (!this.isThere(keeper)) return;
      if (this.writeLoss > 0 && this.dice.draw() < this.writeLoss)
        this.tell(keeper, { _tag: "StorageFailed", task, reason: "failed" });
      else this.tell(keeper, { _tag: "Written", task, stands: write() });
    });
  }

  private read(keeper: Keeper, settled: boolean, read: () => StoreHappening): void {
    const { simulation } = this;
    const from = settled ? Math.max(keeper.disk.settledAt, simulation.now) : simulation.now;
    // The same time would not do: what was written then is to be seen.
    simulation.schedule(from - simulation.now + 0.001 + this.diskMs() / 10, () => this.tell(keeper, read()));
  }

  private diskMs(): Millis {
    const [least, most] = this.conditions.diskMs;
    const ms = least + this.dice.draw() * (most - least);
    return this.dice.below(slowEvery) === 0 ? slowTimes * ms : ms;
  }

  /** There and back, each with the network's latency and losses. */
  private call(keeper: Keeper, task: TaskId, to: Address, call: StoreCall): void {
    this.bytesSent += call._tag === "Copy" ? bytesOf(call.entries) : 0;
    this.carry(keeper.url, to, (target) => {
      if (keeper.silenced) return;
      if (target === null) {
        this.tell(keeper, { _tag: "CallFailed", task, dead: true });
        return;
      }
      const serving = ++this.named;
      target.served.set(serving, (answer) => {
        this.bytesSent += answer._tag === "Fetched" ? bytesOf(answer.entries) : 0;
        this.carry(to, keeper.url, (back) => {
          if (back === keeper) this.tell(keeper, { _tag: "Answered", task, answer });
        });
      });
      this.tell(target, { _tag: "Called", serving, from: keeper.url, call });
    });
  }

  /** Null: nobody is there, and its port refuses. */
  carry(from: Address, to: Address, arrive: (target: Keeper | null) => void): void {
    const { simulation } = this;
    if (this.isLost(from, to)) return;
    simulation.schedule(this.travelMs(), () => {
      const host = simulation.hosts.get(to);
      if (host !== undefined) return arrive(this.keeper(host));
      if (!this.isLost(to, from)) simulation.schedule(this.travelMs(), () => arrive(null));
    });
  }

  private isLost(from: Address, to: Address): boolean {
    const { links, now, faults } = this.simulation;
    return links.isCut(from, to, now) || this.dice.draw() < Math.max(faults.loss, this.callLoss);
  }

  private travelMs(): Millis {
    return latency(this.simulation.faults, this.dice);
  }

  private locate(keeper: Keeper, task: TaskId, point: EntryName["id"]): void {
    const timeoutMs = 10 * this.simulation.config.ring.intervalMs;
    this.simulation.find(keeper.url, point, timeoutMs, (owner) => {
      const process = owner === null ? null : processAddress(owner.peer.address);
      const { mask } = this.simulation.config.space;
      const start = owner === null ? null : (((owner.peer.id - owner.length) & mask) as EntryName["id"]);
      const found = process === null || start === null ? null : { process, start };
      this.tell(keeper, { _tag: "Located", task, owner: found });
    });
  }
}

function bytesOf(entries: ReadonlyArray<{ readonly valueBytes: number } | null>): number {
  return entries.reduce((sum, entry) => sum + (entry?.valueBytes ?? 0), 0);
}
