import type { Address, Config, Event, Id, Message, NodeState } from "@chordnet/core";
import { configure, defaultRing, step } from "@chordnet/core";
import { nodeUrl, Simulation } from "@chordnet/simulator";

/** A letter of a lookup: to one node, from another. No message: the asker's own application asks. */
interface Letter {
  readonly to: number;
  readonly from: number;
  readonly message: Message | null;
}

/**
 * A ring whose nodes pass lookups on as fast as `step` goes: no codec, no socket. One node asks, with so many
 * lookups under way all the time, for points drawn at random from many.
 */
export class LookupTraffic {
  /** Calls of `step`. */
  events = 0;
  /** Lookups that were answered. */
  answered = 0;
  private readonly nodes: NodeState[];
  private readonly places: ReadonlyMap<Address, number>;
  private readonly targets: ReadonlyArray<Id>;
  /** One of each lookup that is under way. */
  private readonly letters: Letter[];
  private next = 0;
  private asked = 0;
  private readonly step: typeof step;

  constructor({ nodes, inFlight, routesMax, targets = 4096, stepped = step }: TrafficSetting) {
    this.step = stepped;
    const config = configure(defaultRing, routesMax === undefined ? {} : { limits: { routesMax } });
    this.nodes = foundedRing(config, nodes);
    this.places = new Map(this.nodes.map(({ self }, place) => [self.address, place]));
    this.targets = Array.from({ length: targets }, (_, i) => config.naming(`key ${i}`));
    this.letters = Array.from({ length: inFlight }, () => question);
  }

  /** Goes on until so many more events have happened. Gives how many. */
  run(events: number): number {
    for (let i = 0; i < events; i++) {
      this.letters[this.next] = this.deliver(this.letters[this.next] as Letter);
      this.next = this.next + 1 === this.letters.length ? 0 : this.next + 1;
    }
    this.events += events;
    return events;
  }

  /** Gives the letter that comes of it, or a new question. */
  private deliver({ to, from, message }: Letter): Letter {
    const node = this.nodes[to] as NodeState;
    const event = message === null ? this.lookup() : this.received(from, message);
    const [state, effects] = this.step(node, event);
    this.nodes[to] = state;
    const [effect] = effects;
    if (effects.length === 1 && effect?._tag === "Send") {
      const place = this.places.get(effect.to);
      if (place !== undefined) return { to: place, from: to, message: effect.message };
    }
    if (effects.length !== 1 || effect?._tag !== "Settled" || effect.result._tag === "Left") {
      throw new Error(`a lookup came to ${JSON.stringify(effects, (_, value) => String(value))}`);
    }
    this.answered++;
    return question;
  }

  private received(from: number, message: Message): Event {
    const { address, incarnation } = (this.nodes[from] as NodeState).self;
    return {
      _tag: "Received",
      from: address,
      incarnation,
      client: false,
      message,
      at: clock.at,
      wall: clock.wall,
    };
  }

  private lookup(): Event {
    const operation = ++this.asked;
    const target = this.targets[Math.imul(operation, 0x9e3779b1) & (this.targets.length - 1)] as Id;
    return {
      _tag: "LookupRequested",
      operation,
      target,
      deadline: 5000,
      mode: "recursive",
      at: clock.at,
      wall: clock.wall,
    };
  }
}

export interface TrafficSetting {
  readonly nodes: number;
  /** Lookups under way at once, all of one node. */
  readonly inFlight: number;
  /** 1: lookups go by fingers. The default: soon straight to the owner. */
  readonly routesMax?: number;
  /** How many different points are looked up: a power of two. */
  readonly targets?: number;
  /** What takes each step, if not the node itself. */
  readonly stepped?: typeof step;
}

/** It stands still: leases run on, and nothing falls due. */
const clock = { at: 0, wall: 1_700_000_000_000 };

const question: Letter = { to: 0, from: 0, message: null };

function foundedRing(config: Config, nodes: number): NodeState[] {
  const simulation = new Simulation(1, {}, config);
  simulation.wallStart = clock.wall;
  simulation.found(new Map(Array.from({ length: nodes }, (_, i) => [nodeUrl(i), {}])));
  return simulation.members();
}
