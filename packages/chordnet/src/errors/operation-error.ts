import type { OperationError } from "@chordnet/core";
import type { Call } from "../call.js";
import { timedOut } from "../call.js";
import { ChordNetError } from "./errors.js";

/** What the state machine says went wrong, as the API says it. */
export function operationError(error: OperationError, call: Call): ChordNetError {
  switch (error._tag) {
    case "NotMember":
      return new ChordNetError("NOT_MEMBER", { phase: "leaving or not there yet" });
    case "AlreadyMember":
      return new ChordNetError("ALREADY_MEMBER", { phase: "member" });
    case "NoOwner":
      return new ChordNetError("NO_OWNER", { attempts: error.attempts, last: error.last });
    case "Overloaded":
      return new ChordNetError("OVERLOADED", { limit: error.pendingMax });
    case "Timeout":
      return timedOut(call);
    case "Cancelled":
      return new ChordNetError("ABORTED", { what: call.what });
    case "NoSeeds":
      return new ChordNetError("NO_SEED", { seeds: [] });
    case "IdTaken":
      return new ChordNetError("ID_TAKEN", { by: error.by });
    case "PeerUnreachable":
      return new ChordNetError("PEER_UNREACHABLE", { address: call.about ?? "", reason: error.reason });
    case "PeerRefused":
      return new ChordNetError("REFUSED", { address: call.about ?? "", reason: error.code, detail: "" });
  }
}
