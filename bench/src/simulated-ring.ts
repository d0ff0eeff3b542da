import type { Event, Id } from "@chordnet/core";
import { codec, configure, defaultRing, stepProcess, virtualIndex } from "@chordnet/core";
import { nodeUrl, type Settlement, Simulation } from "@chordnet/simulator";
import { frameMeter } from "@chordnet/transport";

export interface RingSetting {
  readonly nodes: number;
  /** 1: lookups go by fingers alone. The default of nodes unless told. */
  readonly routesMax?: number;
}

/** What came of some lookups. */
export interface Walked {
  readonly answered: number;
  /** Nodes that a lookup reached, its owner among them, on average: that of an own key reaches none. */
  readonly hops: number;
  /** From a question to its answer, on average. */
  readonly answerMs: number;
  /** Lookups that met a node which was gone. */
  readonly metDead: number;
}

/** What goes over the wire: frames as a connection would write them. */
export interface Spent {
  readonly messages: number;
  readonly bytes: number;
}

/** How long a message takes in a simulated ring: any time between the two, all as likely. */
const latencyMs = [20, 80] as const;

/** By the paper, half of log2 N to the owner, and its answer. */
export const answerLaw = "½ log2 N messages and one back, 50 ms each";

/** How long a lookup takes by that law. */
export function answerMsBy(nodes: number): number {
  return (Math.log2(nodes) / 2 + 1) * ((latencyMs[0] + latencyMs[1]) / 2);
}

/** A large ring on a virtual clock, ideal at first. The same figures in every run. */
export class SimulatedRing {
  readonly simulation: Simulation;
  readonly #alive: string[];
  #started: number;

  constructor({ nodes, routesMax }: RingSetting) {
    const { limits } = configure(defaultRing, routesMax === undefined ? {} : { limits: { routesMax } });
    this.simulation = new Simulation(1, {}, { limits });
    this.simulation.eventsMax = Number.POSITIVE_INFINITY;
    this.simulation.faults = { latencyMs, loss: 0, duplication: 0 };
    this.simulation.trace.detail = "none";
    this.#alive = Array.from({ length: nodes }, (_, i) => nodeUrl(i));
    this.#started = nodes;
    this.simulation.found(new Map(this.#alive.map((url) => [url, {}])));
  }

  /** Makes `count` lookups within that time, by anybody, for points drawn at random. */
  walk(count: number, withinMs: number): Walked {
    const { simulation } = this;
    const openSince = new Map<number, number>();
    const unlucky = new Set<Id>();
    let [answered, hops, ms] = [0, 0, 0];
    const settled = (operation: number, { result, at }: Settlement, askedAt: number): void => {
      simulation.settled.delete(operation);
      if (result._tag !== "Owner") return;
      answered += 1;
      hops += result.hops;
      ms += at - askedAt;
    };
    simulation.whenSettled = (operation, settlement) => {
      const askedAt = openSince.get(operation);
      if (askedAt === undefined) return;
      openSince.delete(operation);
      settled(operation, settlement, askedAt);
    };
    const ask = (): void => {
      const askedAt = simulation.now;
      const operation = simulation.lookup(this.#anybody(), this.#anywhere());
      // An own key is settled before its operation is known.
      const settlement = simulation.settled.get(operation);
      if (settlement === undefined) openSince.set(operation, askedAt);
      else settled(operation, settlement, askedAt);
    };
    simulation.step = (state, node, event: Event) => {
      if (event._tag === "SendFailed" && event.message._tag === "Find") unlucky.add(event.message.target);
      return stepProcess(state, node, event);
    };
    for (let i = 0; i < count; i++) simulation.schedule((withinMs * i) / count, ask);
    simulation.run(withinMs);
    simulation.run(6 * simulation.config.ring.intervalMs, () => openSince.size === 0);
    simulation.step = stepProcess;
    const mean = (sum: number): number => sum / Math.max(1, answered);
    return { answered, hops: mean(hops), answerMs: mean(ms), metDead: unlucky.size };
  }

  /** For so long somebody crashes and somebody joins in turn, so many of both a second. */
  churn(perS: number, forMs: number): void {
    for (let at = 0, i = 0; at < forMs; at += 1000 / perS, i++) {
      this.simulation.schedule(at, () => (i % 2 === 0 ? this.#crash() : this.#join()));
    }
  }

  /** A share of all crashes at one instant. */
  crash(share: number): void {
    for (let count = Math.floor(share * this.#alive.length); count > 0; count--) this.#crash();
  }

  /** What all nodes send in so long if nobody asks them anything, over connections that are open by then. */
  rest(ms: number): Spent {
    const { simulation } = this;
    const { encode } = codec({ space: simulation.config.space, naming: simulation.config.naming });
    const meters = new Map<string, (frame: Uint8Array) => number>();
    let spent: Spent = { messages: 0, bytes: 0 };
    simulation.carried = (message, from, to) => {
      const direction = `${from} ${to}`;
      const meter = meters.get(direction) ?? frameMeter();
      meters.set(direction, meter);
      const frame = encode({ from: virtualIndex(from) ?? 0, to: virtualIndex(to) ?? 0, message });
      spent = { messages: spent.messages + 1, bytes: spent.bytes + meter(frame) };
      return message;
    };
    simulation.run(ms);
    spent = { messages: 0, bytes: 0 };
    simulation.run(ms);
    simulation.carried = (carried) => carried;
    return spent;
  }

  #crash(): void {
    const [url] = this.#alive.splice(this.simulation.dice.below(this.#alive.length), 1);
    this.simulation.kill(url as string);
  }

  #join(): void {
    const url = nodeUrl(this.#started++);
    this.simulation.start(url);
    this.simulation.join(url, [this.#anybody(), this.#anybody(), this.#anybody()]);
    this.#alive.push(url);
  }

  #anybody(): string {
    return this.#alive[this.simulation.dice.below(this.#alive.length)] as string;
  }

  #anywhere(): Id {
    return this.simulation.config.naming(`key ${this.simulation.dice.below(2 ** 31)}`);
  }
}
