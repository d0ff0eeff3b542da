export { left, right } from "@chordnet/core";
export {
  type Address,
  type AddressError,
  addressBytesMax,
  canonicalHostPort,
  describeAddressError,
  formatAddress,
  isUnspecified,
  parseAddress,
} from "./address.js";
export { clientName, isClientName } from "./client-name.js";
export { defer } from "./defer.js";
export { attempt } from "./dialling/attempt.js";
export type {
  DialFailure,
  DialOptions,
  Driver,
  Listener,
  RawSocket,
  Refused,
  SocketHandlers,
} from "./driver.js";
export { defaultLimits, type LinkLimits } from "./limits.js";
export { frameMeter } from "./link/frame-memory.js";
export { transportOf } from "./open.js";
export type {
  ConnectionInfo,
  DisconnectReason,
  Endpoint,
  FailureReason,
  Foreign,
  Hello,
  Lane,
  LinkFailure,
  OpenOptions,
  Refusal,
  Transport,
  TransportEvent,
} from "./transport.js";
export { TransportError, type TransportErrorCode } from "./transport-error.js";
