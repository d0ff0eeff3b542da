export type { Birth, Recorder } from "@chordnet/core";
export { lineRecorder } from "@chordnet/core";
export type {
  Body,
  CallOptions,
  Client,
  Departure,
  EventName,
  Events,
  Handover,
  HandoverRange,
  Held,
  HeldValue,
  Key,
  KeyRequest,
  LookupAnswer,
  LookupOptions,
  Lookups,
  LookupsOptions,
  Member,
  MemberStore,
  NeighbourChanged,
  NodeView,
  Owner,
  PeerInfo,
  Phase,
  Range,
  RangeChanged,
  RequestHandler,
  RequestInfo,
  Seeds,
  Store,
  StoredValue,
  StreamHandler,
  StreamRequest,
  TakenRange,
  Trace,
  TraceHop,
  Version,
} from "./api.js";
export { ChordNet } from "./chordnet.js";
export { ChordNetClient } from "./client/client.js";
export type { ErrorCode, ErrorData, Fault, SeedFailure } from "./errors.js";
export { ChordNetError, errorCodes, isChordNetError } from "./errors.js";
export type { ChordNetOptions, ConnectOptions, RingOptions } from "./options.js";
export type { Clock, Logger, Metrics, Random } from "./ports.js";
export type { ConnectionStatus, NodeStatus, PeerStatus, RingStatus, Status, ValuesStatus } from "./status.js";
export type { StoreOptions } from "./store/setup.js";
