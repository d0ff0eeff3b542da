import type { Announcement, OperationResult } from "@chordnet/core";
import type { TransportEvent } from "@chordnet/transport";
import type { Call } from "../call.js";
import { onGivenUp } from "../call.js";
import type { SeedFailure } from "../errors/errors.js";
import { ChordNetError } from "../errors/errors.js";
import { difference, usualFrameBytesMax } from "../hello.js";
import type { Seeds } from "../member/api.js";
import type { Runtime } from "../member/runtime.js";
import type { Settings } from "../settings.js";
import { pause } from "../waiting/pause.js";
import { finder, findSeeds } from "./finding.js";
import type { Lesson } from "./learning.js";
import { learnRing } from "./learning.js";
import { admissionTrouble, machineTrouble } from "./seed-failure.js";
import { SeedTroubles } from "./seed-troubles.js";

type Rejected = Extract<TransportEvent, { readonly _tag: "Rejected" }>;

/** What the state machine says went wrong. */
export type JoinTrouble = Extract<Announcement, { readonly _tag: "SeedFailed" | "NotAdmitted" }>;

export interface JoinPlan {
  readonly seeds: Seeds;
  readonly orCreate: boolean;
  /** How often this was begun anew with a higher incarnation. */
  readonly reopenings: number;
}

/** How an attempt to join ended: as a member, or so that it needs another life of the runtime. */
export type JoinOutcome =
  | { readonly _tag: "Entered"; readonly result: OperationResult }
  /** With an incarnation above that; or (0) because the ring turned out to be another than the one begun with. */
  | { readonly _tag: "Reopen"; readonly above: number };

/** How often each seed must have failed to dial this node before it is told that it can't be reached. */
const unreachableTimes = 3;

/** A seed that says each time that a later life was seen here is not believed more often. */
const reopeningsMax = 3;

/** How long a function that finds seeds is relied on before it is asked again. */
const seedsFreshMs = 5_000;

/** Between two rounds: half as much again each time, up to the longest. */
const restMs = 100;
const restMsMax = 1_000;

/**
 * One attempt to become a member: asks the seeds for the parameters of their ring, begins with them, and has the state
 * machine join; over and over until that succeeds, is given up, or something is wrong that trying again can't mend.
 */
export class Joining {
  readonly #runtime: Runtime;
  readonly #settings: Settings;
  readonly #plan: JoinPlan;
  readonly #tell: (failure: SeedFailure) => void;
  readonly #troubles: SeedTroubles;
  readonly #excluded = new Set<string>();
  /** Those that the state machine has. */
  #tried: ReadonlyArray<string> = [];
  /** Interrupts what the state machine is doing for us. */
  #interrupt: ((why: JoinOutcome | ChordNetError | null) => void) | null = null;
  #learned = false;

  constructor(runtime: Runtime, settings: Settings, plan: JoinPlan, tell: (failure: SeedFailure) => void) {
    this.#runtime = runtime;
    this.#troubles = new SeedTroubles(runtime.address, () => runtime.clock.now());
    this.#settings = settings;
    this.#plan = plan;
    this.#tell = tell;
  }

  /** Rejects with a `ChordNetError`: at the deadline with what was wrong with each seed. */
  run(call: Call): Promise<JoinOutcome> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const stop = onGivenUp(this.#runtime.clock, call, (error) => {
        over.abort();
        reject(error.code === "TIMEOUT" && this.#troubles.all.length > 0 ? this.#troubles.noSeed() : error);
      });
      const forget = this.#runtime.end.onEnd(() => {
        over.abort();
        reject(new ChordNetError("CLOSED", { phase: "closed" }));
      });
      const inner = { ...call, deadline: Number.POSITIVE_INFINITY, signal: over.signal };
      const ended = (): void => {
        stop();
        forget();
      };
      this.#rounds(inner).finally(ended).then(resolve, reject);
    });
  }

  announced(change: JoinTrouble): void {
    this.#trouble(
      change._tag === "SeedFailed" ? machineTrouble(change.seed, change.reason) : admissionTrouble(change),
    );
    this.#judge();
  }

  /** What the other side thinks of this node's hello may decide the attempt. */
  rejected({ by, peer, refusal }: Rejected): void {
    if (peer === null || this.#interrupt === null) return;
    if (this.#troubles.refused(peer, refusal)) this.#tellOf(peer);
    if (refusal.code === "ring-mismatch") {
      // A ring that began while we had to make do with our own parameters: ask again.
      if (this.#learned) this.#excluded.add(peer);
      else this.#interrupt(null);
      return;
    }
    if (by === "us") return;
    const above = refusal.code === "stale-incarnation" ? this.#laterLife(refusal.detail) : null;
    if (above === null) this.#judge();
    else this.#interrupt({ _tag: "Reopen", above });
  }

  /** The incarnation that was seen here, where that can be and helps. */
  #laterLife(detail: string): number | null {
    if (this.#plan.reopenings >= reopeningsMax || !/^[1-9][0-9]{0,15}$/.test(detail)) return null;
    const incarnation = Number(detail);
    return incarnation > this.#runtime.incarnation && incarnation < Number.MAX_SAFE_INTEGER
      ? incarnation
      : null;
  }

  /** Ends the attempt where all seeds that answered agree why it can't succeed. */
  #judge(): void {
    const { address } = this.#runtime;
    if (this.#troubles.agree(this.#tried, "address-taken", 1)) {
      this.#interrupt?.(new ChordNetError("ADDRESS_TAKEN", { address }));
    } else if (this.#troubles.agree(this.#tried, "address-unreachable", unreachableTimes)) {
      const reason = this.#troubles.detailOf("address-unreachable");
      this.#interrupt?.(new ChordNetError("ADDRESS_UNREACHABLE", { address, reason }));
    }
  }

  async #rounds(call: Call): Promise<JoinOutcome> {
    for (let round = 0; ; round += 1) {
      const outcome = await this.#round(call);
      if (outcome !== null) return outcome;
      await this.#rest(round, call);
    }
  }

  /** Null: it led nowhere, and the next one may do better. */
  async #round(call: Call): Promise<JoinOutcome | null> {
    const seeds = await this.#seeds();
    checkWanted(call);
    if (seeds === null) return null;
    const others = seeds.filter((seed) => seed !== this.#runtime.address);
    const { ring, mismatch, troubles } = await this.#learn(others);
    checkWanted(call);
    for (const trouble of troubles) this.#trouble(trouble);
    const hopeless = this.#troubles.areHopeless(others);
    if (mismatch !== null && hopeless) throw mismatch;
    if (ring === null && !this.#plan.orCreate) {
      if (hopeless) throw this.#troubles.nobody(seeds);
      return null;
    }
    this.#learned = ring !== null;
    const begun = this.#runtime.config?.ring;
    if (begun !== undefined && ring !== null && difference(begun, ring) !== null) {
      return { _tag: "Reopen", above: 0 };
    }
    await this.#runtime.begin(ring ?? this.#settings.own);
    return this.#enter(seeds, call);
  }

  /** Has the state machine join; null: with these seeds it did not get anywhere, find others. */
  #enter(seeds: ReadonlyArray<string>, call: Call): Promise<JoinOutcome | null> {
    return new Promise((resolve, reject) => {
      const { clock } = this.#runtime;
      const given = new AbortController();
      const stop = onGivenUp(clock, call, () => given.abort());
      const usable = seeds
        .map((seed) => this.#troubles.asOwn(seed))
        .filter((seed) => !this.#excluded.has(seed));
      this.#tried = usable.filter((seed) => seed !== this.#runtime.address);
      const refresh =
        typeof this.#plan.seeds === "function"
          ? clock.after(this.#seedsFreshMs(), () => this.#interrupt?.(null))
          : () => undefined;
      const done = (): void => {
        stop();
        refresh();
        this.#interrupt = null;
      };
      this.#interrupt = (why) => {
        done();
        given.abort();
        if (why instanceof ChordNetError) reject(why);
        else resolve(why);
      };
      this.#runtime.operations
        .request(
          (operation) => ({
            _tag: "JoinRequested",
            operation,
            seeds: [...new Set(usable)],
            orCreate: this.#plan.orCreate,
          }),
          { ...call, signal: given.signal },
          false,
        )
        .finally(done)
        .then((result) => resolve({ _tag: "Entered", result }), reject);
    });
  }

  /**
   * Null: the function that finds them failed this time, or found nobody; a list that names nobody is wrong for good.
   */
  async #seeds(): Promise<ReadonlyArray<string> | null> {
    const { seeds, orCreate } = this.#plan;
    const found = await findSeeds(seeds, this.#settings.transport.scheme);
    if (found._tag === "Left") {
      if (this.#troubles.finderFailed(found.left)) this.#tellOf(finder);
      return null;
    }
    const usable = found.right.filter((seed) => !this.#excluded.has(seed));
    const useful = usable.some((seed) => seed !== this.#runtime.address) || (orCreate && usable.length > 0);
    if (!useful && typeof seeds !== "function") throw this.#troubles.nobody(usable);
    if (useful) this.#troubles.forget(finder);
    else this.#trouble({ seed: finder, reason: "empty", detail: "it found no other node" });
    return useful ? usable : null;
  }

  /** Where the seeds are not ChordNet's they have nothing to tell: all rings on their wire are alike. */
  async #learn(seeds: ReadonlyArray<string>): Promise<Lesson> {
    const { transport, own, explicit } = this.#settings;
    if (transport.foreign !== undefined) {
      const { dialect } = transport.foreign;
      const told = { ring: own, dialect, frameBytesMax: usualFrameBytesMax };
      return { ...told, from: null, troubles: [], mismatch: null };
    }
    return learnRing(this.#runtime.links, this.#runtime.clock, seeds, explicit);
  }

  #trouble(failure: SeedFailure): void {
    if (this.#troubles.note(failure)) this.#tell(failure);
  }

  #tellOf(seed: string): void {
    const failure = this.#troubles.of(seed);
    if (failure !== undefined) this.#tell(failure);
  }

  /** Long enough for the rule of starting together. */
  #seedsFreshMs(): number {
    return Math.max(seedsFreshMs, 8 * (this.#runtime.config?.ring.intervalMs ?? 0));
  }

  /** The longer, the more rounds have led nowhere. */
  #rest(round: number, { signal }: Call): Promise<void> {
    const ms = Math.min(restMsMax, restMs * 1.5 ** Math.min(round, 10));
    return pause(this.#runtime.clock, ms, signal);
  }
}

function checkWanted({ signal, what }: Call): void {
  if (signal?.aborted === true) throw new ChordNetError("ABORTED", { what });
}
