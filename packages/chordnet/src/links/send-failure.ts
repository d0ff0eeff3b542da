import type { SendFailure } from "@chordnet/core";
import type { TransportEvent } from "@chordnet/transport";
import type { ExchangeFailure } from "../exchange/exchanges.js";

/** Frames that came back. */
export type FramesBack = Extract<TransportEvent, { readonly _tag: "SendFailed" }>;

/** What it proves to the machine that they came back: only a refusal proves death, and only while it is fresh. */
export function sendFailure({ reason, cause }: FramesBack): SendFailure {
  if (reason === "backoff" && cause?.reason === "refused")
    return cause.agoMs <= refusalFreshMs ? "refused" : "refused-before";
  if (reason === "refused" || reason === "rejected") return reason;
  return reason === "overloaded" || reason === "oversized" ? "overloaded" : "unreachable";
}

/** What it means for an exchange, which tells its asker of a frame that is too long. */
export function exchangeFailure(back: FramesBack): ExchangeFailure {
  if (back.reason === "oversized") return back.reason;
  const failure = sendFailure(back);
  return failure === "refused-before" ? "unreachable" : failure;
}

/** How long a refused dial speaks for the sends that follow it without a dial of their own. */
const refusalFreshMs = 300;
