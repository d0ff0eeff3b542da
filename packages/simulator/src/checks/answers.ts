import type { Address, Epoch, Id, Millis, Owner } from "@chordnet/core";
import { Dice } from "../simulation/dice.js";
import type { Host } from "../simulation/host.js";
import type { Settlement, Simulation } from "../simulation/simulation.js";
import type { Writer } from "./registers.js";
import { Registers } from "./registers.js";

/** What became of all lookups. */
export interface LookupFigures {
  readonly asked: number;
  readonly answered: number;
  readonly failed: number;
  /** Nodes contacted for an answer, on average. */
  readonly hopsMean: number;
  /** How long an answer took, on average. */
  readonly msMean: number;
}

/** How long after its deadline a lookup is given up for lost. */
const graceMs = 5000;

/** The most that a client may dawdle before it writes through the owner that it found. */
export const writeDelayMs = 20_000;

/** Lookups that are asked during a run. Each is judged as it is answered. */
export class Answers {
  private readonly simulation: Simulation;
  private readonly open = new Map<number, Question>();
  private readonly latest = new Map<Id, Answered>();
  private readonly registers = new Registers();
  private asked = 0;
  private answered = 0;
  private failed = 0;
  private hops = 0;
  private ms = 0;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
  }

  /** Asks the process, if it is there. */
  ask(asker: Address, key: Id, timeoutMs: Millis): void {
    const { simulation } = this;
    const { hosts, now: askedAt } = simulation;
    const host = hosts.get(asker);
    if (host === undefined) return;
    this.asked++;
    const dueAt = host.clock(askedAt) + timeoutMs;
    const question = { asker, host, key, askedAt, dueAt, before: this.latest.get(key) };
    const operation = simulation.lookup(asker, key, "recursive", timeoutMs);
    const settlement = simulation.settled.get(operation);
    if (settlement !== undefined) return this.judge(question, settlement);
    this.open.set(operation, question);
    simulation.schedule(timeoutMs + graceMs, () => this.giveUp(operation));
  }

  /** The simulation tells this of every operation that is settled: those asked here are judged. */
  settle(operation: number, settlement: Settlement): void {
    const question = this.open.get(operation);
    if (question === undefined) return;
    this.open.delete(operation);
    this.judge(question, settlement);
  }

  /** Whether the key's register refuses the owner's writes. */
  refuses(key: Id, { epoch }: Owner): boolean {
    return this.registers.refuses(key, epoch);
  }

  figures(): LookupFigures {
    const { asked, answered, failed } = this;
    const mean = (sum: number): number => (answered === 0 ? 0 : sum / answered);
    return { asked, answered, failed, hopsMean: mean(this.hops), msMean: mean(this.ms) };
  }

  private judge(question: Question, { at, result }: Settlement): void {
    if (result._tag !== "Owner") {
      this.failed++;
      return;
    }
    this.answered++;
    this.hops += result.hops;
    this.ms += at - question.askedAt;
    this.compare(question, result, at);
  }

  private compare(question: Question, answer: Owner, at: Millis): void {
    const { peer, epoch } = answer;
    const { witness } = this.simulation;
    const { key, asker, askedAt, before } = question;
    const { address: owner } = peer;
    const since = witness.claims.since(answer, key, askedAt, at);
    if (since === null) witness.report(at, { _tag: "WrongAnswer", key, asker, owner });
    else this.writeLater(key, { owner, epoch, since });
    if (before !== undefined && fell(before, { epoch, owner })) {
      witness.report(at, { _tag: "AnswerFell", key, asker, owner });
    }
    const known = this.latest.get(key);
    if (known === undefined || known.epoch < epoch) this.latest.set(key, { epoch, owner });
  }

  /** At once, or long after. */
  private writeLater(key: Id, writer: Writer): void {
    const { simulation } = this;
    const delayMs = writeDelayMs * Dice.of(`write ${simulation.now}`).draw() ** 3;
    simulation.schedule(delayMs, () => {
      const broken = this.registers.write(key, writer);
      if (broken !== null) simulation.witness.report(simulation.now, broken);
    });
  }

  /** Only an asker that was stopped just now, slept (its clock has time left) or is gone may be without an answer. */
  private giveUp(operation: number): void {
    const question = this.open.get(operation);
    if (question === undefined) return;
    const { simulation } = this;
    const { host, asker, key, dueAt } = question;
    const wasStopped = host.isStopped(simulation.now - graceMs) || host.clock(simulation.now) < dueAt;
    if (simulation.hosts.get(asker) === host && wasStopped) {
      simulation.schedule(graceMs, () => this.giveUp(operation));
      return;
    }
    this.open.delete(operation);
    this.failed++;
    if (simulation.hosts.get(asker) !== host) return;
    simulation.witness.report(simulation.now, { _tag: "NoAnswer", key, asker });
  }
}

interface Answered {
  readonly epoch: Epoch;
  readonly owner: Address;
}

interface Question {
  readonly asker: Address;
  readonly host: Host;
  readonly key: Id;
  readonly askedAt: Millis;
  /** By the asker's own clock. */
  readonly dueAt: Millis;
  /** The highest epoch that was answered for the key before this was asked. */
  readonly before: Answered | undefined;
}

function fell(earlier: Answered, later: Answered): boolean {
  return earlier.epoch > later.epoch || (earlier.epoch === later.epoch && earlier.owner !== later.owner);
}
