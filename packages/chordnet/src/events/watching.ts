import { LateSet } from "@chordnet/core";
import type { Owner } from "../api.js";
import { isChordNetError } from "../errors/errors.js";
import { guarded } from "../guarded.js";
import type { Clock, Logger } from "../ports.js";
import { onAborted } from "../waiting/aborts.js";

export interface WatchOptions {
  readonly intervalMs: number;
  readonly lookup: () => Promise<Owner>;
  readonly listener: (owner: Owner | null) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The keys that a node's application watches. */
export class Watches {
  readonly #all = new LateSet<Watch>();

  /** Watches until the returned function is called, or the signal is aborted. */
  add(options: WatchOptions, over: AbortSignal): () => void {
    const watch = new Watch(options);
    const stop = (): void => {
      forget();
      watch.stop();
      this.#all.delete(watch);
    };
    const forget = onAborted(over, stop);
    this.#all.add(watch);
    return stop;
  }

  /** Something happened that may concern them. */
  check(): void {
    for (const watch of this.#all) watch.check();
  }
}

/** Looks a key's owner up once in an interval, and tells the first answer and each that differs. */
export class Watch {
  readonly #options: WatchOptions;
  #told: string | null | undefined = undefined;
  #stopped = false;
  #asking = false;
  #again = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.check();
  }

  /** Something happened that may concern the key. */
  check(): void {
    this.#again = this.#asking;
    if (this.#asking || this.#stopped) return;
    this.#asking = true;
    this.#cancelTimer();
    void this.#look().then(() => {
      this.#asking = false;
      if (this.#stopped) return;
      if (this.#again) this.check();
      else this.#cancelTimer = this.#options.clock.after(this.#options.intervalMs, () => this.check());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  async #look(): Promise<void> {
    try {
      this.#tell(await this.#options.lookup());
    } catch (error) {
      // Nobody was asked: this node has too much under way itself, as where it watches keys by the ten thousand.
      if (isChordNetError(error, "OVERLOADED")) return;
      if (!isChordNetError(error)) this.#options.logger.error("a watched key's lookup threw", error);
      this.#tell(null);
    }
  }

  #tell(owner: Owner | null): void {
    const name = owner === null ? null : `${owner.address} ${owner.epoch}`;
    if (this.#stopped || name === this.#told) return;
    this.#told = name;
    const { listener, logger } = this.#options;
    guarded(
      () => listener(owner),
      (error) => logger.error("a listener of watch threw", error),
    );
  }
}
