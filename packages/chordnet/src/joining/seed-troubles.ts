import type { Refusal } from "@chordnet/transport";
import type { SeedFailure } from "../errors.js";
import { refusalTrouble } from "./seed-failure.js";

/** The last trouble with each seed, and what follows from all of them: one seed alone may err, or lie. */
export class SeedTroubles {
  readonly #last = new Map<string, SeedFailure>();
  /** What it was that each refused us for, and how often in a row. */
  readonly #refusals = new Map<string, { readonly code: string; readonly times: number }>();

  get all(): ReadonlyArray<SeedFailure> {
    return [...this.#last.values()];
  }

  reason(seed: string): string | null {
    return this.#last.get(seed)?.reason ?? null;
  }

  of(seed: string): SeedFailure | undefined {
    return this.#last.get(seed);
  }

  /** Whatever was wrong with it is so no more. */
  forget(seed: string): void {
    this.#last.delete(seed);
  }

  /** Whether this is news. */
  note(failure: SeedFailure): boolean {
    const { seed, reason } = failure;
    // Whom one does not dial again so soon after its refusal counts as unreachable there; the refusal says more.
    if (this.#refusals.has(seed) && (reason === "rejected" || reason === "unreachable")) return false;
    this.#refusals.delete(seed);
    return this.#set(failure);
  }

  /** The connection to the seed was refused, by one of the two sides. */
  refused(seed: string, refusal: Refusal): boolean {
    const earlier = this.#refusals.get(seed);
    const times = earlier?.code === refusal.code ? earlier.times + 1 : 1;
    this.#refusals.set(seed, { code: refusal.code, times });
    return this.#set(refusalTrouble(seed, refusal));
  }

  /** Whether each of the seeds was tried, and all those that answered refused us for this, so many times each. */
  agree(seeds: ReadonlyArray<string>, code: string, times: number): boolean {
    const answered = seeds.filter((seed) => !unanswered.has(this.reason(seed) ?? ""));
    return (
      answered.length > 0 &&
      answered.every((seed) => {
        const refusal = this.#refusals.get(seed);
        return refusal?.code === code && refusal.times >= times;
      })
    );
  }

  #set(failure: SeedFailure): boolean {
    const known = this.#last.get(failure.seed);
    this.#last.set(failure.seed, failure);
    return known?.reason !== failure.reason;
  }
}

const unanswered: ReadonlySet<string> = new Set([
  "refused",
  "unreachable",
  "silent",
  "reset",
  "closed",
  "timeout",
]);
