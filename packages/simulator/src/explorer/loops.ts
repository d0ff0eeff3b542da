import type { Numbers } from "./visited.js";

/** What leads where: the edges of state i are those from `starts.at(i)` to `starts.at(i + 1)`. */
export interface Graph {
  readonly starts: Numbers;
  readonly edges: Numbers;
}

/**
 * A state on a loop that is not `good`; null: there is none. So, whatever the order in which things happen, in the end
 * only good states come again. (Strongly connected components: Tarjan 1972, without recursion.)
 */
export function badLoop(graph: Graph, good: (state: number) => boolean): number | null {
  const walk = new Walk(graph);
  for (let root = 0; root < walk.states; root++) {
    if (walk.isKnown(root)) continue;
    walk.enter(root);
    for (let state = walk.at; state !== null; state = walk.at) {
      if (walk.goOn(state)) continue;
      const bad = walk.leave(state, good);
      if (bad !== null) return bad;
    }
  }
  return null;
}

/** A walk in depth over all states, which takes each component of states that lead to each other off as a whole. */
class Walk {
  readonly states: number;
  private readonly graph: Graph;
  /** As which it was entered, from 1 on; 0: not yet. */
  private readonly order: Uint32Array;
  /** The earliest that it is known to lead back to. */
  private readonly low: Uint32Array;
  /** Its next edge. */
  private readonly next: Uint32Array;
  private readonly closed: Uint8Array;
  /** From the root to where the walk is. */
  private readonly path: Stack;
  /** Entered, and their components not yet known. */
  private readonly open: Stack;
  private entered = 0;

  constructor(graph: Graph) {
    this.graph = graph;
    this.states = graph.starts.length - 1;
    this.order = new Uint32Array(this.states);
    this.low = new Uint32Array(this.states);
    this.next = new Uint32Array(this.states);
    this.closed = new Uint8Array(this.states);
    this.path = new Stack(this.states);
    this.open = new Stack(this.states);
  }

  /** Where it is; null: it is back from the root. */
  get at(): number | null {
    return this.path.top;
  }

  isKnown(state: number): boolean {
    return this.order[state] !== 0;
  }

  enter(state: number): void {
    this.order[state] = this.low[state] = ++this.entered;
    this.next[state] = this.graph.starts.at(state);
    this.path.push(state);
    this.open.push(state);
  }

  /** Takes the next edge of the state; false: it has none. */
  goOn(state: number): boolean {
    const { starts, edges } = this.graph;
    const at = this.next[state] as number;
    if (at >= starts.at(state + 1)) return false;
    this.next[state] = at + 1;
    const to = edges.at(at);
    if (!this.isKnown(to)) this.enter(to);
    else if (this.closed[to] === 0) this.leadsTo(state, this.order[to] as number);
    return true;
  }

  /** Goes back from the state. The first of its component closes that: gives who there is on a loop and not good. */
  leave(state: number, good: (state: number) => boolean): number | null {
    this.path.pop();
    const parent = this.path.top;
    if (parent !== null) this.leadsTo(parent, this.low[state] as number);
    if (this.low[state] !== this.order[state]) return null;
    const loops = this.open.top !== state || this.leadsToItself(state);
    let bad: number | null = null;
    for (let member: number | null = null; member !== state; ) {
      member = this.open.pop();
      this.closed[member] = 1;
      if (loops && bad === null && !good(member)) bad = member;
    }
    return bad;
  }

  private leadsTo(state: number, order: number): void {
    this.low[state] = Math.min(this.low[state] as number, order);
  }

  private leadsToItself(state: number): boolean {
    const { starts, edges } = this.graph;
    for (let i = starts.at(state); i < starts.at(state + 1); i++) if (edges.at(i) === state) return true;
    return false;
  }
}

/** Of states, each of them at most once. */
class Stack {
  private readonly items: Uint32Array;
  private size = 0;

  constructor(most: number) {
    this.items = new Uint32Array(most);
  }

  get top(): number | null {
    return this.size === 0 ? null : (this.items[this.size - 1] as number);
  }

  push(item: number): void {
    this.items[this.size++] = item;
  }

  pop(): number {
    return this.items[--this.size] as number;
  }
}
