import type { LookupTrouble, SeedTrouble } from "@chordnet/core";
import type { LinkFailure, Refusal } from "@chordnet/transport";
import type { SeedFailure } from "../errors/errors.js";
import type { BadHello, Difference } from "../hello.js";

/** The ways in which a seed can be of no use, each in the one form that errors and events have. */

/** It could not be greeted. */
export function linkTrouble(seed: string, failure: LinkFailure): SeedFailure {
  if (failure.reason === "rejected" && failure.refusal !== undefined)
    return refusalTrouble(seed, failure.refusal);
  return {
    seed,
    reason: failure.reason === "timeout" ? "silent" : failure.reason,
    detail: linkDetail(failure),
  };
}

/** Before there is a hello, the transport knows best what is wrong: no TLS, no WebSocket. */
function linkDetail({ reason, detail, refusal }: LinkFailure): string {
  if (reason === "protocol" && refusal === undefined && detail !== "") return detail;
  return linkWords[reason] ?? (detail === "" ? reason : detail);
}

/** One of the two sides refused the other's hello. */
export function refusalTrouble(seed: string, refusal: Refusal): SeedFailure {
  const { code, detail } = refusal;
  return {
    seed,
    reason: code,
    detail: detail === "" ? `turned away: ${code}` : `turned away: ${code}, ${detail}`,
  };
}

/** It answered, but says nothing of a ring. */
export function helloTrouble(seed: string, bad: BadHello): SeedFailure {
  return { seed, reason: "bad-hello", detail: `its hello is not ours: ${bad.detail}` };
}

export function mismatchTrouble(seed: string, wrong: Difference): SeedFailure {
  const detail = `its ring has ${wrong.parameter} ${wrong.theirs}, and not ${wrong.ours}`;
  return { seed, reason: "ring-mismatch", detail };
}

/** It did not do for the state machine. */
export function machineTrouble(seed: string, trouble: SeedTrouble): SeedFailure {
  return { seed, reason: trouble, detail: machineWords[trouble] };
}

/** It is of use, but the node that it names as the owner of this node's place is not. */
export function admissionTrouble({
  seed,
  owner,
  reason,
}: {
  readonly seed: string;
  readonly owner: string;
  readonly reason: LookupTrouble;
}): SeedFailure {
  const words = admissionWords[reason] ?? reason;
  const detail = `the node that owns this node's place, ${owner}, does not let it in: ${words}`;
  return { seed, reason: "not-admitted", detail };
}

const admissionWords: Readonly<Partial<Record<LookupTrouble, string>>> = {
  refused: "nothing listens there",
  unreachable: "it cannot be reached",
  timeout: "it did not answer in time",
  "not-member": "it is no member of the ring",
};

const machineWords: Readonly<Record<SeedTrouble, string>> = {
  refused: "nothing listens there",
  unreachable: "it cannot be reached",
  rejected: "it refused the connection",
  silent: "it did not answer in time",
  "not-member": "it is no member of a ring yet",
  "no-owner": "it found no owner for this node's place on the ring",
  "id-taken": "this node's id is taken",
};

const linkWords: Readonly<Partial<Record<LinkFailure["reason"], string>>> = {
  refused: "nothing listens there",
  timeout: "it did not answer in time",
  protocol: "it speaks another protocol: look on which scheme a node listens there",
  self: "it is this node itself",
};
