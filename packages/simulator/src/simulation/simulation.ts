import type {
  Address,
  Announcement,
  Config,
  Happening,
  Id,
  LookupMode,
  Message,
  Millis,
  NodeState,
  OperationError,
  OperationResult,
  Owner,
  ProcessState,
  RingParameters,
  Settled,
} from "@chordnet/core";
import {
  configure,
  defaultRing,
  initialProcess,
  isMember,
  isRight,
  naming,
  processAddress,
  stepProcess,
} from "@chordnet/core";
import type { CheckName } from "../checks/witness.js";
import { cheapChecks, Witness } from "../checks/witness.js";
import { Agenda } from "./agenda.js";
import { Dice } from "./dice.js";
import type { Due } from "./due.js";
import { foundRing } from "./founded.js";
import { Host } from "./host.js";
import { Links } from "./links.js";
import type { Faults, Weather } from "./network.js";
import { calm, weatherOf } from "./network.js";
import { Post } from "./post.js";
import { Processes } from "./processes.js";
import { Trace } from "./trace.js";

export interface Settlement {
  readonly at: Millis;
  readonly ok: boolean;
  readonly result: OperationResult | OperationError;
}

/** How a process is born. */
export interface Birth {
  readonly virtualNodes?: number;
  /** Its clock's speed. */
  readonly drift?: number;
}

/** If more than this happens at one instant, time does not go on. */
const atOnceMax = 1_000_000;

/**
 * A ring in memory: processes driven by `stepProcess` alone, on a virtual clock, with a seeded network between them.
 * After every event a witness looks whether the promises hold.
 *
 * @example
 * const ring = new Simulation(1)
 * ring.start("memory://a")
 * ring.create("memory://a")
 * ring.start("memory://b")
 * const joined = ring.join("memory://b", ["memory://a"])
 * assert.ok(ring.run(10_000, () => ring.settled.has(joined)))
 * assert.strictEqual(ring.settled.get(joined).ok, true)
 * assert.deepStrictEqual(ring.witness.violations, [])
 */
export class Simulation {
  readonly config: Config;
  readonly witness: Witness;
  readonly hosts: Map<Address, Host> = new Map();
  readonly settled: Map<number, Settlement> = new Map();
  readonly links: Links = new Links();
  readonly trace: Trace = new Trace();
  /** What follows from the faults. */
  weather: Weather = weatherOf(calm);
  now = 0;
  /** What the calendar says when the clock starts. */
  wallStart = 1_700_000_000_000;
  events = 0;
  messages = 0;
  /** If there are more events than this, something goes in circles. */
  eventsMax = 1_000_000;
  /** What takes each step: to be wrapped by who wants to watch, record or freeze. */
  step: typeof stepProcess = stepProcess;
  /** Whether a message from one process to another is lost for certain. */
  blocked: (from: Address, to: Address) => boolean = () => false;
  /** What becomes of a message on its way between two processes. */
  carried: (message: Message, from: Address, to: Address) => Message = (message) => message;
  /** Told of every operation that is settled. */
  whenSettled: (operation: number, settlement: Settlement) => void = () => undefined;
  /** Told of what applications are told. */
  whenAnnounced: (host: Host, node: number, change: Announcement) => void = () => undefined;
  private readonly agenda = new Agenda<Due>();
  private readonly post: Post;
  private readonly processes: Processes;
  readonly dice: Dice;
  private readonly seed: number;
  private present: Faults = calm;
  private readonly lives = new Map<Address, number>();
  private readonly finding = new Map<number, (owner: Owner | null) => void>();
  private operations = 0;
  private births = 0;
  private livedMs = 0;
  /** How much has happened at this instant. */
  private atOnce = 0;

  constructor(
    seed: number,
    ring: Partial<RingParameters> = {},
    change: Partial<Config> = {},
    checks: ReadonlyArray<CheckName> = cheapChecks,
  ) {
    const config = configure({ ...defaultRing, ...ring });
    // All nodes share one memory of names here: it has to hold those of a large ring, and of all who ever were in it.
    const remembered = 1 << 20;
    this.config = { ...config, naming: naming(config.space, config.ring.hash, remembered), ...change };
    this.witness = new Witness(this, checks);
    this.seed = seed;
    this.dice = new Dice(seed);
    this.post = new Post(this, this.agenda, (host, node, event, letter) =>
      this.processes.occur(host, node, event, letter),
    );
    this.processes = new Processes(this, this.agenda, this.post);
  }

  /** What the network does to messages from now on. */
  get faults(): Faults {
    return this.present;
  }

  set faults(faults: Faults) {
    this.present = faults;
    this.weather = weatherOf(faults);
  }

  /** A process begins, or begins again: with an empty memory. */
  start(url: Address, birth: Birth = {}): void {
    this.kill(url);
    this.hosts.set(url, new Host(this.born(url, birth), this.now, birth.drift ?? 1, ++this.births));
  }

  /** All of them are there at once, as an ideal ring. */
  found(births: ReadonlyMap<Address, Birth>): void {
    const born = [...births].map(([url, birth]) => this.born(url, birth));
    for (const state of foundRing(born, this.now, Dice.of(`founded ${this.seed}`))) {
      const host = new Host(state, this.now, births.get(state.url)?.drift ?? 1, ++this.births);
      this.hosts.set(state.url, host);
      this.processes.arm(state.url, host);
    }
  }

  private born(url: Address, { virtualNodes = 1 }: Birth): ProcessState {
    const life = this.lives.get(url) ?? 0;
    this.lives.set(url, life + 1);
    const wall = this.wallStart + this.now;
    const incarnation = Math.floor(wall) * 1024 + (life % 1024);
    const seed = Dice.of(`${this.seed} ${url} ${life}`).seed();
    return initialProcess(this.config, { url, incarnation, virtualNodes, seed, at: this.now, wall });
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

  /** Looks up, and calls back: with null where nobody was found, or the one who looks up is gone. */
  find(url: Address, target: Id, timeoutMs: Millis, found: (owner: Owner | null) => void): void {
    const operation = this.lookup(url, target, "recursive", timeoutMs);
    const settlement = this.settled.get(operation);
    if (settlement !== undefined) return found(ownerOf(settlement));
    this.finding.set(operation, found);
    this.schedule(2 * timeoutMs, () => {
      if (this.finding.delete(operation)) found(null);
    });
  }

  /** The process is gone at once. Those connected with it notice, soon. */
  kill(url: Address): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    this.hosts.delete(url);
    this.livedMs += this.now - host.born;
    this.witness.gone(host);
    for (const other of host.linked) {
      this.hosts.get(other)?.part(host);
      if (this.post.isCut(url, other)) continue;
      this.schedule(this.post.latency(), () =>
        this.happen(other, null, { _tag: "Disconnected", process: url }),
      );
    }
  }

  /** Stops the process for `ms`: now, or midway between its next step and what that step does. */
  pause(url: Address, ms: Millis, midway = false): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    if (midway) host.stopMidwayMs = ms;
    else this.processes.stop(url, host, ms);
  }

  /** The machine sleeps: the process is stopped, its monotonic clock stands still, and the calendar goes on. */
  sleep(url: Address, ms: Millis): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    host.sleep(this.now);
    this.processes.stop(url, host, ms);
  }

  /** The process's calendar jumps, forward or back. */
  jump(url: Address, ms: Millis): void {
    const host = this.hosts.get(url);
    if (host !== undefined) host.wallAheadMs += ms;
  }

  /** Each step of the process takes `stepMs` from now on. 0: no time, as that of others. */
  slow(url: Address, stepMs: Millis): void {
    const host = this.hosts.get(url);
    if (host !== undefined) host.stepMs = stepMs;
  }

  /** Runs all that happens in the next `ms`, or up to what `until` tells. Gives whether `until` is true in the end. */
  run(ms: Millis, until: () => boolean = () => false): boolean {
    const end = this.now + ms;
    while (!until()) {
      const { dueAt } = this.agenda;
      if (dueAt > end) {
        this.now = end;
        return until();
      }
      if (dueAt > this.now) this.atOnce = 0;
      else if (++this.atOnce > atOnceMax) throw new Error(`more than ${atOnceMax} things at ${dueAt} ms`);
      this.now = dueAt;
      this.fall(this.agenda.pop());
    }
    return true;
  }

  schedule(afterMs: Millis, run: () => void): void {
    this.agenda.push(this.now + afterMs, { _tag: "Deed", run });
  }

  /** The virtual nodes that are in the ring, by identifier. */
  members(): NodeState[] {
    return [...this.hosts.values()]
      .flatMap((host) => host.state.nodes)
      .filter(isMember)
      .sort((a, b) => (a.self.id < b.self.id ? -1 : 1));
  }

  /** The monotonic clock of the process that an address belongs to. */
  clock(address: Address): Millis {
    const host = this.hosts.get(processAddress(address));
    return host === undefined ? this.now : host.clock(this.now);
  }

  /** The calendar of a process. */
  wall({ wallAheadMs }: Host): Millis {
    return this.wallStart + this.now + wallAheadMs;
  }

  /** How long all processes have been there, taken together. */
  nodeMs(): Millis {
    let sum = this.livedMs;
    for (const { born } of this.hosts.values()) sum += this.now - born;
    return sum;
  }

  /** Something happens to a virtual node of a process, or to all of them (null). */
  happen(url: Address, node: number | null, what: Happening): void {
    const host = this.hosts.get(url);
    if (host === undefined) return;
    const clocks = { at: host.clock(this.now), wall: this.wall(host) };
    this.processes.occur(host, node, { ...what, ...clocks }, null);
  }

  /** What was put down for now happens. */
  private fall(due: Due): void {
    switch (due._tag) {
      case "Letter":
        return this.post.deliver(due);
      case "Alarm":
        return this.processes.ring(due);
      case "Deed":
        due.run();
    }
  }

  private ask(url: Address, what: (operation: number) => Happening): number {
    const operation = ++this.operations;
    this.happen(url, 0, what(operation));
    return operation;
  }

  /** An operation came to its end. */
  settle({ operation, result }: Settled): void {
    const { now: at } = this;
    const ok = isRight(result);
    const settlement: Settlement = { at, ok, result: ok ? result.right : result.left };
    this.settled.set(operation, settlement);
    const found = this.finding.get(operation);
    this.finding.delete(operation);
    found?.(ownerOf(settlement));
    this.whenSettled(operation, settlement);
  }
}

function ownerOf({ result }: Settlement): Owner | null {
  return result._tag === "Owner" ? result : null;
}
