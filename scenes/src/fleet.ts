import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand } from "./command.js";
import { flaw, type RingRow } from "./ideal.js";
import { ringOrder } from "./identifiers.js";
import type { Exit } from "./node-process.js";
import { NodeProcess } from "./node-process.js";
import { freePort } from "./ports.js";
import type { Stage } from "./stage.js";
import { leaseMs } from "./stage.js";
import { Timeline } from "./timeline.js";

/** When a ring was first seen to be ideal; `flaw` tells why it was not, where it never was. */
export interface Sighting {
  /** When the walk that showed it ended; `Infinity` where there was none. */
  readonly at: number;
  readonly flaw: string | null;
}

const successors = 8;
const walkTimeoutMs = 5_000;
const nextWalkMs = 400;

/** The nodes of one scene: starts and ends them, and keeps the oracle's timeline of who was a member when. */
export class Fleet {
  readonly timeline: Timeline = new Timeline();
  readonly #stage: Stage;
  readonly #nodes = new Map<string, NodeProcess>();
  readonly #ports = new Set<number>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** A URL that no process has yet. */
  async reserve(): Promise<string> {
    const port = await freePort(this.#stage.random, this.#ports);
    this.#ports.add(port);
    return `tcp://127.0.0.1:${port}`;
  }

  /** Those whose process lives, in ring order. */
  get alive(): ReadonlyArray<string> {
    return ringOrder([...this.#nodes].filter(([, node]) => node.alive).map(([address]) => address));
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
    const node = new NodeProcess(nursery, program, args);
    this.#nodes.set(address, node);
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

  settled(address: string, at: number): void {
    this.timeline.record(address, "member", at);
  }

  /**
   * Walks the ring from `via`, again and again, until it is the ideal one of `expected`, for `withinMs` at most. A walk
   * that a silent node holds up does not keep the next one from starting.
   */
  async ideal(
    withinMs: number,
    expected: ReadonlyArray<string> = this.alive,
    via: string | undefined = expected[0],
  ): Promise<Sighting> {
    const until = performance.now() + withinMs;
    const walks: Promise<void>[] = [];
    let seen: Sighting = { at: Number.POSITIVE_INFINITY, flaw: "never walked" };
    const look = async (): Promise<void> => {
      const flaw = await this.#walk(expected, via);
      if (seen.flaw !== null)
        seen = { at: flaw === null ? performance.now() : Number.POSITIVE_INFINITY, flaw };
    };
    while (seen.flaw !== null && performance.now() < until) {
      const walk = look();
      walks.push(walk);
      await Promise.race([walk, delay(nextWalkMs)]);
    }
    if (seen.flaw !== null) await Promise.all(walks);
    return seen;
  }

  async #walk(expected: ReadonlyArray<string>, via: string | undefined): Promise<string | null> {
    if (via === undefined) return "nobody to ask";
    const { nursery, program } = this.#stage;
    const { code, rows, stderr } = await runCommand(nursery, program, ["ring", "--via", via], walkTimeoutMs);
    const found = flaw(rows as ReadonlyArray<RingRow>, expected, successors);
    return found ?? (code === 0 ? null : `status ${code}: ${stderr.trim()}`);
  }

  #ended(address: string, node: NodeProcess, at: number): void {
    if (this.#nodes.get(address) === node) this.timeline.record(address, "gone", at);
  }
}
