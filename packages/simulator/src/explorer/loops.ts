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
export function badLoop({ starts, edges }: Graph, good: (state: number) => boolean): number | null {
  const states = starts.length - 1;
  const order = new Uint32Array(states);
  const low = new Uint32Array(states);
  const next = new Uint32Array(states);
  const closed = new Uint8Array(states);
  let openTop = 0;
  let pathTop = 0;
  let counter = 0;
  const opened = new Uint32Array(states);
  const walked = new Uint32Array(states);
  for (let root = 0; root < states; root++) {
    if (order[root] !== 0) continue;
    walked[pathTop++] = root;
    while (pathTop > 0) {
      const state = walked[pathTop - 1] as number;
      if (order[state] === 0) {
        order[state] = low[state] = ++counter;
        next[state] = starts.at(state);
        opened[openTop++] = state;
      }
      const at = next[state] as number;
      if (at < starts.at(state + 1)) {
        next[state] = at + 1;
        const to = edges.at(at);
        if (order[to] === 0) walked[pathTop++] = to;
        else if (closed[to] === 0) low[state] = Math.min(low[state] as number, order[to] as number);
        continue;
      }
      pathTop--;
      const parent = walked[pathTop - 1];
      if (pathTop > 0 && parent !== undefined) {
        low[parent] = Math.min(low[parent] as number, low[state] as number);
      }
      if (low[state] !== order[state]) continue;
      const alone = opened[openTop - 1] === state && !leadsToItself(state);
      for (;;) {
        const member = opened[--openTop] as number;
        closed[member] = 1;
        if (!alone && !good(member)) return member;
        if (member === state) break;
      }
    }
  }
  return null;

  function leadsToItself(state: number): boolean {
    for (let i = starts.at(state); i < starts.at(state + 1); i++) if (edges.at(i) === state) return true;
    return false;
  }
}
