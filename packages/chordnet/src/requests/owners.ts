import type { Arc, Arcs, Id } from "@chordnet/core";
import type { Way } from "./requests.js";

/** The process that owns a key, null: this one; and its range. */
export interface FoundOwner extends Way, Arc {}

/** More would take longer to search than a lookup takes. */
export const ownersMax = 64;

interface Known extends Arc {
  readonly owner: FoundOwner;
  readonly until: number;
}

/**
 * Who owned what when it was last looked up, for as long as the lease was to run: a request goes there without another
 * lookup. A hint and no more: who is asked checks that it owns the key.
 */
export class Owners {
  readonly #arcs: Arcs;
  #known: ReadonlyArray<Known> = [];

  constructor(arcs: Arcs) {
    this.#arcs = arcs;
  }

  find(key: Id, now: number): FoundOwner | null {
    const known = this.#known.find((each) => each.until > now && this.#arcs.has(each, key));
    return known === undefined ? null : { ...known.owner, trustedMs: known.until - now };
  }

  /** What overlaps it is older, and was true no longer than until now. */
  add(owner: FoundOwner, now: number): void {
    const { start, end, trustedMs } = owner;
    const others = this.#known.filter((each) => each.until > now && !this.#arcs.overlap(each, owner));
    this.#known = [{ start, end, owner, until: now + trustedMs }, ...others].slice(0, ownersMax);
  }

  /** It was wrong, or does not answer. */
  drop(key: Id): void {
    this.#known = this.#known.filter((each) => !this.#arcs.has(each, key));
  }
}
