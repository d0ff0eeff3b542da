import { nextDeadline, step } from "@chordnet/core";
import type { Action } from "./actions.js";
import { actionsOf, isTrouble } from "./actions.js";
import type { Digest } from "./canonical.js";
import { digest } from "./canonical.js";
import type { Configuration } from "./configuration.js";
import { marked } from "./laws.js";
import { badLoop } from "./loops.js";
import { act } from "./perform.js";
import { follow, labelsOf, lines } from "./prose.js";
import { startOf } from "./start.js";
import { Numbers, Visited } from "./visited.js";
import type { Happened, Machine, World } from "./world.js";
import { isIdeal } from "./zave.js";

export interface ExploreOptions {
  /** More states than this, and the rest is cut off. */
  readonly statesMax?: number;
  /** What steps: the core, unless something else is put in its place. */
  readonly machine?: Machine;
  /** A clock in milliseconds, to say how long it took. */
  readonly clock?: () => number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly states: number;
  /** Events since the beginning. */
  readonly depth: number;
  /** States that are known and whose next ones are not. */
  readonly frontier: number;
}

export interface Violation {
  readonly law: string;
  readonly detail: string;
  /** The shortest way from the start to there, a line an event. */
  readonly trace: ReadonlyArray<string>;
}

export interface Exploration {
  readonly name: string;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly seconds: number | null;
  /** There was more than `statesMax` allowed: what lies beyond is not explored, and loops are not looked for. */
  readonly cut: boolean;
  readonly violations: ReadonlyArray<Violation>;
  /** How often each kind of thing happened. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** What should have happened and did not. */
  readonly missing: ReadonlyArray<string>;
}

const core: Machine = { step, nextDeadline };

/**
 * Every state that a configuration can come to, breadth first, by every order in which what is under way may arrive,
 * what is due may be done, and trouble may come. Ends with the first law that is broken, by the shortest trace.
 *
 * @example
 * const { states, violations } = explore(configurationNamed("join"))
 * assert.ok(states > 100 && violations.length === 0)
 */
export function explore(configuration: Configuration, options: ExploreOptions = {}): Exploration {
  const { clock } = options;
  const from = clock?.();
  const search = new Search(configuration, options);
  search.run();
  const sometimes = Object.fromEntries([...search.labels].sort());
  return {
    name: configuration.name,
    states: search.visited.size,
    transitions: search.transitions,
    depth: search.depth,
    seconds: clock === undefined || from === undefined ? null : (clock() - from) / 1000,
    cut: search.cut,
    violations: search.violations,
    sometimes,
    missing: configuration.sometimes.filter((label) => !search.labels.has(label)),
  };
}

const ideal = 1;

/** A state whose next ones are not known yet. */
interface Open {
  readonly world: World;
  readonly digest: Digest;
}

class Search {
  readonly visited = new Visited();
  readonly violations: Violation[] = [];
  readonly labels = new Map<string, number>();
  transitions = 0;
  depth = 0;
  cut = false;
  private readonly configuration: Configuration;
  private readonly machine: Machine;
  private readonly options: ExploreOptions;
  private readonly start: World;
  /** From which state each was reached first, and by which of its actions. */
  private readonly parents = new Numbers();
  private readonly ways = new Numbers();
  private readonly marks = new Numbers();
  /** What leads where without further trouble. */
  private readonly starts = new Numbers();
  private readonly edges = new Numbers();
  private level: Array<Open | null> = [];
  private next: Open[] = [];

  constructor(configuration: Configuration, options: ExploreOptions) {
    this.configuration = configuration;
    this.options = options;
    this.machine = options.machine ?? core;
    this.start = startOf(configuration, this.machine);
  }

  run(): void {
    this.meet(this.start, 0, 0);
    let state = 0;
    while (this.next.length > 0 && this.violations.length === 0 && !this.cut) {
      this.level = this.next;
      this.next = [];
      for (let i = 0; i < this.level.length; i++) {
        this.expand(this.level[i] as Open, state++);
        this.level[i] = null;
        if (this.violations.length > 0 || this.cut) return;
      }
      if (this.next.length > 0) this.depth++;
    }
    this.starts.push(this.edges.length);
    if (this.configuration.heals) this.findLoop();
  }

  private expand({ world, digest: here }: Open, state: number): void {
    const { configuration, machine } = this;
    const { statesMax = Number.POSITIVE_INFINITY } = this.options;
    this.starts.push(this.edges.length);
    if (state % 10_000 === 9999) this.report();
    const actions = actionsOf(world, configuration, machine);
    for (let way = 0; way < actions.length; way++) {
      const action = actions[way] as Action;
      const happened = this.attempt(world, here, action, state, way);
      if (happened === null) return;
      this.transitions++;
      for (const label of labelsOf(happened)) this.labels.set(label, (this.labels.get(label) ?? 0) + 1);
      for (const law of configuration.laws) {
        const detail = law.broken(happened, configuration);
        if (detail !== null) return this.complain(law.name, detail, state, way);
      }
      const to = this.meet(marked(happened.world, happened.point, configuration), state, way);
      if (!isTrouble(action, world)) this.edges.push(to);
      if (this.visited.size >= statesMax) {
        this.cut = true;
        return;
      }
    }
  }

  private attempt(world: World, here: Digest, action: Action, state: number, way: number): Happened | null {
    try {
      return act(world, here, action, this.configuration, this.machine);
    } catch (error) {
      this.complain("total", String(error), state, way);
      return null;
    }
  }

  /** Gives the number of the state; a new one will be gone on from. */
  private meet(world: World, parent: number, way: number): number {
    const known = this.visited.size;
    const met = digest(world, this.configuration.scale);
    const state = this.visited.number(met);
    if (state < known) return state;
    this.parents.push(parent);
    this.ways.push(way);
    // A ring that waits for who is stopped need not be ideal meanwhile.
    const fine = world.stopped !== null || isIdeal(world, this.configuration);
    this.marks.push(fine ? ideal : 0);
    this.next.push({ world, digest: met });
    return state;
  }

  private findLoop(): void {
    const { starts, edges, marks } = this;
    const bad = badLoop({ starts, edges }, (state) => marks.at(state) === ideal);
    if (bad === null) return;
    const trace = [...this.trace(bad), "and again:", ...this.roundTrip(bad)];
    this.violations.push({ law: "healing", detail: "comes again and again without being ideal", trace });
  }

  /** The shortest way from a state back to itself, without trouble. */
  private roundTrip(state: number): string[] {
    const { configuration, machine, starts, edges } = this;
    const ways = new Map<number, number[]>([[state, []]]);
    for (const [from, path] of ways) {
      for (let i = starts.at(from); i < starts.at(from + 1); i++) {
        const next = [...path, i - starts.at(from)];
        if (edges.at(i) === state) {
          const world = follow(this.start, this.waysTo(state), configuration, machine);
          return lines(world, next, configuration, machine).slice(1);
        }
        if (!ways.has(edges.at(i))) ways.set(edges.at(i), next);
      }
    }
    return [];
  }

  private complain(law: string, detail: string, state: number, way: number): void {
    this.violations.push({ law, detail, trace: this.trace(state, way) });
  }

  /** Plays the way to a state once more, and one action from there, if there is one. */
  private trace(state: number, last: number | null = null): string[] {
    const ways = this.waysTo(state);
    if (last !== null) ways.push(last);
    return lines(this.start, ways, this.configuration, this.machine);
  }

  private waysTo(state: number): number[] {
    const ways: number[] = [];
    for (let at = state; at !== 0; at = this.parents.at(at)) ways.push(this.ways.at(at));
    return ways.reverse();
  }

  private report(): void {
    const { visited, depth, next } = this;
    this.options.onProgress?.({ states: visited.size, depth, frontier: this.level.length + next.length });
  }
}
