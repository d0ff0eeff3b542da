/**
 * Why a transport could not be opened; always the caller's or its machine's fault, never a peer's.
 *
 * - `address-in-use`: another process listens there.
 * - `address-not-available`: this machine has no such address.
 * - `name-not-resolved`: the host name has no address.
 * - `permission-denied`: the system does not allow listening there.
 * - `too-many-files`: the process, or its machine, has as many files and sockets open as it may.
 * - `bad-address`: listening or advertised address can't be used as one; the message says what to do.
 * - `bad-options`: a limit, version or incarnation out of range, or a hello that is too long.
 * - `listen-failed`: anything else the system said.
 */
export type TransportErrorCode =
  | "address-in-use"
  | "address-not-available"
  | "name-not-resolved"
  | "permission-denied"
  | "too-many-files"
  | "bad-address"
  | "bad-options"
  | "listen-failed";

/** What `Transport.open` rejects with. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
