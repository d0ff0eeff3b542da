import type { Id } from "../../src/identifier.js";
import { space } from "../../src/identifier.js";
import type { Company, StoreAnswer } from "../../src/store/call.js";
import type { StoreEffect, TaskId } from "../../src/store/effect.js";
import type { Entry } from "../../src/store/entry.js";
import { headOf } from "../../src/store/entry.js";
import type { StoreCommand, StoreHappening } from "../../src/store/event.js";
import type { StoreState } from "../../src/store/state.js";
import { initialStore } from "../../src/store/state.js";
import { stepStore } from "../../src/store/step.js";
import { utf8 } from "../../src/utf8.js";

export const [self, b, c, d] = ["memory://a", "memory://b", "memory://c", "memory://d"] as const;
const ring = space(8);
export const at = (point: number): Id => BigInt(point) as Id;
export const name = { id: at(50), key: utf8("key") };
export const claim = { start: at(0), end: at(100), epoch: 1_000 };
export const nobody = {
  _tag: "Fetched",
  entries: [null],
  complete: false,
  awaited: [],
} as const satisfies StoreAnswer;

export type Of<Tag extends StoreEffect["_tag"]> = Extract<StoreEffect, { readonly _tag: Tag }>;

/** One store, and whatever its surroundings say. */
export class Stage {
  state: StoreState;
  now = 0;
  effects: ReadonlyArray<StoreEffect> = [];

  constructor(copies = 3, copiesMin = 1, company: ReadonlyArray<Company> = []) {
    const settings = { space: ring, self, copies, copiesMin, intervalMs: 500, tombstoneMs: 60_000 };
    this.state = initialStore({ ...settings, operationsMax: 64, company }, 0);
  }

  tell(happening: StoreHappening): this {
    [this.state, this.effects] = stepStore(this.state, {
      ...happening,
      at: this.now,
      wall: 5_000 + this.now,
    });
    return this;
  }

  /** Claims the arc, which it had all of: or came by it as told. */
  seated(change: Partial<Extract<StoreHappening, { readonly _tag: "RangeGained" }>> = {}): this {
    this.tell({ _tag: "Seated", node: 0, claim, near: [b, c, d] });
    return this.tell({ _tag: "RangeGained", node: 0, ...claim, reason: "create", peer: null, ...change });
  }

  /** Time passes, and a timer fires. */
  tick(ms: number): this {
    this.now += ms;
    return this.tell({ _tag: "StoreTicked" });
  }

  command(operation: number, command: StoreCommand, request = `request ${operation}`): this {
    return this.tell({ _tag: "Commanded", operation, request, name, command });
  }

  read(entry: Entry | null): this {
    const { task } = this.only("Read");
    return this.tell({ _tag: "EntriesRead", task, entries: [entry], damaged: [] });
  }

  /** The list of those that share the ring is in the storage. */
  remembered(): this {
    return this.tell({ _tag: "Written", task: this.only("Remember").task, stands: [] });
  }

  written(effect: Of<"Write">): this {
    return this.tell({ _tag: "Written", task: effect.task, stands: effect.put.map(headOf) });
  }

  answered({ task }: { readonly task: TaskId }, answer: StoreAnswer): this {
    return this.tell({ _tag: "Answered", task, answer });
  }

  all<Tag extends StoreEffect["_tag"]>(tag: Tag): ReadonlyArray<Of<Tag>> {
    return this.effects.filter((effect): effect is Of<Tag> => effect._tag === tag);
  }

  only<Tag extends StoreEffect["_tag"]>(tag: Tag): Of<Tag> {
    const [first, ...others] = this.all(tag);
    if (first === undefined || others.length > 0) throw new Error(`not one ${tag}: ${others.length}`);
    return first;
  }

  get outcomes(): ReadonlyArray<unknown> {
    return this.all("Settle").map(({ operation, outcome }) => [operation, outcome]);
  }
}
