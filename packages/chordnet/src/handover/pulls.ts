import type { Arc, Arcs, Config, Id } from "@chordnet/core";
import { LateSet } from "@chordnet/core";
import { Trouble } from "../exchange/trouble.js";
import type { Clock } from "../ports.js";
import type { TimedHandover } from "../requests/handler.js";
import type { Ending } from "../waiting/ending.js";
import { pause } from "../waiting/pause.js";
import type { Errands } from "./errands.js";
import { atLeisure } from "./leisure.js";
import type { Gained, Passed } from "./passed.js";
import { told } from "./passed.js";

interface Pull extends Passed {
  /** Somebody said that it has something, and nothing here knows of it. */
  readonly offered: boolean;
  readonly done: Promise<void>;
}

export interface PullsPorts {
  readonly clock: Clock;
  readonly config: Config;
  readonly arcs: Arcs;
  readonly errands: Errands;
}

/**
 * What others offer is taken from so many at once, and of one of them so much: more are told to offer it again. What
 * this process gained itself is bounded by the ring's own acts.
 */
export const offersMax = 64;
export const offersOfOneMax = 16;

/** What the application is to have of ranges that this process owns now: from those that kept it so far. */
export class Pulls {
  readonly #ports: PullsPorts;
  readonly #pulls = new LateSet<Pull>();

  constructor(ports: PullsPorts) {
    this.#ports = ports;
  }

  gained(passed: Passed, handover: TimedHandover, reason: Gained["reason"]): void {
    if (!this.#isUnderWay(passed)) this.#begin(passed, handover, reason, false);
  }

  /** Throws a `Trouble`, `overloaded`, where too much that was offered is under way. */
  offered(passed: Passed, handover: TimedHandover): void {
    if (this.#isUnderWay(passed)) return;
    const offers = [...this.#pulls].filter(({ offered }) => offered);
    const ofOne = offers.filter(({ peer }) => peer === passed.peer);
    if (offers.length >= offersMax || ofOne.length >= offersOfOneMax)
      throw new Trouble("overloaded", `${offers.length} handovers`);
    this.#begin(passed, handover, "merge", true);
  }

  /** Null where the application has all that it is to have for this key. */
  pending(key: Id): Promise<unknown> | null {
    if (this.#pulls.size === 0) return null;
    const pulls = [...this.#pulls].filter((pull) => this.#ports.arcs.has(pull, key));
    return pulls.length === 0 ? null : Promise.all(pulls.map(({ done }) => done));
  }

  /** When what is under way for the arc is there, or its time over. */
  async settled(arc: Arc): Promise<void> {
    const { arcs } = this.#ports;
    await Promise.all([...this.#pulls].filter((pull) => arcs.overlap(pull, arc)).map(({ done }) => done));
  }

  async allSettled(): Promise<void> {
    await Promise.all([...this.#pulls].map(({ done }) => done));
  }

  /** It may have been gained, and offered besides. */
  #isUnderWay(passed: Passed): boolean {
    const { arcs } = this.#ports;
    return [...this.#pulls].some((pull) => pull.peer === passed.peer && arcs.covers(pull, passed));
  }

  #begin(passed: Passed, handover: TimedHandover, reason: Gained["reason"], offered: boolean): void {
    const { errands } = this.#ports;
    const done = errands
      .within(handover.timeoutMs, passed, (late) => this.#take(passed, handover, reason, late))
      .then((taken) => {
        this.#pulls.delete(pull);
        // The keys wait for what was taken, and not for who is told so.
        if (taken)
          void errands.within(handover.timeoutMs, passed, (late) => errands.ask("Taken", passed, late));
      });
    const pull: Pull = { ...passed, offered, done };
    this.#pulls.add(pull);
  }

  async #take(
    passed: Passed,
    handover: TimedHandover,
    reason: Gained["reason"],
    late: Ending,
  ): Promise<void> {
    const range = told(this.#ports, passed, late);
    const { errands, clock } = this.#ports;
    const leisure = { now: () => clock.now(), rest: (ms: number) => pause(clock, ms, late.signal) };
    await errands.ask("Give", passed, late, (chunks) =>
      Promise.resolve(handover.take({ ...range, reason, chunks: atLeisure(chunks, leisure) })),
    );
  }
}
