import type { Millis } from "@chordnet/core";
import type { Refusal } from "@chordnet/transport";
import type { SeedFailure } from "../errors/errors.js";
import { ChordNetError } from "../errors/errors.js";
import { finder } from "./finding.js";
import { refusalTrouble } from "./seed-failure.js";

/** The last trouble with each seed, and what follows from all of them: one seed alone may err, or lie. */
export class SeedTroubles {
  readonly #self: string;
  readonly #last = new Map<string, SeedFailure>();
  /** What each refused us for last, and how often in a row. */
  readonly #refusals = new Map<string, Refusal & { readonly times: number }>();

  /** What the function that finds seeds threw last. */
  #finderError: unknown;

  /** When each reason was last given for each seed, of late. */
  readonly #given = new Map<string, Map<string, Millis>>();
  readonly #now: () => Millis;

  /** `self`: this node's own address, which may be among the seeds, and have other names. `now`: a steady clock. */
  constructor(self: string, now: () => Millis) {
    this.#self = self;
    this.#now = now;
  }

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

  /** The function that finds them failed. Whether that is news. */
  finderFailed(error: unknown): boolean {
    this.#finderError = error;
    const why = error instanceof Error ? error.message : String(error);
    return this.note({ seed: finder, reason: "failed", detail: `it failed: ${why}` });
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
    this.#refusals.set(seed, { ...refusal, times });
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

  /** What the first of those said that refused us for this. */
  detailOf(code: string): string {
    return [...this.#refusals.values()].find((refusal) => refusal.code === code)?.detail ?? "";
  }

  /** The seed's address; this node's own where that was found behind it. */
  asOwn(seed: string): string {
    return this.reason(seed) === "self" ? this.#self : seed;
  }

  /** Whether trying these again can't help. */
  areHopeless(seeds: ReadonlyArray<string>): boolean {
    return seeds.every((seed) => lasting.has(this.reason(seed) ?? ""));
  }

  /** Why none of these will ever do: `SELF_JOIN`, `BAD_ADDRESS`, or `NO_SEED` with what was wrong with each. */
  nobody(seeds: ReadonlyArray<string>): ChordNetError {
    if (seeds.length > 0 && seeds.every((seed) => this.asOwn(seed) === this.#self)) {
      return new ChordNetError("SELF_JOIN", { address: this.#self });
    }
    const troubles = seeds.map((seed) => this.of(seed));
    const [first] = troubles;
    if (first !== undefined && troubles.every((trouble) => trouble?.reason === "bad-address")) {
      return new ChordNetError("BAD_ADDRESS", { address: first.seed, reason: first.detail });
    }
    return this.noSeed();
  }

  noSeed(): ChordNetError {
    const cause = this.reason(finder) === "failed" ? { cause: this.#finderError } : {};
    return new ChordNetError("NO_SEED", { seeds: this.all }, cause);
  }

  /** Where reasons take turns each is news once, and again when it has been gone for a while. */
  #set(failure: SeedFailure): boolean {
    const { seed, reason } = failure;
    this.#last.set(seed, failure);
    const now = this.#now();
    const given = [...(this.#given.get(seed) ?? [])].filter(([, at]) => now < at + goneMs);
    this.#given.set(seed, new Map([...given, [reason, now]]));
    return given.every(([other]) => other !== reason);
  }
}

/** A reason that was not given for so long is a thing of the past. */
const goneMs = 60_000;

const lasting: ReadonlySet<string> = new Set(["ring-mismatch", "self", "bad-address"]);

const unanswered: ReadonlySet<string> = new Set([
  "refused",
  "unreachable",
  "silent",
  "reset",
  "closed",
  "timeout",
]);
