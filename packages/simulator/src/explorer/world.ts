import type {
  Address,
  Config,
  Effect,
  Epoch,
  Id,
  Incarnation,
  Message,
  NodeState,
  nextDeadline,
  Owner,
  step,
} from "@chordnet/core";
import { configure, defaultRing, id, initialNode } from "@chordnet/core";
import type { Flat } from "./flat.js";
import { flatNode } from "./flat.js";

/** What is explored: the two functions that a shell calls. Those of `@chordnet/core`, or others in their stead. */
export interface Machine {
  readonly step: typeof step;
  readonly nextDeadline: typeof nextDeadline;
}

/** Everything at one instant: the nodes, what is under way between them, and what may still go wrong. */
export interface World {
  readonly now: number;
  /** By identifier; null: nobody is there. */
  readonly seats: ReadonlyArray<Seat | null>;
  /** How often each identifier was born. */
  readonly lives: ReadonlyArray<number>;
  /** What may arrive next, in no order. */
  readonly mail: ReadonlyArray<Mail>;
  /** Where messages go in rounds: what arrives only after all of `mail` has. */
  readonly later: ReadonlyArray<Mail>;
  /** Who is stopped, as by SIGSTOP; null: nobody. */
  readonly stopped: Stopped | null;
  readonly budget: Budget;
  /** Under which epoch, and by whom, each key was claimed last. */
  readonly marks: ReadonlyArray<Mark | null>;
  readonly questions: ReadonlyArray<Question>;
}

export interface Seat {
  readonly node: NodeState;
  readonly flat: Flat;
}

/** A node that is stopped, and what came in meanwhile. */
export interface Stopped {
  readonly point: number;
  readonly mail: ReadonlyArray<Mail>;
}

export interface Mail {
  readonly from: Address;
  readonly incarnation: Incarnation;
  readonly to: Address;
  readonly message: Message;
  readonly flat: Flat;
}

/** How often each kind of trouble may still come. */
export interface Budget {
  readonly joins: number;
  readonly leaves: number;
  readonly crashes: number;
  readonly lookups: number;
  /** Messages lost. */
  readonly losses: number;
  /** Times that the clock goes on, by a quantum, while messages are under way. */
  readonly lates: number;
  /** Times that a node is stopped. */
  readonly stops: number;
}

export interface Mark {
  readonly epoch: Epoch;
  readonly owner: number;
}

/** A lookup that waits for its answer. */
export interface Question {
  readonly operation: number;
  readonly asker: number;
  readonly key: Id;
  /** The lives that claimed the key at some instant since it was asked: a bit each (`lifeBit`). */
  readonly claimers: number;
}

/** The circle of the explorer: 2^3 points, and a node stands where its address says, `memory://5` at 5. */
export const points = 8;

const intervalMs = 1000;

/** Rings whose nodes keep `successors` successors; nothing is left to chance, and no clock jitters. */
export function explorerConfig(successors: number, leaseMs: number = 2.25 * intervalMs): Config {
  const config = configure(
    { ...defaultRing, bits: 3, successors, intervalMs, leaseMs },
    {
      jitter: 0,
      limits: { rememberedMax: 0 },
    },
  );
  return { ...config, naming: (address) => id(config.space, BigInt(pointOf(address))) };
}

/** Where the node at a point is reached; `pointOf` is its inverse. */
export function addressOf(point: number): Address {
  return `memory://${point}`;
}

export function pointOf(address: Address): number {
  return Number(address.slice("memory://".length));
}

/** One bit for each life of each point: of `points` times four lives, counted from 1. */
export function lifeBit(point: number, incarnation: Incarnation): number {
  return 1 << (point + points * (incarnation - 1));
}

/** The calendar stands ahead of the monotonic clock by so much. */
export const calendarMs = 1_000_000;

/** A world in which nobody is. */
export function emptyWorld(budget: Budget): World {
  const nobody = Array.from({ length: points }, () => null);
  return {
    now: 0,
    seats: nobody,
    lives: nobody.map(() => 0),
    mail: [],
    later: [],
    stopped: null,
    budget,
    marks: nobody,
    questions: [],
  };
}

/** Somebody is born at `point`, and has done nothing yet. */
export function born(world: World, config: Config, point: number): World {
  const incarnation = (world.lives[point] as number) + 1;
  const node = initialNode(config, {
    url: addressOf(point),
    index: 0,
    incarnation,
    seed: [0, 0, 0, 0],
    at: world.now,
    wall: world.now + calendarMs,
  });
  return {
    ...world,
    seats: replaced(world.seats, point, { node, flat: flatNode(node) }),
    lives: replaced(world.lives, point, incarnation),
  };
}

export function replaced<A>(list: ReadonlyArray<A>, place: number, item: A): ReadonlyArray<A> {
  const copy = list.slice();
  copy[place] = item;
  return copy;
}

/** Some of the trouble has come, or none of it. */
export function spend(world: World, change: Partial<Budget>): World {
  return { ...world, budget: { ...world.budget, ...change } };
}

/** The nodes that are there, in the order of their identifiers. */
export function present(world: World): NodeState[] {
  const nodes: NodeState[] = [];
  for (const seat of world.seats) if (seat !== null) nodes.push(seat.node);
  return nodes;
}

/** What one event did. */
export interface Happened {
  /** What it happened to. */
  readonly earlier: World;
  readonly world: World;
  /** To whom; null: only the clock went on, or somebody crashed. */
  readonly point: number | null;
  readonly effects: ReadonlyArray<Effect>;
  /** The lookups that were answered. */
  readonly answers: ReadonlyArray<{ readonly question: Question; readonly owner: Owner }>;
}
