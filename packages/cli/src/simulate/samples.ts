import type { Simulation } from "@chordnet/simulator";

/** What a stretch of a run was like. */
export interface Sample {
  /** Where it ends, on the virtual clock. */
  readonly minute: number;
  readonly members: number;
  readonly messagesPerNodeS: number;
  readonly answeredPerS: number;
  readonly failedPerS: number;
  /** How long answers took, on average; null: there were none. */
  readonly answerMs: number | null;
}

/**
 * Watches a simulation and keeps a sample of each stretch of `everyMs`. A lookup counts if it is asked before
 * `actsEndMs`: later ones check the ring in the end, many at one instant, and are not part of the run.
 */
export class Sampler {
  readonly samples: Sample[] = [];
  readonly #everyMs: number;
  readonly #actsEndMs: number;
  readonly #asked = new Map<number, number>();
  #endsAt: number;
  #messages = 0;
  #nodeMs = 0;
  #answered = 0;
  #failed = 0;
  #answersMs = 0;

  constructor(everyMs: number, actsEndMs: number) {
    this.#everyMs = everyMs;
    this.#actsEndMs = actsEndMs;
    this.#endsAt = everyMs;
  }

  watch(simulation: Simulation): void {
    const { step, whenSettled } = simulation;
    simulation.step = (state, node, event) => {
      while (simulation.now >= this.#endsAt) this.#close(simulation);
      if (event._tag === "LookupRequested" && simulation.now < this.#actsEndMs)
        this.#asked.set(event.operation, simulation.now);
      return step(state, node, event);
    };
    simulation.whenSettled = (operation, settlement) => {
      this.#settle(operation, settlement.ok, settlement.at);
      whenSettled(operation, settlement);
    };
  }

  #settle(operation: number, ok: boolean, at: number): void {
    const askedAt = this.#asked.get(operation);
    if (askedAt === undefined) return;
    this.#asked.delete(operation);
    if (ok) {
      this.#answered += 1;
      this.#answersMs += at - askedAt;
    } else this.#failed += 1;
  }

  #close(simulation: Simulation): void {
    const seconds = this.#everyMs / 1000;
    const nodeMs = simulation.nodeMs();
    this.samples.push({
      minute: this.#endsAt / 60_000,
      members: members(simulation),
      messagesPerNodeS: ((simulation.messages - this.#messages) * 1000) / Math.max(1, nodeMs - this.#nodeMs),
      answeredPerS: this.#answered / seconds,
      failedPerS: this.#failed / seconds,
      answerMs: this.#answered === 0 ? null : this.#answersMs / this.#answered,
    });
    this.#messages = simulation.messages;
    this.#nodeMs = nodeMs;
    this.#answered = 0;
    this.#failed = 0;
    this.#answersMs = 0;
    this.#endsAt += this.#everyMs;
  }
}

function members({ hosts }: Simulation): number {
  let count = 0;
  for (const { state } of hosts.values()) if (state.nodes[0]?.phase._tag === "Member") count += 1;
  return count;
}
