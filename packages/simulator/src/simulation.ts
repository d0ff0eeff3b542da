import type {
  Address,
  Config,
  Event,
  Happening,
  Id,
  LookupMode,
  Message,
  NodeState,
  OperationError,
  OperationResult,
  Outcome,
  RingParameters,
  Settled,
} from "@chordnet/core";
import {
  configure,
  defaultRing,
  initialProcess,
  isMember,
  processAddress,
  stepProcess,
  virtualAddress,
  virtualIndex,
} from "@chordnet/core";
import { isRight } from "fp-ts/lib/Either.js";
import { Agenda } from "./agenda.js";
import { Dice } from "./dice.js";
import { Host } from "./host.js";
import type { Sight } from "./witness.js";
import { Witness } from "./witness.js";

/** What the network does to messages; as latencies differ, they overtake each other. */
export interface Faults {
  readonly latencyMs: readonly [number, number];
  readonly loss: number;
  readonly duplication: number;
}

export interface Settlement {
  readonly at: number;
  readonly ok: boolean;
  readonly result: OperationResult | OperationError;
}

/**
 * A ring in memory: processes driven by `stepProcess` alone, on a virtual clock, with a seeded network between them.
 * After every event a witness looks whether the promises about ownership hold.
 */
export class Simulation {
  readonly config: Config;
  readonly witness: Witness;
  readonly hosts: Map<Address, Host> = new Map();
  readonly settled: Map<number, Settlement> = new Map();
  faults: Faults = { latencyMs: [1, 5], loss: 0, duplication: 0 };
  now = 0;
  /** What the calendar says when the clock starts. */
  wallStart = 1_700_000_000_000;
  events = 0;
  messages = 0;
  /** More than so many events, and something goes in circles. */
  eventsMax = 1_000_000;
  /** What takes each step: to be wrapped by who wants to watch, record or freeze. */
  step: typeof stepProcess = stepProcess;
  /** Whether a message from one process to another is lost for certain. */
  blocked: (from: Address, to: Address) => boolean = () => false;
  /** What becomes of a message on its way between two processes. */
  carried: (message: Message, from: Address, to: Address) => Message = (message) => message;
  private readonly agenda = new Agenda();
  readonly dice: Dice;
  private operations = 0;

  constructor(seed: number, ring: Partial<RingParameters> = {}, change: Partial<Config> = {}) {
    this.config = { ...configure({ ...defaultRing, ...ring }), ...change };
    this.witness = new Witness(this.config);
    this.dice = new Dice(seed);
  }

  /** A process begins, or begins again: with an empty memory. */
  start(
    url: Address,
    { virtualNodes = 1, drift = 1 }: { readonly virtualNodes?: number; readonly drift?: number } = {},
  ): void {
    const incarnation = Math.floor(this.wall()) * 1024 + Math.floor(this.dice.draw() * 1024);
    const birth = { url, incarnation, virtualNodes, seed: this.dice.seed(), at: this.now, wall: this.wall() };
    this.hosts.set(url, new Host(initialProcess(this.config, birth), this.now, drift));
  }

  create(url: Address): number {
    return this.ask(url, (operation) => ({ _tag: "CreateRequested", operation }));
  }

  join(url: Address, seeds: ReadonlyArray<Address>, orCreate = false): number {
    return this.ask(url, (operation) => ({ _tag: "JoinRequested", operation, seeds, orCreate }));
  }

  leave(url: Address, timeoutMs = 5000): number {
    const deadline = this.clock(url) + timeoutMs;
    return this.ask(url, (operation) => ({ _tag: "LeaveRequested", operation, deadline }));
  }

  lookup(url: Address, target: Id, mode: LookupMode = "recursive", timeoutMs = 5000): number {
    const deadline = this.clock(url) + timeoutMs;
    return this.ask(url, (operation) => ({ _tag: "LookupRequested", operation, target, deadline, mode }));
  }

  /** The process is gone at once. Those connected with it notice, soon. */
  kill(url: Address): void {
    const host = this.hosts.get(url);
    this.hosts.delete(url);
    for (const other of host?.linked ?? []) {
      this.hosts.get(other)?.linked.delete(url);
      this.schedule(this.latency(), () => this.happen(other, null, { _tag: "Disconnected", process: url }));
    }
  }

  /** Stops the process for so long: now, or midway between its next step and what that step does. */
  pause(url: Address, ms: number, midway = false): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    if (midway) host.stopMidwayMs = ms;
    else this.stop(url, host, ms);
  }

  /** Runs all that happens until the virtual clock has gone on by so much, or as told. Gives whether it was as told. */
  run(ms: number, until: () => boolean = () => false): boolean {
    const end = this.now + ms;
    while (!until()) {
      const { dueAt } = this.agenda;
      if (dueAt > end) {
        this.now = end;
        return until();
      }
      this.now = dueAt;
      this.agenda.pop()();
    }
    return true;
  }

  schedule(afterMs: number, run: () => void): void {
    this.agenda.push(this.now + afterMs, run);
  }

  /** The virtual nodes that are in the ring, by identifier. */
  members(): NodeState[] {
    return [...this.hosts.values()]
      .flatMap((host) => host.state.nodes)
      .filter(isMember)
      .sort((a, b) => (a.self.id < b.self.id ? -1 : 1));
  }

  /** The monotonic clock of the process that an address belongs to. */
  clock(address: Address): number {
    const host = this.hosts.get(processAddress(address));
    return host === undefined ? this.now : host.clock(this.now);
  }

  /** Something happens to a virtual node of a process, or to all of them (null). */
  happen(url: Address, node: number | null, what: Happening): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    if (host.isStopped(this.now)) {
      host.inbox.push({ node, what });
      return;
    }
    if (++this.events > this.eventsMax)
      throw new Error(`more than ${this.eventsMax} events by ${this.now} ms`);
    const event: Event = { ...what, at: this.clock(url), wall: this.wall() };
    const [state, outcomes] = this.step(host.state, node, event);
    host.state = state;
    if (host.stopMidwayMs > 0) {
      host.outbox.push(...outcomes);
      this.stop(url, host, host.stopMidwayMs);
      host.stopMidwayMs = 0;
    } else this.perform(url, host, outcomes);
    this.arm(url, host);
    for (const changed of host.sights(this.now)) this.witness.observe(this.now, changed, this.sights());
  }

  private wall(): number {
    return this.wallStart + this.now;
  }

  private ask(url: Address, what: (operation: number) => Happening): number {
    const operation = ++this.operations;
    this.happen(url, 0, what(operation));
    return operation;
  }

  private perform(url: Address, host: Host, outcomes: ReadonlyArray<Outcome>): void {
    for (const { node, effects } of outcomes) {
      const from = virtualAddress(url, node);
      for (const effect of effects) {
        if (effect._tag === "Send") this.send(url, host, from, effect.to, effect.message);
        if (effect._tag === "Settled") this.settle(effect);
      }
    }
  }

  private settle({ operation, result }: Settled): void {
    const { now: at } = this;
    if (isRight(result)) this.settled.set(operation, { at, ok: true, result: result.right });
    else this.settled.set(operation, { at, ok: false, result: result.left });
  }

  private send(url: Address, host: Host, from: Address, to: Address, message: Message): void {
    this.messages++;
    if (this.blocked(url, processAddress(to)) || this.dice.draw() < this.faults.loss) return;
    const copies = this.dice.draw() < this.faults.duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      this.schedule(this.latency(), () => this.deliver(url, host, from, to, message));
    }
  }

  private deliver(url: Address, sender: Host, from: Address, to: Address, message: Message): void {
    const process = processAddress(to);
    const target = this.hosts.get(process);
    if (target === undefined) {
      const failed: Happening = { _tag: "SendFailed", to, message, reason: "refused" };
      this.schedule(this.latency(), () => this.happen(url, virtualIndex(from), failed));
      return;
    }
    sender.linked.add(process);
    target.linked.add(url);
    const { incarnation } = sender.state;
    const heard = this.carried(message, url, process);
    this.happen(process, virtualIndex(to), {
      _tag: "Received",
      from,
      incarnation,
      client: false,
      message: heard,
    });
  }

  private latency(): number {
    const [least, most] = this.faults.latencyMs;
    return least + this.dice.draw() * (most - least);
  }

  private stop(url: Address, host: Host, ms: number): void {
    host.stoppedUntil = this.now + ms;
    this.schedule(ms, () => this.wake(url, host));
  }

  private wake(url: Address, host: Host): void {
    if (this.hosts.get(url) !== host || host.isStopped(this.now)) return;
    this.perform(url, host, host.outbox.splice(0));
    this.happen(url, null, { _tag: "Ticked" });
    for (const { node, what } of host.inbox.splice(0)) this.happen(url, node, what);
  }

  private arm(url: Address, host: Host): void {
    const at = host.dueAt(this.now);
    if (at === Number.POSITIVE_INFINITY || (host.timerAt <= at && host.timerAt > this.now)) return;
    host.timerAt = at;
    this.schedule(at - this.now, () => {
      if (this.hosts.get(url) !== host || host.timerAt !== at) return;
      host.timerAt = Number.POSITIVE_INFINITY;
      if (!host.isStopped(this.now)) this.happen(url, null, { _tag: "Ticked" });
    });
  }

  private sights(): Sight[] {
    return [...this.hosts.values()].flatMap((host) => host.sights(this.now));
  }
}
