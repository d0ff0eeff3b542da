import { performance } from "node:perf_hooks";
import { runCommand } from "./command.js";
import { flaw as flawOf, type RingRow } from "./ideal.js";
import { ringOrder } from "./identifiers.js";
import type { Host } from "./network.js";
import type { Exit } from "./node-process.js";
import { NodeProcess } from "./node-process.js";
import { freePort } from "./ports.js";
import { type Sighting, watchRing } from "./sighting.js";
import type { Stage } from "./stage.js";
import { leaseMs } from "./stage.js";
import { Timeline } from "./timeline.js";

const successors = 8;
const commandTimeoutMs = 10_000;

/** The nodes of one scene: starts and ends them, and keeps the oracle's timeline of who was a member when. */
export class Fleet {
  readonly timeline: Timeline = new Timeline();
  readonly #stage: Stage;
  readonly #nodes = new Map<string, NodeProcess>();
  readonly #lives: NodeProcess[] = [];
  readonly #hosts = new Map<string, Host>();
  readonly #ports = new Set<number>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** A URL that no process has yet: on the loopback, or on a host. */
  async reserve(host: Host | null = null): Promise<string> {
    const port = await freePort(this.#stage.random, this.#ports);
    this.#ports.add(port);
    const address = `tcp://${host?.ip ?? "127.0.0.1"}:${port}`;
    if (host !== null) this.#hosts.set(address, host);
    return address;
  }

  /** Those whose process lives, in ring order. */
  get alive(): ReadonlyArray<string> {
    return ringOrder([...this.#nodes].filter(([, node]) => node.alive).map(([address]) => address));
  }

  /** Every process that was ever started. */
  get lives(): ReadonlyArray<NodeProcess> {
    return this.#lives;
  }

  node(address: string): NodeProcess {
    const node = this.#nodes.get(address);
    if (node === undefined) throw new RangeError(`${address} was never started`);
    return node;
  }

  /** Starts a node, or a further life of it. The flags say how it becomes a member. */
  start(address: string, flags: ReadonlyArray<string>): NodeProcess {
    const { nursery, program, intervalMs } = this.#stage;
    this.timeline.record(address, "maybe", performance.now());
    const args = ["--listen", address, "--interval-ms", String(intervalMs), ...flags];
    const node = new NodeProcess(nursery, program, args, this.#hosts.get(address)?.enter);
    this.#nodes.set(address, node);
    this.#lives.push(node);
    node.ready.then(
      ({ at }) => this.timeline.record(address, "member", at),
      () => undefined,
    );
    void node.exited.then(({ at }) => this.#ended(address, node, at));
    return node;
  }

  /** SIGKILL. Resolves once the process is gone; `at` is the instant of the signal. */
  async kill(...addresses: ReadonlyArray<string>): Promise<number> {
    const before = performance.now();
    for (const address of addresses) this.timeline.record(address, "maybe", before);
    const ends = addresses.map((address) => this.node(address).kill());
    const after = performance.now();
    for (const address of addresses) this.timeline.record(address, "gone", after);
    await Promise.all(ends);
    return after;
  }

  /** SIGTERM to all of these at once; resolves with how they ended. */
  leave(...addresses: ReadonlyArray<string>): Promise<ReadonlyArray<Exit>> {
    const before = performance.now();
    for (const address of addresses) this.timeline.record(address, "maybe", before);
    return Promise.all(addresses.map((address) => this.node(address).terminate()));
  }

  /** SIGSTOP. Its claim may stand for a lease, and its heir may hold it from now on. */
  pause(address: string): number {
    this.timeline.record(address, "maybe", performance.now());
    this.node(address).pause();
    const after = performance.now();
    this.timeline.record(address, "gone", after + leaseMs(this.#stage));
    return after;
  }

  /** SIGCONT. It may be a member again at once; `settled` says from when on it certainly is. */
  resume(address: string): number {
    const before = performance.now();
    this.timeline.record(address, "maybe", before);
    this.node(address).resume();
    return before;
  }

  /** From now on it may or may not be one. */
  unsettled(address: string, at: number): void {
    this.timeline.record(address, "maybe", at);
  }

  settled(address: string, at: number): void {
    this.timeline.record(address, "member", at);
  }

  /** Watches the ring through `via` until it is the ideal one of `expected`, for `withinMs` at most. */
  ideal(
    withinMs: number,
    expected: ReadonlyArray<string> = this.alive,
    via: string = expected[0] ?? "nobody",
  ): Promise<Sighting> {
    const { connect } = this.#stage;
    return watchRing({ connect, via, expected, successors, until: performance.now() + withinMs });
  }

  /** What `chordnet ring` has to say: null where it shows the ideal ring of `expected` and is content with it. */
  async flawByCommand(expected: ReadonlyArray<string>, via: string): Promise<string | null> {
    const { nursery, program } = this.#stage;
    const args = ["ring", "--via", via];
    const { code, rows, stderr } = await runCommand(nursery, program, args, commandTimeoutMs);
    const flaw = flawOf(rows as ReadonlyArray<RingRow>, expected, successors);
    return flaw ?? (code === 0 ? null : `status ${code}: ${stderr.trim()}`);
  }

  #ended(address: string, node: NodeProcess, at: number): void {
    if (this.#nodes.get(address) === node) this.timeline.record(address, "gone", at);
  }
}
