import { isRight } from "fp-ts/lib/Either.js";
import type { Effect, OperationError, OperationResult } from "../src/effect.js";
import { configure, defaultRing } from "../src/config.js";
import type { Config, RingParameters } from "../src/config.js";
import type { Event, LookupMode } from "../src/event.js";
import type { Id } from "../src/identifier.js";
import { distance, inRange } from "../src/identifier.js";
import type { Message } from "../src/message.js";
import type { Address, Peer } from "../src/peer.js";
import { processAddress, virtualAddress, virtualIndex } from "../src/peer.js";
import { initialProcess, nextProcessDeadline, stepProcess } from "../src/process.js";
import type { Outcome, ProcessState } from "../src/process.js";
import { nextUint32, seedRandom } from "../src/random.js";
import { claim, isMember } from "../src/state.js";
import type { NodeState } from "../src/state.js";

/**
 * A ring in memory: processes driven by `stepProcess` alone, on a virtual clock, with a seeded network between them.
 * After every event it checks that no two nodes claim one key.
 */
export interface Faults {
  readonly latencyMs: readonly [number, number];
  readonly loss: number;
  readonly duplication: number;
}

export interface Violation {
  readonly at: number;
  readonly a: Address;
  readonly b: Address;
}

interface Host {
  state: ProcessState;
  pausedUntil: number;
  inbox: Happening[];
  /** Which processes it has an open connection with: they notice if it dies. */
  readonly linked: Set<Address>;
  timerAt: number;
  drift: number;
  born: number;
}

type Happening = Omit<Event, "at" | "wall"> & { readonly node?: number | null };

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const calm: Faults = { latencyMs: [1, 5], loss: 0, duplication: 0 };

export class Simulation {
  readonly config: Config;
  readonly hosts = new Map<Address, Host>();
  readonly violations: Violation[] = [];
  readonly settled = new Map<number, { at: number; result: OperationResult | OperationError; ok: boolean }>();
  readonly log: string[] = [];
  faults: Faults = calm;
  now = 0;
  events = 0;
  messages = 0;
  /** More than so many events and something goes in circles: the run is ended. */
  eventsMax = 1_000_000;
  onEffect: ((address: Address, node: number, effect: Effect) => void) | null = null;
  /** Messages that this says are lost. */
  blocked: (from: Address, to: Address) => boolean = () => false;
  private readonly heap: Scheduled[] = [];
  private random;
  private order = 0;
  private operations = 0;

  constructor(seed: number, ring: Partial<RingParameters> = {}, options: Parameters<typeof configure>[1] = {}) {
    this.config = configure({ ...defaultRing, ...ring }, options);
    this.random = seedRandom([seed, 0x9e3779b9, 7, 1]);
  }

  draw(): number {
    const [bits, next] = nextUint32(this.random);
    this.random = next;
    return bits / 0x1_0000_0000;
  }

  /** A process begins, or begins again: with an empty memory. */
  start(url: Address, options: { virtualNodes?: number; drift?: number } = {}): void {
    const incarnation = Math.floor(this.wall()) * 1024 + Math.floor(this.draw() * 1024);
    const seed = [this.draw(), this.draw(), this.draw(), this.draw()].map((x) => Math.floor(x * 2 ** 32)) as never;
    const at = this.now;
    const { virtualNodes = 1, drift = 1 } = options;
    const state = initialProcess(this.config, { url, incarnation, virtualNodes, seed, at, wall: this.wall() });
    this.hosts.set(url, {
      state,
      pausedUntil: 0,
      inbox: [],
      linked: new Set(),
      timerAt: Number.POSITIVE_INFINITY,
      drift,
      born: at,
    });
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
      this.schedule(this.latency(), () => this.happen(other, { _tag: "Disconnected", process: url, node: null } as Happening));
      this.hosts.get(other)?.linked.delete(url);
    }
  }

  pause(url: Address, ms: number): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    host.pausedUntil = this.now + ms;
    this.schedule(ms, () => this.wake(url, host));
  }

  /** Runs all that happens until the virtual clock has gone on by so much. */
  run(ms: number, until: () => boolean = () => false): boolean {
    const end = this.now + ms;
    while (!until()) {
      const next = this.heap[0];
      if (next === undefined || next.at > end) {
        this.now = end;
        return until();
      }
      this.pop();
      this.now = next.at;
      next.run();
    }
    return true;
  }

  schedule(afterMs: number, run: () => void): void {
    this.push({ at: this.now + afterMs, order: this.order++, run });
  }

  /** The virtual nodes that are in the ring, by identifier. */
  members(): NodeState[] {
    return [...this.hosts.values()]
      .flatMap((host) => host.state.nodes)
      .filter(isMember)
      .sort((a, b) => (a.self.id < b.self.id ? -1 : 1));
  }

  /** Who owns the key, by the sorted list of members. */
  owner(target: Id): Peer {
    const members = this.members();
    return (members.find((node) => node.self.id >= target) ?? (members[0] as NodeState)).self;
  }

  /** Whether every member has the right neighbours, claims just its own range, and nothing is unclaimed. */
  ideal(): boolean {
    return this.flaw() === null;
  }

  flaw(): string | null {
    const members = this.members();
    const n = members.length;
    for (let i = 0; i < n; i++) {
      const node = members[i] as NodeState;
      const want = Math.min(this.config.ring.successors, n - 1);
      const list = Array.from({ length: want }, (_, k) => (members[(i + 1 + k) % n] as NodeState).self.address);
      const have = node.pointers.successors.map((peer) => peer.address);
      if (have.join() !== list.join()) return `${node.self.address}: successors ${have.join()} not ${list.join()}`;
      const before = (members[(i + n - 1) % n] as NodeState).self;
      if (n > 1 && node.pointers.predecessor?.address !== before.address) {
        return `${node.self.address}: predecessor ${node.pointers.predecessor?.address} not ${before.address}`;
      }
      const own = claim(node, this.clock(node.self.address));
      const length = n === 1 ? this.config.space.size : distance(this.config.space, before.id, node.self.id);
      if (own?.token.length !== length) return `${node.self.address}: claims ${own?.token.length} not ${length}`;
    }
    return null;
  }

  /** A process's monotonic clock. */
  clock(address: Address): number {
    const host = this.hosts.get(processAddress(address));
    return host === undefined ? this.now : host.born + (this.now - host.born) * host.drift;
  }

  private wall(): number {
    return 1_700_000_000_000 + this.now;
  }

  private ask(url: Address, event: (operation: number) => Happening): number {
    const operation = ++this.operations;
    this.happen(url, { ...event(operation), node: 0 } as Happening);
    return operation;
  }

  private happen(url: Address, what: Happening): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    if (this.now < host.pausedUntil) {
      host.inbox.push(what);
      return;
    }
    if (++this.events > this.eventsMax) throw new Error(`more than ${this.eventsMax} events by ${this.now} ms`);
    const { node = 0, ...rest } = what;
    const event = { ...rest, at: this.clock(url), wall: this.wall() } as Event;
    const [state, outcomes] = stepProcess(host.state, node, event);
    host.state = state;
    for (const outcome of outcomes) this.perform(url, host, outcome);
    this.arm(url, host);
    this.check(url);
  }

  private perform(url: Address, host: Host, outcome: Outcome): void {
    for (const effect of outcome.effects) {
      this.onEffect?.(url, outcome.node, effect);
      if (effect._tag === "Send") this.send(url, host, virtualAddress(url, outcome.node), effect.to, effect.message);
      if (effect._tag === "Settled") {
        const ok = isRight(effect.result);
        const result = isRight(effect.result) ? effect.result.right : effect.result.left;
        this.settled.set(effect.operation, { at: this.now, result, ok });
      }
    }
  }

  private send(url: Address, host: Host, from: Address, to: Address, message: Message): void {
    this.messages++;
    const process = processAddress(to);
    const { incarnation } = host.state;
    if (this.blocked(url, process) || this.draw() < this.faults.loss) return;
    const copies = this.draw() < this.faults.duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      this.schedule(this.latency(), () => {
        const target = this.hosts.get(process);
        if (target === undefined) {
          this.schedule(this.latency(), () => {
            this.happen(url, { _tag: "SendFailed", to, message, reason: "refused", node: virtualIndex(from) } as never);
          });
          return;
        }
        host.linked.add(process);
        target.linked.add(url);
        const received = { _tag: "Received", from, incarnation, client: false, message, node: virtualIndex(to) };
        this.happen(process, received as never);
      });
    }
  }

  private latency(): number {
    const [least, most] = this.faults.latencyMs;
    return least + this.draw() * (most - least);
  }

  private wake(url: Address, host: Host): void {
    if (this.hosts.get(url) !== host || this.now < host.pausedUntil) return;
    this.happen(url, { _tag: "Ticked", node: null } as Happening);
    const waiting = host.inbox.splice(0);
    for (const what of waiting) this.happen(url, what);
  }

  private arm(url: Address, host: Host): void {
    const due = nextProcessDeadline(host.state);
    if (due === null) return;
    const at = Math.max(this.now, host.born + (due - host.born) / host.drift) + 0.001;
    if (host.timerAt <= at && host.timerAt > this.now) return;
    host.timerAt = at;
    this.schedule(at - this.now, () => {
      if (this.hosts.get(url) !== host || host.timerAt !== at) return;
      host.timerAt = Number.POSITIVE_INFINITY;
      if (this.now >= host.pausedUntil) this.happen(url, { _tag: "Ticked", node: null } as Happening);
    });
  }

  /** Disjoint ownership: only who just did something can have begun to claim. Paused ones can't answer, so don't count. */
  private check(url: Address): void {
    const mine = this.hosts.get(url)?.state.nodes ?? [];
    for (const node of mine) {
      const own = claim(node, this.clock(url));
      if (own === null) continue;
      for (const [other, host] of this.hosts) {
        if (this.now < host.pausedUntil) continue;
        for (const rival of host.state.nodes) {
          if (rival === node) continue;
          const theirs = claim(rival, this.clock(other));
          if (theirs === null) continue;
          const { space } = this.config;
          const overlap =
            inRange(space, rival.self.id, node.self.id, own.token.length) ||
            inRange(space, node.self.id, rival.self.id, theirs.token.length);
          if (overlap) this.violations.push({ at: this.now, a: node.self.address, b: rival.self.address });
        }
      }
    }
  }

  private push(item: Scheduled): void {
    const { heap } = this;
    let i = heap.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!earlier(item, heap[parent] as Scheduled)) break;
      heap[i] = heap[parent] as Scheduled;
      i = parent;
    }
    heap[i] = item;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Scheduled;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1] as Scheduled, heap[child] as Scheduled)) child++;
      if (!earlier(heap[child] as Scheduled, last)) break;
      heap[i] = heap[child] as Scheduled;
      i = child;
    }
    heap[i] = last;
  }
}

function earlier(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
