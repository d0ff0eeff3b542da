import type { Refused } from "./driver.js";
import type { DisconnectReason, FailureReason, LinkFailure } from "./transport.js";

/** `duplicate`: another connection between the same two survives. */
export type ByeReason = "closed" | "idle" | "duplicate";

/** A reason's place is its code on the wire. */
export const byeReasons: ReadonlyArray<ByeReason> = ["closed", "idle", "duplicate"];

/** Why a link delivers nothing more. */
export interface LinkEnd {
  readonly reason: DisconnectReason | "duplicate";
  readonly detail: string;
  readonly refused?: Refused;
}

/** What an end means for the frames that were still to be sent. */
export const failureOf = ({ reason, detail, refused }: LinkEnd): LinkFailure => {
  const failure: LinkFailure = { reason: failureReasons[reason], detail };
  return refused === undefined ? failure : { ...failure, refusal: refused.refusal };
};

const failureReasons: Readonly<Record<LinkEnd["reason"], FailureReason>> = {
  closed: "closed",
  idle: "closed",
  duplicate: "closed",
  reset: "reset",
  replaced: "reset",
  timeout: "timeout",
  protocol: "protocol",
  rejected: "rejected",
};
