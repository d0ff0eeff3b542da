import { LateMap } from "@chordnet/core";
import type { LinkFailure, TransportEvent } from "../transport.js";

type Cause = NonNullable<Extract<TransportEvent, { readonly _tag: "SendFailed" }>["cause"]>;

/** Dials of late that failed: each doubles the time during which the address is not tried again. */
export class Backoff {
  readonly #failures = new LateMap<
    string,
    { readonly delayMs: number; readonly at: number; readonly until: number; readonly failure: LinkFailure }
  >();
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #rememberedMax: number;

  constructor(minMs: number, maxMs: number, rememberedMax: number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#rememberedMax = rememberedMax;
  }

  /** `now` in milliseconds of any steady clock. */
  blocks(address: string, now: number): boolean {
    const failure = this.#failures.get(address);
    return failure !== undefined && now < failure.until;
  }

  /** The last failure, and how long ago it was. */
  cause(address: string, now: number): Cause | null {
    const last = this.#failures.get(address);
    if (last === undefined) return null;
    const { reason, refusal } = last.failure;
    return { reason, agoMs: now - last.at, ...(refusal && { refusal }) };
  }

  failed(address: string, now: number, failure: LinkFailure): void {
    const earlier = this.#failures.get(address);
    const delayMs = Math.min(earlier === undefined ? this.#minMs : earlier.delayMs * 2, this.#maxMs);
    this.#failures.delete(address);
    this.#failures.set(address, { delayMs, at: now, until: now + delayMs, failure });
    if (this.#failures.size <= this.#rememberedMax) return;
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }

  cleared(address: string): void {
    this.#failures.delete(address);
  }
}
