import type { Address, Id, Owner } from "@chordnet/core";
import type { Host } from "./host.js";
import type { Simulation } from "./simulation.js";

/** What became of all lookups of a schedule. */
export interface Judged {
  readonly lookups: number;
  readonly failedLookups: number;
  /** Neither answered nor failed long after their deadline, though who asked is still there. */
  readonly openLookups: number;
  /** Answers that name a node which at no instant between question and answer claimed the key. */
  readonly wrongLookups: number;
  /** Answers with a lower epoch than an answer for the same key that was there before the question. */
  readonly fallenEpochs: number;
}

/** Lookups that are asked during a schedule, and judged after it. */
export class Questions {
  private readonly simulation: Simulation;
  private readonly questions = new Map<number, Question>();

  constructor(simulation: Simulation) {
    this.simulation = simulation;
  }

  get asked(): number {
    return this.questions.size;
  }

  ask(url: Address, target: Id, timeoutMs: number): void {
    const { hosts, now: askedAt } = this.simulation;
    const asker = hosts.get(url);
    const operation = this.simulation.lookup(url, target, "recursive", timeoutMs);
    if (asker !== undefined) this.questions.set(operation, { asker, target, askedAt });
  }

  judged(): Judged {
    const answers = this.answers();
    const { witness } = this.simulation;
    return {
      lookups: this.asked,
      failedLookups: this.asked - answers.length,
      openLookups: this.open(),
      wrongLookups: answers.filter(
        ({ owner, target, askedAt, at }) => !witness.confirms(owner, target, askedAt, at),
      ).length,
      fallenEpochs: answers.filter((later) => answers.some((earlier) => fell(earlier, later))).length,
    };
  }

  private open(): number {
    const { hosts, settled } = this.simulation;
    return [...this.questions].filter(
      ([operation, { asker }]) => !settled.has(operation) && hosts.get(asker.state.url) === asker,
    ).length;
  }

  private answers(): Answered[] {
    const found: Answered[] = [];
    for (const [operation, question] of this.questions) {
      const settlement = this.simulation.settled.get(operation);
      if (settlement?.result._tag !== "Owner") continue;
      found.push({ ...question, owner: settlement.result, at: settlement.at });
    }
    return found;
  }
}

interface Question {
  readonly asker: Host;
  readonly target: Id;
  readonly askedAt: number;
}

interface Answered extends Question {
  readonly owner: Owner;
  readonly at: number;
}

/** The earlier one was known before the later was asked for, and has the higher epoch. */
function fell(earlier: Answered, later: Answered): boolean {
  return (
    earlier.target === later.target && earlier.at <= later.askedAt && earlier.owner.epoch > later.owner.epoch
  );
}
