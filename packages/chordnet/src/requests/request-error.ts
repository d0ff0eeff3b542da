import { ChordNetError, isChordNetError } from "../errors/errors.js";
import { Trouble } from "../exchange/trouble.js";
import { bodyBytesMax } from "./handler.js";

/** What the exchanges of a request say went wrong, as the API says it. */

/** What no other attempt would change; null: another may. `address`: who was asked. */
export function finalError({ reason, detail, cause }: Trouble, address: string): ChordNetError | null {
  switch (reason) {
    case "no-handler":
    case "unsupported":
      return new ChordNetError("NO_HANDLER", { address, reason: detail === "" ? reason : detail });
    case "no-owner":
      return new ChordNetError("NO_OWNER", { attempts: 1, last: detail });
    case "handler-failed":
      return new ChordNetError("HANDLER_FAILED", { address, detail }, { cause });
    case "too-large":
      return new ChordNetError("TOO_LARGE", { what: "the request", limitBytes: bodyBytesMax });
    case "protocol":
      return new ChordNetError("REFUSED", { address, reason, detail });
    default:
      return null;
  }
}

/** The same error; a `TIMEOUT` with what stood in the way last, which says why there was not enough time. */
export function explained(error: unknown, last: Trouble | null): unknown {
  if (last === null || !isChordNetError(error, "TIMEOUT")) return error;
  // A member that asked for a client had too little time itself, and says why.
  const why = last.reason === "timeout" ? last.detail : last.message;
  return new ChordNetError("TIMEOUT", { ...error.data, last: why }, { cause: last });
}

/** What goes wrong with a response that has begun; what is no `Trouble`, such as the application's own, as it is. */
export function responseError(error: unknown, address: string): unknown {
  if (!(error instanceof Trouble)) return error;
  const broken = { address, reason: error.message };
  return finalError(error, address) ?? new ChordNetError("INTERRUPTED", broken, { cause: error });
}
