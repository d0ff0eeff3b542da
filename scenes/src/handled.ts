import type { NodeProcess } from "./node-process.js";
import type { Asked } from "./request-load.js";

/** What the workers told of one request, by the number that the harness gave it. */
interface Handlings {
  count: number;
  /** The library's names for it: one, whoever handled it and however often. */
  readonly names: Set<string>;
}

/** The harness's requests beside what those who handled them said, dead ones included. */
export interface Handled {
  /** Acknowledged, and handled by nobody. */
  readonly lost: ReadonlyArray<Asked>;
  /** Handled more than once: at least once is what is promised. */
  readonly twice: number;
  /** Of these, the ones that did not come under one name. */
  readonly renamed: number;
}

export function handled(asked: ReadonlyArray<Asked>, lives: ReadonlyArray<NodeProcess>): Handled {
  const all = new Map<number, Handlings>();
  for (const { events } of lives) {
    for (const event of events) {
      const { serial, request } = event as { readonly serial?: string; readonly request?: string };
      if (event.event !== "handled" || serial === undefined || request === undefined) continue;
      const handlings = all.get(Number(serial)) ?? { count: 0, names: new Set() };
      handlings.count += 1;
      handlings.names.add(request);
      all.set(Number(serial), handlings);
    }
  }
  const several = [...all.values()].filter(({ count }) => count > 1);
  return {
    lost: asked.filter(({ serial, outcome }) => outcome._tag === "Acknowledged" && !all.has(serial)),
    twice: several.length,
    renamed: several.filter(({ names }) => names.size > 1).length,
  };
}

/** How many acknowledged counts a key's last one lacks, over all keys: what was counted and forgotten. */
export function forgotten(asked: ReadonlyArray<Asked>, last: ReadonlyArray<Asked>): number {
  const due = new Map<string, number>();
  for (const { key, outcome } of [...asked, ...last]) {
    if (outcome._tag === "Acknowledged") due.set(key, (due.get(key) ?? 0) + 1);
  }
  let missing = 0;
  for (const { key, outcome } of last) {
    if (outcome._tag === "Acknowledged") missing += Math.max(0, (due.get(key) ?? 0) - outcome.count);
  }
  return missing;
}
