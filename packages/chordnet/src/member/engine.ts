import type {
  Address,
  Announcement,
  Dropped,
  Effect,
  Event,
  Happening,
  Id,
  LookupMode,
  LookupRequested,
  Message,
  Millis,
  OperationId,
  Outcome,
  ProcessState,
  Received,
  Recorder,
  Settled,
  StatusAsked,
} from "@chordnet/core";
import { kinds, nextProcessDeadline, type PromptAnswers, stepProcess } from "@chordnet/core";
import type { Counters } from "../observing/counters.js";
import type { Clock, Logger } from "../ports.js";
import { Faults } from "./faults.js";

/** Where the effects of a step go. None of these may throw; each may call `tell`. */
export interface Outside {
  send(node: number, to: Address, message: Message): void;
  settled(effect: Settled): void;
  announced(node: number, change: Announcement): void;
  suspected(process: Address): void;
  statusAsked(node: number, effect: StatusAsked): void;
  dropped(effect: Dropped): void;
  /** The machine was woken by its timer, as it is in every interval, and all that came of it is done. */
  ticked(): void;
}

/** A timer that fires later than this says that the process was held up, and others' answers with it. */
const lateMs = 20;

/** How often, at the most, it is looked whether the timer may be set to a later time. */
const lookMs = 20;

interface Mail {
  /** Null: every virtual node. */
  readonly node: number | null;
  readonly event: Event;
}

/**
 * Drives the state machine: one mailbox, so that events are stepped one after another and effects run after the state
 * has been set; and one timer, armed for the machine's next deadline.
 */
export class Engine {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #faults: Faults;
  readonly #outside: Outside;
  readonly #recorder: Recorder | null;
  readonly #prompt: PromptAnswers;
  #state: ProcessState;
  #mailbox: Mail[] = [];
  #stepping = false;
  #closed = false;
  #armedFor: number = Number.POSITIVE_INFINITY;
  /** The state none of whose deadlines is before `#armedFor`; null where they are to be looked at anew. */
  #armedIn: ProcessState | null = null;
  #lookedAt: Millis = Number.NEGATIVE_INFINITY;
  #disarm: () => void = () => undefined;
  /** Whether a late timer has let the sockets go first. */
  #yielded = false;

  constructor(
    state: ProcessState,
    outside: Outside,
    ports: {
      readonly clock: Clock;
      readonly logger: Logger;
      readonly counters: Counters;
      readonly recorder: Recorder | null;
      readonly prompt: PromptAnswers;
    },
  ) {
    this.#state = state;
    this.#outside = outside;
    this.#clock = ports.clock;
    this.#counters = ports.counters;
    this.#faults = new Faults(ports);
    this.#recorder = ports.recorder;
    this.#prompt = ports.prompt;
    this.#arm(this.#clock.now());
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** Something happened, now. */
  tell(node: number | null, happening: Happening): void {
    this.#take(node, { ...happening, at: this.#clock.now(), wall: this.#clock.wall() });
  }

  /** A lookup was asked for, at this time, which is now: written out, as is what follows, as these two happen most. */
  lookUp(
    operation: OperationId,
    target: Id,
    deadline: Millis,
    mode: LookupMode,
    at: Millis,
    wall: Millis,
  ): void {
    const event: Event & LookupRequested = {
      _tag: "LookupRequested",
      operation,
      target,
      deadline,
      mode,
      at,
      wall,
    };
    this.#take(0, event);
  }

  /** A message arrived. */
  receive(node: number, from: Address, incarnation: number, client: boolean, message: Message): void {
    const event: Event & Received = {
      _tag: "Received",
      from,
      incarnation,
      client,
      message,
      at: this.#clock.now(),
      wall: this.#clock.wall(),
    };
    this.#take(node, event);
  }

  /**
   * The frame that answers the one that came from this process, where that takes no step; valid until the next. Null:
   * it is to be received. What is recorded has all that came.
   */
  answer(from: Address, frame: Uint8Array): Uint8Array | null {
    // Only these are ever answered so: for the others the clocks need not be looked at.
    if (frame[0] !== kinds.Find.code) return null;
    if (this.#closed || this.#stepping || this.#recorder !== null) return null;
    return this.#prompt.answer(this.#state, from, frame, this.#clock.now(), this.#clock.wall());
  }

  /** No step after this. */
  close(): void {
    this.#closed = true;
    this.#disarm();
    this.#mailbox = [];
  }

  /** What is told while a step runs waits in the mailbox until its effects have run. */
  #take(node: number | null, event: Event): void {
    if (this.#closed) return;
    if (this.#stepping) {
      this.#mailbox.push({ node, event });
      return;
    }
    this.#stepping = true;
    try {
      this.#step(node, event);
      if (this.#mailbox.length > 0) this.#stepMail();
    } finally {
      this.#stepping = false;
    }
    this.#arm(event.at);
  }

  #stepMail(): void {
    for (let i = 0; i < this.#mailbox.length; i += 1) {
      const { node, event } = this.#mailbox[i] as Mail;
      this.#step(node, event);
    }
    this.#mailbox = [];
  }

  #step(node: number | null, event: Event): void {
    try {
      for (const outcome of this.#advance(node, event))
        for (const effect of outcome.effects) this.#run(outcome.node, effect);
    } catch (error) {
      this.#faults.caught(`the step for ${event._tag}`, error);
    }
  }

  /** The step alone: what comes of it is recorded before anything is done. */
  #advance(node: number | null, event: Event): ReadonlyArray<Outcome> {
    let outcomes: ReadonlyArray<Outcome> | null = null;
    try {
      [this.#state, outcomes] = stepProcess(this.#state, node, event);
      return outcomes;
    } finally {
      this.#recorder?.stepped(node, event, outcomes);
    }
  }

  #run(node: number, effect: Effect): void {
    switch (effect._tag) {
      case "Send":
        this.#outside.send(node, effect.to, effect.message);
        return;
      case "Settled":
        this.#outside.settled(effect);
        return;
      case "Announced":
        this.#outside.announced(node, effect.change);
        return;
      case "Suspected":
        this.#outside.suspected(effect.process);
        return;
      case "StatusAsked":
        this.#outside.statusAsked(node, effect);
        return;
      case "Dropped":
        this.#outside.dropped(effect);
        return;
    }
  }

  /** After what happened at this time. */
  #arm(at: Millis): void {
    const deadline = nextProcessDeadline(this.#state, this.#armedIn);
    this.#armedIn = this.#state;
    if (this.#closed) return;
    const due = deadline === null ? Number.POSITIVE_INFINITY : this.#faults.dueAt(deadline);
    if (due < this.#armedFor) this.#armFor(due);
    else if (due > this.#armedFor && at - this.#lookedAt >= lookMs) this.#armLater(at);
  }

  /** What the timer stands for may have come about: a node that rests is not to be woken for it. */
  #armLater(at: Millis): void {
    this.#lookedAt = at;
    const deadline = nextProcessDeadline(this.#state);
    if (deadline !== null && this.#faults.dueAt(deadline) > this.#armedFor)
      this.#armFor(this.#faults.dueAt(deadline));
  }

  #armFor(due: Millis): void {
    this.#disarm();
    this.#armedFor = due;
    this.#disarm = this.#clock.after(Math.max(0, due - this.#clock.now()), () => this.#wake());
  }

  #wake(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#armedIn = null;
    this.#disarm = () => undefined;
    const deadline = nextProcessDeadline(this.#state);
    const due = deadline === null ? null : this.#faults.dueAt(deadline);
    const now = this.#clock.now();
    // Node runs timers before it reads: the answers that seem to be missing may lie in the sockets' buffers.
    if (due !== null && !this.#yielded && now - due > lateMs) {
      this.#yielded = true;
      this.#armedFor = due;
      this.#disarm = this.#clock.after(0, () => this.#wake());
      return;
    }
    this.#yielded = false;
    if (due !== null && due > now) {
      this.#armFor(due);
      return;
    }
    this.#counters.timers += 1;
    this.tell(null, { _tag: "Ticked" });
    this.#outside.ticked();
  }
}
