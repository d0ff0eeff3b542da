import type { FailureReason } from "./transport.js";

/** Dials of late that failed: each doubles the time during which the address is not tried again. */
export class Backoff {
  readonly #failures = new Map<
    string,
    { readonly delayMs: number; readonly at: number; readonly until: number; readonly reason: FailureReason }
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
  cause(address: string, now: number): { readonly reason: FailureReason; readonly agoMs: number } | null {
    const failure = this.#failures.get(address);
    return failure === undefined ? null : { reason: failure.reason, agoMs: now - failure.at };
  }

  failed(address: string, now: number, reason: FailureReason): void {
    const earlier = this.#failures.get(address);
    const delayMs = Math.min(earlier === undefined ? this.#minMs : earlier.delayMs * 2, this.#maxMs);
    this.#failures.delete(address);
    this.#failures.set(address, { delayMs, at: now, until: now + delayMs, reason });
    if (this.#failures.size <= this.#rememberedMax) return;
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }

  cleared(address: string): void {
    this.#failures.delete(address);
  }
}
