import type { SendFailure } from "@chordnet/core";
import type { FailureReason, TransportEvent } from "@chordnet/transport";
import type { ExchangeFailure } from "../exchange/exchanges.js";

/** Frames that came back. */
export type FramesBack = Extract<TransportEvent, { readonly _tag: "SendFailed" }>;

/** What it proves to the machine that they came back: only a refusal proves death. */
export function sendFailure({ reason, cause }: FramesBack): SendFailure {
  const fresh = reason === "backoff" && cause?.reason === "refused" && cause.agoMs <= refusalFreshMs;
  const proven: FailureReason = fresh ? "refused" : reason;
  if (proven === "refused" || proven === "rejected") return proven;
  return proven === "overloaded" || proven === "oversized" ? "overloaded" : "unreachable";
}

/** What it means for an exchange, which tells its asker of a frame that is too long. */
export function exchangeFailure(back: FramesBack): ExchangeFailure {
  return back.reason === "oversized" ? back.reason : sendFailure(back);
}

/** So long a refused dial speaks for the sends that follow it without a dial of their own. */
const refusalFreshMs = 300;
