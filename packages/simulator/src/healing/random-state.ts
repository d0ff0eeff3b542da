import type { Id, NodeState, Peer, Remembered } from "@chordnet/core";
import { distance } from "@chordnet/core";
import { nodeUrl } from "../grow.js";
import type { Dice } from "../simulation/dice.js";
import { Simulation } from "../simulation/simulation.js";
import { ownings } from "./lineages.js";

/**
 * Rings in any state from which they must heal: pointers that partitions, loops, mistakes or memory faults might have
 * left, and tokens of several lineages, leased or lapsed. The one thing asked of a state is that the peers which the
 * live nodes know form a connected graph.
 */

/** How the pointers are wrong. */
export const families = [
  "apart",
  "loopy",
  "permuted",
  "garbage",
  "dead",
  "chain",
  "star",
  "inverse",
  "half",
] as const;

export type Family = (typeof families)[number];

export interface RandomState {
  readonly simulation: Simulation;
  readonly family: Family;
  readonly nodes: number;
  readonly successors: number;
}

export interface RandomStateOptions {
  readonly nodes: number;
  /** Drawn from the seed where it is not given. */
  readonly successors?: number;
  readonly family?: Family;
}

const intervalMs = 1000;
const deadPeers = 8;

/**
 * The state that follows from the seed. Its nodes are members, and the clock stands at the first event.
 *
 * Law: the peers that the live nodes know form a connected graph.
 *
 * @example
 * const { simulation } = randomState(3, { nodes: 8, family: "loopy" })
 * assert.ok(flaw(simulation) !== null)
 * assert.ok(heal(simulation, 200) > 0)
 */
export function randomState(seed: number, options: RandomStateOptions): RandomState {
  const family = options.family ?? (families[seed % families.length] as Family);
  const successors = options.successors ?? ([2, 3, 8][Math.floor(seed / families.length) % 3] as number);
  const ring = { intervalMs, leaseMs: 2.25 * intervalMs, successors };
  const simulation = new Simulation(seed, ring, {}, []);
  simulation.faults = { latencyMs: [10, 100], loss: 0, duplication: 0 };
  const silent = simulation.dice.draw() < 0.5;
  if (silent) simulation.blocked = (_, to) => !simulation.hosts.has(to);
  new Scramble(simulation, family, options.nodes).build();
  return { simulation, family, nodes: options.nodes, successors };
}

class Scramble {
  private readonly simulation: Simulation;
  private readonly family: Family;
  private readonly dice: Dice;
  /** Live nodes in the order of their identifiers. */
  private readonly peers: Peer[] = [];
  private readonly ghosts: ReadonlyArray<Peer>;

  constructor(simulation: Simulation, family: Family, nodes: number) {
    this.simulation = simulation;
    this.family = family;
    this.dice = simulation.dice;
    for (let i = 0; i < nodes; i++) {
      simulation.start(nodeUrl(i));
      this.peers.push(this.nodeAt(nodeUrl(i)).self);
    }
    this.peers.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.ghosts = Array.from({ length: deadPeers }, (_, i) => {
      const address = `memory://dead${i}`;
      return { id: simulation.config.naming(address), address, incarnation: 1 };
    });
  }

  build(): void {
    const orders = this.orders();
    const states = new Map<string, NodeState>();
    for (const order of orders) {
      order.forEach((peer, i) => {
        states.set(peer.address, { ...this.nodeAt(peer.address), ...this.pointed(order, i) });
      });
    }
    this.connect(states);
    for (const [address, owning] of ownings(this.simulation, this.peers)) {
      const state = states.get(address) as NodeState;
      const ownership = { ...state.ownership, ...owning };
      this.put(address, { ...state, ownership });
    }
  }

  /** The cycles that successors follow. */
  private orders(): ReadonlyArray<ReadonlyArray<Peer>> {
    const { peers } = this;
    switch (this.family) {
      case "apart":
      case "half": {
        const rings = this.family === "half" ? 2 : 2 + this.dice.below(Math.min(4, peers.length));
        const parts: Peer[][] = Array.from({ length: rings }, () => []);
        peers.forEach((peer, i) => {
          const contiguous = Math.floor((i * rings) / peers.length);
          parts[this.family === "half" ? contiguous : this.dice.below(rings)]?.push(peer);
        });
        return parts.filter((part) => part.length > 0);
      }
      case "loopy": {
        const turns = 2 + this.dice.below(3);
        const order: Peer[] = [];
        for (let first = 0; first < turns; first++) {
          for (let i = first; i < peers.length; i += turns) order.push(peers[i] as Peer);
        }
        return [order];
      }
      case "inverse":
        return [[...peers].reverse()];
      case "permuted":
        return [this.shuffled(peers)];
      default:
        return [peers];
    }
  }

  private pointed(order: ReadonlyArray<Peer>, i: number): Pick<NodeState, "pointers" | "remembered"> {
    const self = order[i] as Peer;
    const { successors: listed } = this.simulation.config.ring;
    const after = (k: number): Peer => order[(i + k) % order.length] as Peer;
    const others = Math.min(listed, order.length - 1);
    let successors = Array.from({ length: others }, (_, k) => after(k + 1));
    let predecessor: Peer | null = order.length > 1 ? after(order.length - 1) : null;
    const anybody = (): Peer => this.anyOf(this.dice.draw() < 0.3 ? this.ghosts : this.peers);
    switch (this.family) {
      case "garbage":
        successors = this.distinct(self, Array.from({ length: this.dice.below(listed + 1) }, anybody));
        predecessor = this.distinct(self, [anybody()])[0] ?? null;
        break;
      case "dead":
        successors = successors.map((peer) => (this.dice.draw() < 0.8 ? this.anyOf(this.ghosts) : peer));
        successors = this.distinct(self, successors);
        predecessor = this.dice.draw() < 0.5 ? this.anyOf(this.ghosts) : predecessor;
        break;
      case "chain":
        successors = i + 1 < order.length ? [after(1)] : [];
        predecessor = null;
        break;
      case "star":
        successors = i === 0 ? [] : [order[0] as Peer];
        predecessor = null;
    }
    const fingers = this.distinct(self, Array.from({ length: this.dice.below(5) }, anybody))
      .sort((a, b) => (this.away(self, a) < this.away(self, b) ? -1 : 1))
      .map((peer, index) => ({ index: this.simulation.config.space.bits - 5 + index, peer }));
    const remembered = this.distinct(self, Array.from({ length: this.dice.below(3) }, anybody));
    return {
      pointers: {
        successors,
        predecessor,
        predecessorHeardAt: this.simulation.now,
        fingers,
        heirUnreachableSince: null,
        turnedAwaySince: null,
      },
      remembered: remembered.map((peer) => this.remembering(peer)),
    };
  }

  /** Somebody remembers somebody of each part that nobody else knows. */
  private connect(states: Map<string, NodeState>): void {
    const part = new Map(this.peers.map((peer) => [peer.address, peer.address]));
    const join = (a: string, b: string): void => {
      const [from, to] = [part.get(a), part.get(b)];
      if (from === to || from === undefined || to === undefined) return;
      for (const [address, of] of part) if (of === from) part.set(address, to);
    };
    for (const { self, pointers, remembered } of states.values()) {
      const known = [...pointers.successors, ...pointers.fingers.map(({ peer }) => peer)];
      if (pointers.predecessor !== null) known.push(pointers.predecessor);
      for (const peer of [...known, ...remembered.map(({ peer }) => peer)]) join(self.address, peer.address);
    }
    for (const a of this.shuffled(this.peers)) {
      const b = this.anyOf(this.peers.filter((peer) => part.get(peer.address) !== part.get(a.address)));
      if (b === undefined) continue;
      const state = states.get(a.address) as NodeState;
      states.set(a.address, { ...state, remembered: [...state.remembered, this.remembering(b)] });
      join(a.address, b.address);
    }
  }

  private put(address: string, state: NodeState): void {
    const { simulation } = this;
    const host = simulation.hosts.get(address);
    if (host === undefined) return;
    const stabilizeAt = simulation.now + this.dice.draw() * intervalMs;
    const fingersAt = simulation.now + this.dice.draw() * intervalMs;
    const node: NodeState = {
      ...state,
      phase: { _tag: "Member", settling: null },
      timers: { ...state.timers, stabilizeAt, fingersAt },
    };
    host.state = { ...host.state, nodes: [node] };
    simulation.happen(address, null, { _tag: "Ticked" });
  }

  private remembering(peer: Peer): Remembered {
    const standing = this.anyOf(["untested", "same", "silent"] as const);
    const tries = this.dice.below(6);
    const askAt = this.simulation.now + (standing === "silent" ? this.dice.draw() * 16 * intervalMs : 0);
    return { peer, standing, askAt, tries, seed: false };
  }

  private nodeAt(address: string): NodeState {
    return this.simulation.hosts.get(address)?.state.nodes[0] as NodeState;
  }

  private distinct(self: Peer, peers: ReadonlyArray<Peer>): Peer[] {
    return [...new Map(peers.filter((peer) => peer.id !== self.id).map((peer) => [peer.id, peer])).values()];
  }

  private away(from: { readonly id: Id }, to: { readonly id: Id }): bigint {
    return distance(this.simulation.config.space, from.id, to.id);
  }

  private shuffled<A>(items: ReadonlyArray<A>): A[] {
    return items
      .map((item) => ({ item, at: this.dice.draw() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }

  private anyOf<A>(items: ReadonlyArray<A>): A {
    return items[this.dice.below(items.length)] as A;
  }
}
