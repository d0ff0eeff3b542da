import { LateMap } from "@chordnet/core";
import { guarded } from "../guarded.js";
import type { Logger } from "../ports.js";
import type { EventName, Events } from "./events.js";

type Listener<E extends EventName> = (data: Events[E]) => void;

/**
 * Tells listeners what happened, in order, after the code that noticed it has finished: so the state has changed by
 * then, and a listener may call back in. A listener that throws, or whose promise rejects, is logged and harms nobody
 * else.
 */
export class Emitter {
  readonly #listeners = new LateMap<EventName, Set<Listener<never>>>();
  readonly #logger: Logger;
  #queue: (() => void)[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    const registered: Listener<E> = (data) => listener(data);
    const all = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, all.add(registered));
    return () => void all.delete(registered);
  }

  emit<E extends EventName>(event: E, data: Events[E]): void {
    const all = this.#listeners.get(event) as Set<Listener<E>> | undefined;
    if (all === undefined || all.size === 0) return;
    this.later(() => {
      for (const listener of [...all]) if (all.has(listener)) this.#tell(event, () => listener(data));
    });
  }

  /** Runs in order with the events. */
  later(task: () => void): void {
    this.#queue.push(task);
    if (this.#queue.length === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const tasks = this.#queue;
    this.#queue = [];
    for (const task of tasks) task();
  }

  #tell(event: string, task: () => unknown): void {
    guarded(task, (error) => this.#logger.error(`a listener of ${event} threw`, error));
  }
}
