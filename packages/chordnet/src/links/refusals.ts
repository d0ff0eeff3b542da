import { LateMap } from "@chordnet/core";
import type { Refusal } from "@chordnet/transport";

/** Why the processes refuse us that did so of late: of too many the oldest is forgotten. */
export class Refusals {
  readonly #refusals = new LateMap<string, Refusal>();

  of(process: string): Refusal | null {
    return this.#refusals.get(process) ?? null;
  }

  remember(process: string, refusal: Refusal): void {
    this.forget(process);
    const [oldest] = this.#refusals.size < refusalsMax ? [] : this.#refusals.keys();
    if (oldest !== undefined) this.#refusals.delete(oldest);
    this.#refusals.set(process, refusal);
  }

  forget(process: string): void {
    this.#refusals.delete(process);
  }
}

/** It only serves those who ask about the process at that moment. */
export const refusalsMax = 256;
