export type { Birth, Recorder } from "@chordnet/core";
export { lineRecorder } from "@chordnet/core";
export type {
  Body,
  CallOptions,
  Key,
  LookupAnswer,
  LookupOptions,
  Lookups,
  LookupsOptions,
  NodeView,
  Owner,
  PeerInfo,
  Trace,
  TraceHop,
} from "./api.js";
export { ChordNet } from "./chordnet.js";
export type { Client } from "./client/api.js";
export { ChordNetClient } from "./client/client.js";
export type { ErrorCode, ErrorData, Fault, SeedFailure } from "./errors/errors.js";
export { ChordNetError, errorCodes, isChordNetError } from "./errors/errors.js";
export type { EventName, Events, NeighbourChanged, RangeChanged } from "./events/events.js";
export type { Handover, HandoverRange, TakenRange } from "./handover/api.js";
export type { Departure, Member, Phase, Range, Seeds } from "./member/api.js";
export type { ChordNetOptions, ConnectOptions, RingOptions } from "./options.js";
export type { Clock, Logger, Metrics, Random } from "./ports.js";
export type {
  Held,
  KeyRequest,
  RequestHandler,
  RequestInfo,
  StreamHandler,
  StreamRequest,
} from "./requests/api.js";
export type { ConnectionStatus, NodeStatus, PeerStatus, RingStatus, Status, ValuesStatus } from "./status.js";
export type { HeldValue, MemberStore, Store, StoredValue, Version } from "./store/api.js";
export type { StoreOptions } from "./store/setup.js";
