import type { Codec, Config, Kinds, Message, MessageLimits, Reader, Writer } from "@chordnet/core";
import { codecOf, kinds, messageCodecs, messageLimits } from "@chordnet/core";
import { hex48 } from "../entropy.js";
import type { ExchangeMessage, FaultCode, RangeSubject, Subject } from "./message.js";

/**
 * The bytes of exchanges, fixed in `docs/PROTOCOL.md`. Their codes follow the ranges of the ring's own messages, so
 * that a node that knows nothing of them refuses an `Open` and drops the rest.
 */
export const exchangeKinds: Kinds<ExchangeMessage> = {
  Open: {
    code: 0x20,
    write(w, m) {
      w.rid(m.rid);
      writeRequestId(w, m.id);
      writeSubject(w, m.subject);
      w.millis(m.timeoutMs);
      w.flag(m.relayed);
      w.flag(m.last);
      w.blob(m.bytes, "chunkBytesMax");
    },
    read: (r) => ({
      _tag: "Open",
      rid: r.rid(),
      id: readRequestId(r),
      subject: readSubject(r),
      timeoutMs: r.varint(),
      relayed: r.flag(),
      last: r.flag(),
      bytes: r.blob("chunkBytesMax"),
    }),
  },
  Fault: {
    code: 0x60,
    write(w, m) {
      w.rid(m.rid);
      w.u8(faultCodes.indexOf(m.code) + 1);
      w.text(m.detail, "detailBytesMax");
    },
    read: (r) => ({ _tag: "Fault", rid: r.rid(), code: readFaultCode(r), detail: r.text("detailBytesMax") }),
  },
  Chunk: {
    code: 0xa0,
    write(w, m) {
      w.rid(m.rid);
      w.flag(m.response);
      w.integer(m.offset);
      w.flag(m.last);
      w.blob(m.bytes, "chunkBytesMax");
    },
    read: (r) => ({
      _tag: "Chunk",
      rid: r.rid(),
      response: r.flag(),
      offset: r.integer(),
      last: r.flag(),
      bytes: r.blob("chunkBytesMax"),
    }),
  },
  Credit: {
    code: 0xa1,
    write(w, m) {
      w.rid(m.rid);
      w.flag(m.response);
      w.integer(m.limit);
    },
    read: (r) => ({ _tag: "Credit", rid: r.rid(), response: r.flag(), limit: r.integer() }),
  },
  Cancel: {
    code: 0xa2,
    write: (w, m) => w.rid(m.rid),
    read: (r) => ({ _tag: "Cancel", rid: r.rid() }),
  },
};

/** In the order of their numbers on the wire, from 1. */
export const faultCodes: ReadonlyArray<FaultCode> = [
  "protocol",
  "not-owner",
  "no-handler",
  "handler-failed",
  "overloaded",
  "timeout",
  "too-large",
  "interrupted",
  "not-ready",
  "no-owner",
];

/** Whatever a frame may hold: what the ring says, and what is said in exchanges. */
export type FrameMessage = Message | ExchangeMessage;

export function isOfExchange(message: FrameMessage): message is ExchangeMessage {
  switch (message._tag) {
    case "Open":
    case "Fault":
    case "Chunk":
    case "Credit":
    case "Cancel":
      return true;
    default:
      return false;
  }
}

/**
 * The codec of all that a ring's processes send each other. Nodes of one process share it where their rings have
 * identifiers of the same kind: it remembers nothing but names, and takes some hundred kilobytes.
 */
export function frameCodec(config: Config): Codec<FrameMessage> {
  const { hash, bits } = config.ring;
  const kind = `${hash} ${bits}`;
  const shared = codecs.get(kind)?.deref();
  if (shared !== undefined) return shared;
  const made = newFrameCodec(config, messageLimits);
  codecs.set(kind, new WeakRef(made));
  return made;
}

/** As many as there are kinds of identifiers; those that nobody speaks any more are given up. */
const codecs = new Map<string, WeakRef<Codec<FrameMessage>>>();

/** One that shares nothing. */
export function newFrameCodec({ space, naming }: Config, limits: MessageLimits): Codec<FrameMessage> {
  const guards = messageCodecs({ space, naming, limits });
  const conforms = (message: FrameMessage): boolean =>
    isOfExchange(message) || guards[message._tag].is(message);
  return codecOf<FrameMessage>({ ...kinds, ...exchangeKinds }, conforms, { space, naming, limits });
}

const subjectForms = {
  ...{ Text: 1, Bytes: 2, Point: 3 },
  ...{ Give: 4, Taken: 5, Offer: 6 },
  ...{ Value: 7, ValueAt: 8, Store: 9 },
} as const;

function writeSubject(w: Writer, subject: Subject): void {
  w.u8(subjectForms[subject._tag]);
  switch (subject._tag) {
    case "Text":
      return w.text(subject.key, "keyBytesMax");
    case "Bytes":
    case "Value":
      return w.blob(subject.key, "keyBytesMax");
    case "Point":
    case "ValueAt":
      return w.id(subject.id);
    case "Store":
      return;
    case "Give":
    case "Taken":
    case "Offer":
      w.id(subject.start);
      w.id(subject.end);
      w.integer(subject.epoch);
  }
}

function readSubject(r: Reader): Subject {
  const form = r.u8();
  if (form === subjectForms.Text) return { _tag: "Text", key: r.text("keyBytesMax") };
  if (form === subjectForms.Bytes) return { _tag: "Bytes", key: r.blob("keyBytesMax") };
  if (form === subjectForms.Value) return { _tag: "Value", key: r.blob("keyBytesMax") };
  if (form === subjectForms.ValueAt) return { _tag: "ValueAt", id: r.id() };
  if (form === subjectForms.Store) return { _tag: "Store" };
  if (form === subjectForms.Give) return readRange(r, "Give");
  if (form === subjectForms.Taken) return readRange(r, "Taken");
  if (form === subjectForms.Offer) return readRange(r, "Offer");
  if (form !== subjectForms.Point) r.malformed("word", 0);
  return { _tag: "Point", id: r.id() };
}

function readRange(r: Reader, tag: RangeSubject["_tag"]): RangeSubject {
  return { _tag: tag, start: r.id(), end: r.id(), epoch: r.integer() };
}

function readFaultCode(r: Reader): FaultCode {
  const code = faultCodes[r.u8() - 1];
  if (code === undefined) r.malformed("word", 0);
  return code ?? "protocol";
}

/** 96 bits, as two of the wire's 48-bit numbers. */
function writeRequestId(w: Writer, id: string): void {
  w.rid(Number.parseInt(id.slice(0, 12), 16));
  w.rid(Number.parseInt(id.slice(12), 16));
}

function readRequestId(r: Reader): string {
  return hex48(r.rid()) + hex48(r.rid());
}
