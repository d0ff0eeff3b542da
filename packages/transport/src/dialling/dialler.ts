import { LateMap, LateSet, left } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import type { DialFailure, Driver, RawSocket, Refused } from "../driver.js";
import type { LinkLimits } from "../limits.js";
import type { Hello, LinkFailure } from "../transport.js";

/** An attempt to reach an address, for traffic, or as a probe that only asks who answers. */
export interface Dial {
  readonly address: string;
  /** What is really dialled: the own name of whoever answered at `address` under another. */
  readonly target: string;
  readonly probe: boolean;
  /** For somebody who claims the address: such have bounds of their own. */
  readonly forClaim: boolean;
  /** In the order of dials and claims: no time. */
  readonly turn: number;
  /** Whether the other side said hello: from then on nothing more is learned of who answers there. */
  answered: boolean;
}

export type DialOutcome = Either<LinkFailure, Hello>;

export interface DiallerHandlers {
  /** Orders dials among the claims that they may prove: a higher number each time. */
  nextTurn(): number;
  onDialled(dial: Dial, socket: RawSocket): void;
  onDialFailed(dial: Dial, failure: LinkFailure | DialFailure): void;
}

/** The attempts under way: each gets exactly one outcome, whatever happens. */
export class Dialler {
  readonly #driver: Driver;
  readonly #limits: LinkLimits;
  readonly #handlers: DiallerHandlers;
  /** How each is given up: a link keeps its dial, and should not keep that. */
  readonly #dials = new LateMap<Dial, AbortController>();
  readonly #probes = new LateMap<string, Array<(outcome: DialOutcome) => void>>();
  readonly #connecting = new LateSet<Promise<void>>();
  /** How many dials are not for claims. */
  #own = 0;

  constructor(driver: Driver, limits: LinkLimits, handlers: DiallerHandlers) {
    this.#driver = driver;
    this.#limits = limits;
    this.#handlers = handlers;
  }

  /** Whether it will yet turn out who answers there. */
  isAsking(address: string): boolean {
    for (const dial of this.#dials.keys()) if (dial.target === address && !dial.answered) return true;
    return false;
  }

  dial(address: string, target: string = address): Dial {
    return this.#begin(address, target, false, false);
  }

  #begin(address: string, target: string, probe: boolean, forClaim: boolean): Dial {
    const turn = this.#handlers.nextTurn();
    const abort = new AbortController();
    const dial: Dial = { address, target, probe, forClaim, turn, answered: false };
    this.#dials.set(dial, abort);
    this.#own += forClaim ? 0 : 1;
    const connecting = this.#connect(dial, abort.signal).finally(() => this.#connecting.delete(connecting));
    this.#connecting.add(connecting);
    return dial;
  }

  /** Asks who answers at the address; those who ask at the same time share one probe. */
  probe(address: string): Promise<DialOutcome> {
    return new Promise((resolve) => {
      const waiting = this.#probes.get(address);
      if (waiting !== undefined) {
        waiting.push(resolve);
        return;
      }
      this.#probes.set(address, [resolve]);
      this.#begin(address, address, true, false);
    });
  }

  /** Asks for one who claims the address: see `isAsking` first. */
  verify(address: string): void {
    this.#probes.set(address, []);
    this.#begin(address, address, true, true);
  }

  /** Ends what `verify` began, unless others have come to wait for it. */
  giveUp(address: string, ended: (dial: Dial) => void): void {
    if ((this.#probes.get(address)?.length ?? 1) > 0) return;
    for (const [dial, abort] of [...this.#dials]) {
      if (dial.address !== address || !dial.forClaim) continue;
      abort.abort();
      this.#handlers.onDialFailed(dial, { reason: "overloaded", detail: "given up for others" });
      ended(dial);
    }
  }

  /** False if it had its outcome before. */
  settle(dial: Dial, outcome: DialOutcome): boolean {
    if (!this.#dials.delete(dial)) return false;
    this.#own -= dial.forClaim ? 0 : 1;
    if (dial.probe) {
      const waiting = this.#probes.get(dial.address) ?? [];
      this.#probes.delete(dial.address);
      for (const resolve of waiting) resolve(outcome);
    }
    return true;
  }

  /** Gives up all attempts; resolves when none holds a handle. */
  async close(): Promise<void> {
    for (const [dial, abort] of [...this.#dials]) {
      abort.abort();
      this.#handlers.onDialFailed(dial, { reason: "closed", detail: "the endpoint closed" });
    }
    await Promise.all(this.#connecting);
  }

  async #connect(dial: Dial, signal: AbortSignal): Promise<void> {
    const { dialTimeoutMs } = this.#limits;
    // Awaited even where nothing is dialled: whoever began the dial must know it before it fails.
    const result = await (!dial.forClaim && this.#own > this.#limits.connectionsMax
      ? left<LinkFailure>({ reason: "overloaded", detail: "too many dials under way" })
      : this.#driver.dial(dial.target, { timeoutMs: dialTimeoutMs, signal }));
    if (result._tag === "Left") this.#handlers.onDialFailed(dial, result.left);
    else if (signal.aborted) result.right.destroy();
    else this.#handlers.onDialled(dial, result.right);
  }
}

/**
 * Whether a dial that failed was unwelcome, to one of the two sides. So it is where somebody answered under another
 * name at which nobody does: that this one is refused proves nothing of the one that was meant.
 */
export const refusedDial = (dial: Dial, failure: LinkFailure | DialFailure): Refused | null => {
  if ("refused" in failure && failure.refused !== undefined) return failure.refused;
  if (dial.target === dial.address || failure.reason === "closed") return null;
  const { reason } = failure;
  const detail = `it says that its address is ${dial.target}, and that can't be dialled: ${reason}`;
  return { by: "us", refusal: { code: "other-address", detail } };
};
