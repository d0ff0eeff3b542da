import type { Either } from "fp-ts/lib/Either.js";
import type { Arc } from "../arc.js";
import { left, right } from "../either.js";
import type { Space } from "../identifier.js";
import type { MessageLimits } from "../message.js";
import { messageLimits } from "../message.js";
import type { Address, Naming } from "../peer.js";
import type { DecodeError } from "../wire/decode-error.js";
import { internedPeers } from "../wire/interned.js";
import { Reader } from "../wire/reader.js";
import { Writer } from "../wire/writer.js";
import type { Awaited, ComparedPart, Difference, Refusal, Standing, StoreAnswer, StoreCall } from "./call.js";
import { awaitedMax, batchEntries, othersMax, partsMax } from "./call.js";
import type { Entry, EntryHead, EntryName } from "./entry.js";
import { entryOf, keyBytesMax, tombstone } from "./entry.js";

/**
 * Calls and answers as bytes, in the parts of the ring's own wire. `docs/PROTOCOL.md` fixes them.
 *
 * @category store
 */
export interface StoreCodec {
  encodeCall(call: StoreCall): Uint8Array;
  decodeCall(bytes: Uint8Array): Either<DecodeError, StoreCall>;
  encodeAnswer(answer: StoreAnswer): Uint8Array;
  decodeAnswer(bytes: Uint8Array): Either<DecodeError, StoreAnswer>;
}

/** The longest value that any node may be told to take. */
export const valueBytesMost = 16_000_000;

const limits: MessageLimits = {
  ...messageLimits,
  keyBytesMax,
  chunkBytesMax: valueBytesMost,
};

/** A list of what is under one point of a small ring may be longer than a comparison would make it. */
const headsMost = 65_536;

/**
 * The codec of a ring.
 *
 * @example
 * const ring = space(16)
 * const bytes = storeCodec(ring, naming(ring, "sha256"))
 * const call = { _tag: "Fetch", standing: null, names: [{ id: id(ring, 7n), key: utf8("user:7") }] }
 * assert.deepStrictEqual(bytes.decodeCall(bytes.encodeCall(call)), right(call))
 */
export function storeCodec(space: Space, naming: Naming): StoreCodec {
  const writer = new Writer(space, limits);
  const reader = new Reader(space, limits, internedPeers(naming));
  const encode = <A>(write: (w: Writer, value: A) => void, value: A): Uint8Array => {
    writer.start();
    write(writer, value);
    return writer.frame();
  };
  const decode = <A>(read: (r: Reader) => A, bytes: Uint8Array): Either<DecodeError, A> => {
    reader.start(bytes);
    const value = read(reader);
    reader.finish();
    return reader.failure === null ? right(value) : left(reader.failure);
  };
  return {
    encodeCall: (call) => encode(writeCall, call),
    decodeCall: (bytes) => decode(readCall, bytes),
    encodeAnswer: (answer) => encode(writeAnswer, answer),
    decodeAnswer: (bytes) => decode(readAnswer, bytes),
  };
}

const calls = { Copy: 1, Fetch: 2, Compare: 3, Release: 4 } as const;
const answers = { Copied: 1, Fetched: 2, Compared: 3, Released: 4, Refused: 5 } as const;
const refusals: ReadonlyArray<Refusal> = ["stale", "full", "quota", "overloaded", "failed"];
const differences: ReadonlyArray<Difference["_tag"]> = ["Same", "Split", "Listed"];

function writeCall(w: Writer, call: StoreCall): void {
  w.u8(calls[call._tag]);
  w.flag(call.standing !== null);
  if (call.standing !== null) writeStanding(w, call.standing);
  switch (call._tag) {
    case "Copy":
      return writeAll(w, call.entries, writeEntry);
    case "Fetch":
      return writeAll(w, call.names, writeName);
    case "Compare":
      return writeAll(w, call.parts, writePart);
    case "Release":
      writeArc(w, call.arc);
      return w.flag(call.whole);
  }
}

function readCall(r: Reader): StoreCall {
  const code = r.u8();
  const standing = r.flag() ? readStanding(r) : null;
  switch (code) {
    case calls.Copy:
      return { _tag: "Copy", standing, entries: readAll(r, batchEntries, readEntry) };
    case calls.Fetch:
      return { _tag: "Fetch", standing, names: readAll(r, batchEntries, readName) };
    case calls.Compare:
      return { _tag: "Compare", standing, parts: readAll(r, partsMax, readPart) };
    default:
      if (code !== calls.Release || standing === null) r.malformed("word", 0);
      return { _tag: "Release", standing: standing ?? readStanding(r), arc: readArc(r), whole: r.flag() };
  }
}

function writeAnswer(w: Writer, answer: StoreAnswer): void {
  w.u8(answers[answer._tag]);
  switch (answer._tag) {
    case "Copied":
      return w.integer(answer.above);
    case "Fetched":
      w.flag(answer.complete);
      writeAll(w, answer.awaited, writeAwaited);
      return writeAll(w, answer.entries, (_, entry) => {
        w.flag(entry !== null);
        if (entry !== null) writeEntry(w, entry);
      });
    case "Compared":
      w.flag(answer.complete);
      writeAll(w, answer.awaited, writeAwaited);
      w.flag(answer.holders !== null);
      if (answer.holders !== null) writeAll(w, answer.holders, writeAddress);
      return writeAll(w, answer.parts, writeDifference);
    case "Released":
      return;
    case "Refused":
      w.u8(refusals.indexOf(answer.reason) + 1);
  }
}

function readAnswer(r: Reader): StoreAnswer {
  switch (r.u8()) {
    case answers.Copied:
      return { _tag: "Copied", above: r.integer() };
    case answers.Fetched: {
      const complete = r.flag();
      return {
        _tag: "Fetched",
        complete,
        awaited: readAll(r, awaitedMax, readAwaited),
        entries: readAll(r, batchEntries, () => (r.flag() ? readEntry(r) : null)),
      };
    }
    case answers.Compared: {
      const complete = r.flag();
      const awaited = readAll(r, awaitedMax, readAwaited);
      const holders = r.flag() ? readAll(r, limits.peersMax + 1, readAddress) : null;
      const parts = readAll(r, partsMax, readDifference);
      return { _tag: "Compared", complete, awaited, holders, parts };
    }
    case answers.Released:
      return { _tag: "Released" };
    case answers.Refused:
      return { _tag: "Refused", reason: oneOf(r, refusals) };
    default:
      r.malformed("word", 0);
      return { _tag: "Released" };
  }
}

function writeAddress(w: Writer, address: Address): void {
  w.text(address, "addressBytesMax");
}

function readAddress(r: Reader): Address {
  return r.text("addressBytesMax");
}

function writeArc(w: Writer, { start, end }: Arc): void {
  w.id(start);
  w.id(end);
}

function readArc(r: Reader): Arc {
  return { start: r.id(), end: r.id() };
}

function writeAwaited(w: Writer, awaited: Awaited): void {
  writeArc(w, awaited);
  w.flag(awaited.returning);
  w.flag(awaited.spare !== null);
  if (awaited.spare !== null) w.integer(awaited.spare);
  writeAll(w, awaited.others, writeAddress);
}

function readAwaited(r: Reader): Awaited {
  const arc = readArc(r);
  const returning = r.flag();
  const spare = r.flag() ? r.integer() : null;
  return { ...arc, returning, spare, others: readAll(r, othersMax, readAddress) };
}

function writeStanding(w: Writer, standing: Standing): void {
  writeArc(w, standing);
  w.integer(standing.epoch);
  w.flag(standing.holder);
}

function readStanding(r: Reader): Standing {
  return { ...readArc(r), epoch: r.integer(), holder: r.flag() };
}

function writeName(w: Writer, { id, key }: EntryName): void {
  w.id(id);
  w.blob(key, "keyBytesMax");
}

function readName(r: Reader): EntryName {
  return { id: r.id(), key: r.blob("keyBytesMax") };
}

function writeEntry(w: Writer, entry: Entry): void {
  writeName(w, entry);
  w.integer(entry.version);
  w.flag(entry.value === null);
  if (entry.value === null) w.integer(entry.deletedAtMs ?? 0);
  else w.blob(entry.value, "chunkBytesMax");
}

/** Its fingerprint is not taken from others. */
function readEntry(r: Reader): Entry {
  const name = readName(r);
  const version = r.integer();
  return r.flag() ? tombstone(name, version, r.integer()) : entryOf(name, version, r.blob("chunkBytesMax"));
}

function writeHead(w: Writer, head: EntryHead): void {
  writeName(w, head);
  w.integer(head.version);
  w.flag(head.deletedAtMs !== null);
  if (head.deletedAtMs !== null) w.integer(head.deletedAtMs);
  w.varint(head.valueBytes);
  writeSum(w, head.fingerprint);
}

function readHead(r: Reader): EntryHead {
  const { id, key } = readName(r);
  const version = r.integer();
  const deletedAtMs = r.flag() ? r.integer() : null;
  return { id, key, version, deletedAtMs, valueBytes: r.varint(), fingerprint: readSum(r) };
}

function writePart(w: Writer, part: ComparedPart): void {
  writeArc(w, part);
  w.varint(part.digest.entries);
  writeSum(w, part.digest.sum);
}

function readPart(r: Reader): ComparedPart {
  return { ...readArc(r), digest: { entries: r.varint(), sum: readSum(r) } };
}

function writeDifference(w: Writer, difference: Difference): void {
  w.u8(differences.indexOf(difference._tag) + 1);
  if (difference._tag === "Listed") writeAll(w, difference.heads, writeHead);
}

function readDifference(r: Reader): Difference {
  const _tag = oneOf(r, differences);
  return _tag === "Listed" ? { _tag, heads: readAll(r, headsMost, readHead) } : { _tag };
}

/** 64 bits, as two numbers of 32. */
function writeSum(w: Writer, sum: bigint): void {
  w.varint(Number(sum >> 32n));
  w.varint(Number(sum & 0xffff_ffffn));
}

function readSum(r: Reader): bigint {
  return (BigInt(r.varint()) << 32n) | BigInt(r.varint());
}

function writeAll<A>(w: Writer, all: ReadonlyArray<A>, write: (w: Writer, value: A) => void): void {
  w.varint(all.length);
  for (const value of all) write(w, value);
}

function readAll<A>(r: Reader, most: number, read: (r: Reader) => A): ReadonlyArray<A> {
  const length = r.varint();
  if (length > most) r.malformed("varint", 0);
  const all: A[] = [];
  while (all.length < length && r.failure === null) all.push(read(r));
  // An array that grew has room for many.
  return all.slice();
}

function oneOf<A>(r: Reader, words: ReadonlyArray<A>): A {
  const word = words[r.u8() - 1];
  if (word === undefined) r.malformed("word", 0);
  return word ?? (words[0] as A);
}
