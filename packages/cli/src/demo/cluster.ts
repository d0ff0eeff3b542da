import type { Space } from "@chordnet/core";
import { parseId } from "@chordnet/core";
import { tcp } from "@chordnet/transport-tcp";
import { dialUrl } from "../arguments.js";
import { connect } from "../via.js";
import { healed } from "./healing.js";
import type { History } from "./history.js";
import type { Load } from "./load.js";
import type { NodeProcess, Processes } from "./processes.js";

/** A node of the demo, under the letter by which it is called. */
export interface Member {
  readonly letter: string;
  readonly address: string;
  readonly id: string;
}

interface Running extends Member {
  readonly process: NodeProcess;
}

/** The ring of the demo, and everything that happens to it. Each act tells the history before it changes anything. */
export class Cluster {
  readonly #running = new Map<string, Running>();
  readonly #processes: Processes;
  readonly #history: History;
  readonly #load: Load;
  readonly #ring: Space;
  readonly #intervalMs: number;

  constructor(processes: Processes, history: History, load: Load, ring: Space, intervalMs: number) {
    this.#processes = processes;
    this.#history = history;
    this.#load = load;
    this.#ring = ring;
    this.#intervalMs = intervalMs;
  }

  /** In ring order. */
  get members(): Member[] {
    return [...this.#running.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Starts a process, and resolves when it is a member and is asked, too. Without seeds it founds the ring. */
  async start(letter: string, listen = "tcp://127.0.0.1:0"): Promise<void> {
    const seeds = [...this.#running.values()].map(({ address }) => address);
    const begin = seeds.length === 0 ? ["--create"] : seeds.slice(0, 3).flatMap((seed) => ["--join", seed]);
    const process = this.#processes.start([
      "--listen",
      listen,
      ...begin,
      ...(seeds.length === 0 ? ["--interval-ms", String(this.#intervalMs)] : []),
    ]);
    const { id, address, at } = await process.ready;
    const point = parseId(this.#ring, id);
    if (point === null) throw new Error(`${id} is no identifier`);
    // It may have answered before this process read that it is ready: its life counts from its start.
    this.#history.started(address, point, process.startedAt);
    this.#history.member(address, at);
    this.#running.set(letter, { letter, address, id, process });
    this.#load.add(address, await connect({ via: [dialUrl(address)] }, tcp()));
  }

  /** Without a warning, and while it is being asked. */
  async kill(letter: string): Promise<void> {
    await this.#killed(letter);
  }

  /** Killed, and started again at once, at the same address. */
  async restart(letter: string): Promise<void> {
    const { address } = await this.#killed(letter);
    await this.start(letter, address);
  }

  /** In peace: it has answered what it was asked when it is told to go. */
  async leave(letter: string): Promise<void> {
    const { address } = this.#named(letter);
    await this.#load.spare(address);
    await this.#end(letter, "SIGTERM");
  }

  /** Resolves to when the ring was seen to be whole. */
  async healed(): Promise<number> {
    const at = await healed(
      this.#load,
      this.members.map(({ address }) => address),
    );
    this.#history.whole(at);
    return at;
  }

  async #killed(letter: string): Promise<Running> {
    const running = await this.#end(letter, "SIGKILL");
    await this.#load.drop(running.address);
    return running;
  }

  async #end(letter: string, signal: "SIGKILL" | "SIGTERM"): Promise<Running> {
    const running = this.#named(letter);
    this.#running.delete(letter);
    this.#history.doomed(running.address, performance.now());
    running.process.signal(signal);
    const { at } = await running.process.ended;
    this.#history.ended(running.address, at);
    return running;
  }

  #named(letter: string): Running {
    const running = this.#running.get(letter);
    if (running === undefined) throw new Error(`${letter} is not running`);
    return running;
  }
}
