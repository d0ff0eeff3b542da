import type { Hop, MessageLimits, Report, Token, Verdict } from "../message.js";
import type { Peer } from "../peer.js";
import { hopReasons, verdicts } from "./codes.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/**
 * What several messages are made of, each read and written in one place. Fields stand in the order of the bytes.
 *
 * @category wire
 */
export function writeToken(w: Writer, token: Token): void {
  w.integer(token.epoch);
  w.distance(token.length);
}

export function readToken(r: Reader): Token {
  return { epoch: r.integer(), length: r.distance() };
}

function writeReport(w: Writer, report: Report): void {
  w.peer(report.peer);
  writeToken(w, report.token);
  w.flag(report.handed);
}

function readReport(r: Reader): Report {
  return { peer: r.peer(), token: readToken(r), handed: r.flag() };
}

export function writeReports(w: Writer, reports: ReadonlyArray<Report>): void {
  writeList(w, reports, "reportsMax", writeReport);
}

export function readReports(r: Reader): ReadonlyArray<Report> {
  return readList(r, "reportsMax", readReport);
}

export function writePeers(w: Writer, peers: ReadonlyArray<Peer>): void {
  writeList(w, peers, "peersMax", writePeer);
}

export function readPeers(r: Reader): ReadonlyArray<Peer> {
  return readList(r, "peersMax", readPeer);
}

export function writePeer(w: Writer, peer: Peer): void {
  w.peer(peer);
}

export function readPeer(r: Reader): Peer {
  return r.peer();
}

export function writeHop(w: Writer, hop: Hop): void {
  w.peer(hop.peer);
  w.word(hopReasons, hop.why);
  w.millis(hop.ms);
}

export function readHop(r: Reader): Hop {
  return { peer: r.peer(), why: r.word(hopReasons, "told"), ms: r.varint() };
}

export function writeVerdict(w: Writer, verdict: Verdict): void {
  w.word(verdicts, verdict._tag);
  switch (verdict._tag) {
    case "Granted":
      w.millis(verdict.leaseMs);
      break;
    case "Wait":
      w.flag(verdict.soon);
      break;
    case "Handed":
      writeToken(w, verdict.token);
      writeReports(w, verdict.beneath);
      break;
  }
}

export function readVerdict(r: Reader): Verdict {
  const tag = r.word(verdicts, "Wait");
  switch (tag) {
    case "Granted":
      return { _tag: tag, leaseMs: r.varint() };
    case "Wait":
      return { _tag: tag, soon: r.flag() };
    case "Handed":
      return { _tag: tag, token: readToken(r), beneath: readReports(r) };
  }
}

/** Null is a flag of 0, anything else a flag of 1 and the thing itself. */
export function writeNullable<A>(w: Writer, value: A | null, write: (w: Writer, value: A) => void): void {
  w.flag(value !== null);
  if (value !== null) write(w, value);
}

export function readNullable<A>(r: Reader, read: (r: Reader) => A): A | null {
  return r.flag() ? read(r) : null;
}

/** A list of things of which each holds a peer. */
export function writeList<A>(
  w: Writer,
  values: ReadonlyArray<A>,
  limit: keyof MessageLimits,
  write: (w: Writer, value: A) => void,
): void {
  w.count(values.length, limit);
  for (const value of values) write(w, value);
}

export function readList<A>(r: Reader, limit: keyof MessageLimits, read: (r: Reader) => A): ReadonlyArray<A> {
  const values: A[] = [];
  for (let left = r.peers(limit); left > 0 && r.failure === null; left--) values.push(read(r));
  // An array that grew has room for many.
  return values.slice();
}
