import type { Address, Arc, Arcs } from "@chordnet/core";
import { LateMap } from "@chordnet/core";
import type { Clock } from "../ports.js";
import { Condition } from "../waiting/condition.js";
import type { Passed } from "./passed.js";

/** What another owns now, and has not taken yet. */
export interface Owed extends Passed {
  asked: boolean;
}

/** What was kept here for ranges that others own now: until they have taken it, or its time is over. */
export class Debts {
  readonly #clock: Clock;
  readonly #arcs: Arcs;
  /** With how to stop waiting for each. */
  readonly #owed = new LateMap<Owed, () => void>();
  readonly #paid = new Condition(() => this.#owed.size === 0);

  constructor(clock: Clock, arcs: Arcs) {
    this.#clock = clock;
    this.#arcs = arcs;
  }

  owe(passed: Passed, timeoutMs: number): Owed {
    const owed: Owed = { ...passed, asked: false };
    const stop = this.#clock.after(timeoutMs, () => this.writeOff(owed));
    this.#owed.set(owed, stop);
    return owed;
  }

  /** Whether nobody has asked for it, and somebody is to have it. */
  isIdle(owed: Owed): boolean {
    return this.#owed.has(owed) && !owed.asked;
  }

  /** The new owner is at it. */
  asked(peer: Address, arc: Arc): void {
    for (const owed of this.#owed.keys()) {
      if (owed.peer === peer && this.#arcs.overlap(owed, arc)) owed.asked = true;
    }
  }

  /** The new owner has it. */
  taken(peer: Address, arc: Arc): void {
    this.#settle((owed) => owed.peer === peer && this.#arcs.covers(arc, owed));
  }

  /** That peer is not going to take it; what others are owed of the same range still is. */
  writeOff(owed: Owed): void {
    this.#settle((other) => other === owed);
  }

  owedTo(): ReadonlyArray<Address> {
    return [...this.#owed.keys()].map(({ peer }) => peer);
  }

  /** These are not going to take anything. Whether anything was owed to them. */
  writeOffAll(gone: ReadonlySet<Address>): boolean {
    const before = this.#owed.size;
    this.#settle(({ peer }) => gone.has(peer));
    return this.#owed.size < before;
  }

  /** What came back is owed to nobody. */
  cameBack(arc: Arc): void {
    this.#settle((owed) => this.#arcs.overlap(owed, arc));
  }

  /** When everybody has taken what is theirs. */
  paid(): Promise<void> {
    return this.#paid.holds();
  }

  #settle(isSettled: (owed: Owed) => boolean): void {
    for (const [owed, stop] of this.#owed) {
      if (!isSettled(owed)) continue;
      stop();
      this.#owed.delete(owed);
    }
    this.#paid.check();
  }
}
