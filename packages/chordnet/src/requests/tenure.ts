import type { Arc, Arcs, Config, Id, ProcessState } from "@chordnet/core";
import { claim, LateSet, owns, rangeStart } from "@chordnet/core";
import { ChordNetError } from "../errors/errors.js";
import type { Clock } from "../ports.js";
import { Alarm } from "../waiting/alarm.js";
import { Ending } from "../waiting/ending.js";

/** A key that is held while something is done for it. */
export interface Tenure {
  readonly epoch: number;
  /** Comes when the key is not claimed any more: before anybody else can claim it; or when the work is not wanted. */
  readonly ending: Ending;
  /** The key has been handed over as it was before: what is done now does not count. */
  readonly revoked: boolean;
  /** What was done is done. */
  end(): void;
}

class Held implements Tenure {
  readonly key: Id;
  readonly epoch: number;
  readonly ending: Ending = new Ending();
  revoked = false;
  readonly #forget: () => void;
  readonly #over: Ending = new Ending();

  constructor(key: Id, epoch: number, forget: (held: Held) => void) {
    this.key = key;
    this.epoch = epoch;
    this.#forget = () => forget(this);
  }

  end(): void {
    this.#forget();
    this.#over.end(null);
  }

  /** When what is done for it is done. */
  ended(): Promise<void> {
    return new Promise((resolve) => void this.#over.onEnd(resolve));
  }

  /** The key is not claimed any more. */
  lose(): void {
    this.ending.end(new ChordNetError("NOT_OWNER", { owner: null }));
  }
}

export interface TenuresPorts {
  readonly clock: Clock;
  readonly config: Config;
  readonly arcs: Arcs;
  state(): ProcessState | null;
}

/**
 * Who does something because this process owns a key is told when it does so no longer. A claim ends in two ways: its
 * range changes hands, which is announced; or its lease runs out, which is looked after by one timer for all. The heir
 * waits 5 % longer than the lease, from later on, so an abort at the end of the lease comes before it takes anything.
 */
export class Tenures {
  readonly #ports: TenuresPorts;
  readonly #held = new LateSet<Held>();
  readonly #forget = (held: Held): void => void this.#held.delete(held);
  /** For the end of the lease that ends first. */
  readonly #alarm: Alarm;

  constructor(ports: TenuresPorts) {
    this.#ports = ports;
    this.#alarm = new Alarm(ports.clock, () => this.#check());
  }

  claims(key: Id): boolean {
    return this.#claimOf(key) !== null;
  }

  /** Null where this process does not claim the key at this moment. */
  hold(key: Id): Tenure | null {
    const claimed = this.#claimOf(key);
    if (claimed === null) return null;
    const held = new Held(key, claimed.epoch, this.#forget);
    this.#held.add(held);
    this.#alarm.set(claimed.until);
    return held;
  }

  /** The keys of the arc are not claimed any more. */
  lost(arc: Arc): void {
    for (const held of this.#within(arc)) held.lose();
  }

  /** When all that was being done for keys of the arc is done. */
  async ended(arc: Arc): Promise<void> {
    await Promise.all(this.#within(arc).map((held) => held.ended()));
  }

  /** What is still being done for keys of the arc is not waited for: it must not count as done any more. */
  revoke(arc: Arc): void {
    for (const held of this.#within(arc)) held.revoked = true;
  }

  /** What this process claims at this moment. */
  claimed(): ReadonlyArray<Arc> {
    const { state, config, clock } = this.#ports;
    const now = clock.now();
    return (state()?.nodes ?? []).flatMap((node) => {
      const held = claim(node, now);
      if (held === null) return [];
      return [{ start: rangeStart(config.space, node.self.id, held.token.length), end: node.self.id }];
    });
  }

  /** When all that was being done for any key is done. */
  async allEnded(): Promise<void> {
    await Promise.all([...this.#held].map((held) => held.ended()));
  }

  /** This process claims nothing any more. */
  close(): void {
    this.#alarm.stop();
    for (const held of [...this.#held]) held.lose();
  }

  #within(arc: Arc): ReadonlyArray<Held> {
    return [...this.#held].filter(({ key }) => this.#ports.arcs.has(arc, key));
  }

  #claimOf(key: Id): { readonly epoch: number; readonly until: number } | null {
    const now = this.#ports.clock.now();
    for (const node of this.#ports.state()?.nodes ?? []) {
      const claimed = owns(node, key, now) ? claim(node, now) : null;
      if (claimed !== null) return { epoch: claimed.token.epoch, until: now + claimed.leaseMs };
    }
    return null;
  }

  #check(): void {
    for (const held of [...this.#held]) {
      if (held.ending.over) continue;
      const claimed = this.#claimOf(held.key);
      if (claimed === null) held.lose();
      else this.#alarm.set(claimed.until);
    }
  }
}
