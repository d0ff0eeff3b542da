import type { FaultCode } from "./message.js";

/**
 * Why an exchange brought no response, or no whole one: what the other side said, or that it cannot be reached
 * (`unreachable`), that what was sent may be lost (`interrupted`, too), that it knows nothing of exchanges
 * (`unsupported`), or that the answer does not matter any more (`given-up`).
 */
export type TroubleReason = FaultCode | "unreachable" | "unsupported" | "given-up";

export class Trouble extends Error {
  override readonly name: string = "Trouble";
  readonly reason: TroubleReason;
  readonly detail: string;

  constructor(reason: TroubleReason, detail = "", cause?: unknown) {
    super(`${reason}: ${detail}`, { cause });
    this.reason = reason;
    this.detail = detail;
  }
}
