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
import type { Simulation } from "../simulation/simulation.js";
import { Ticks } from "../simulation/ticks.js";
import { storeBoundFlaw } from "./bounds.js";
import { Courier } from "./courier.js";
import type { Disk, DiskQuestion } from "./disk.js";
import { readFrom } from "./disk.js";
import { Disks } from "./disks.js";

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

const operationsMax = 256;

/** The stores of all processes of a simulation, beside their state machines, with disks that outlive them. */
export class Stores {
  /** Bytes of values that were sent from one process to another. */
  bytesSent = 0;
  private readonly simulation: Simulation;
  private readonly conditions: StoreConditions;
  private readonly courier: Courier;
  private readonly disks: Disks;
  private readonly keepers = new Map<Host, Keeper>();
  private named = 0;

  constructor(simulation: Simulation, conditions: StoreConditions, seed: number) {
    this.simulation = simulation;
    this.conditions = conditions;
    const dice = Dice.of(`stores ${seed}`);
    this.courier = new Courier(simulation, dice, conditions.callLoss);
    this.disks = new Disks(simulation, dice, conditions);
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
    this.courier.loss = 0;
    this.disks.writeLoss = 0;
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

  /** To the store of another process. Null: nobody is there, and its port refuses. */
  carry(from: Address, to: Address, arrive: (target: Keeper | null) => void): void {
    this.courier.carry(from, to, (host) => arrive(host === null ? null : this.keeper(host)));
  }

  keeper(host: Host): Keeper {
    const known = this.keepers.get(host);
    if (known !== undefined) return known;
    const { config, now } = this.simulation;
    const { url } = host.state;
    const disk = this.disks.of(url);
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
      case "Answer":
        return taken(keeper.served, effect.serving)?.(effect.answer);
      case "Settle":
        return taken(keeper.commands, effect.operation)?.(effect.outcome);
      case "Locate":
        return this.locate(keeper, effect.task, effect.point);
      case "Write":
        return this.written(keeper, effect.task, () => keeper.disk.write(effect));
      case "Remember":
        return this.written(keeper, effect.task, () => {
          keeper.disk.company = effect.company;
          return [];
        });
      case "Read":
        return this.read(keeper, effect.settled, effect);
      case "Digests":
      case "Listing":
      case "Page":
        return this.read(keeper, true, effect);
    }
  }

  /** What was not written when the process dies never is. */
  private written(keeper: Keeper, task: TaskId, write: () => ReadonlyArray<EntryHead>): void {
    this.disks.write(keeper.disk, () => {
      if (!this.isThere(keeper)) return;
      if (this.disks.fails()) this.tell(keeper, { _tag: "StorageFailed", task, reason: "failed" });
      else this.tell(keeper, { _tag: "Written", task, stands: write() });
    });
  }

  private read(keeper: Keeper, settled: boolean, question: DiskQuestion): void {
    this.disks.read(keeper.disk, settled, () => this.tell(keeper, readFrom(keeper.disk, question)));
  }

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

/** What waits under that number, which waits no more. */
function taken<A>(waiting: Map<number, A>, number: number): A | undefined {
  const found = waiting.get(number);
  waiting.delete(number);
  return found;
}

function bytesOf(entries: ReadonlyArray<{ readonly valueBytes: number } | null>): number {
  return entries.reduce((sum, entry) => sum + (entry?.valueBytes ?? 0), 0);
}
