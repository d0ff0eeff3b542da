import { TransportError } from "@chordnet/transport";
import { ChordNetError } from "./errors.js";

/** Why a transport could not be opened, as the API says it. What is no `TransportError` is passed on as it is. */
export function openFailure(error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  const reason = error.message;
  const cause = { cause: error };
  switch (error.code) {
    case "address-in-use":
      return new ChordNetError("ADDRESS_IN_USE", { reason }, cause);
    case "bad-address":
      return new ChordNetError("BAD_ADDRESS", { address: "of the transport", reason }, cause);
    case "bad-options":
      return new ChordNetError(
        "BAD_OPTION",
        { option: "transport", received: "this one", allowed: `one with other options (${reason})` },
        cause,
      );
    case "too-many-files":
      return new ChordNetError("TOO_MANY_FILES", { reason }, cause);
    case "address-not-available":
    case "name-not-resolved":
    case "permission-denied":
    case "listen-failed":
      return new ChordNetError("ADDRESS_UNAVAILABLE", { reason }, cause);
  }
}
