import type { Refused } from "../driver.js";
import type { DisconnectReason, FailureReason, LinkFailure, Refusal } from "../transport.js";

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

/** One did not want the other; another `reason` where it kept to no protocol, or took too long. */
export const refusedEnd = (refused: Refused, reason: DisconnectReason = "rejected"): LinkEnd => ({
  reason,
  detail: refused.refusal.code,
  refused,
});

/** The socket closed, and nobody had said goodbye. `greeted`: the remote's hello came, `dialled`: we dialled it. */
export const brokenEnd = (greeted: boolean, dialled: boolean, bytesIn: number): LinkEnd => {
  if (greeted) return { reason: "reset", detail: "" };
  if (dialled || bytesIn === 0) return { reason: "reset", detail: unheard };
  const refusal: Refusal = { code: "bad-hello", detail: "ended before its hello was whole" };
  return refusedEnd({ by: "us", refusal }, "protocol");
};

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

/** What is no node does so, and a node that is dialled by another scheme than it listens on. */
const unheard = "it hung up without a hello: look whether a node listens there, on this scheme";
