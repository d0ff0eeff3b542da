import type { Closer, Message } from "../message.js";
import { hopReasons, refusalCodes, unfoundReasons } from "./codes.js";
import {
  readHop,
  readList,
  readNullable,
  readPeer,
  readPeers,
  readReports,
  readToken,
  readVerdict,
  writeHop,
  writeList,
  writeNullable,
  writePeer,
  writePeers,
  writeReports,
  writeToken,
  writeVerdict,
} from "./parts.js";
import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/** How one kind of message travels: its code, and its fields in the order of their bytes, written and read. */
export interface Kind<M> {
  readonly code: number;
  /**
   * Law: whatever `read` gives without a failure, its io-ts codec accepts. So it is not judged again, which for what
   * comes most often would take as long as all the reading does.
   */
  readonly sound?: true;
  readonly write: (w: Writer, message: M) => void;
  readonly read: (r: Reader) => M;
}

/** A kind for each tag, so that none can be forgotten. */
export type Kinds<M extends { readonly _tag: string }> = {
  readonly [Tag in M["_tag"]]: Kind<Extract<M, { readonly _tag: Tag }>>;
};

/**
 * What a code tells of a kind that one does not know: requests (below `replies`) and replies begin with the request's
 * number, and an unknown request can be refused; from `oneWay` on nothing is known of it, and nothing is owed.
 */
export const codeRanges: { readonly requests: number; readonly replies: number; readonly oneWay: number } = {
  requests: 0x01,
  replies: 0x40,
  oneWay: 0x80,
};

/**
 * Version 1 of the wire. `docs/PROTOCOL.md` says the same in prose, and golden vectors tie both together.
 *
 * @category wire
 */
export const kinds: Kinds<Message> = {
  Ask: {
    code: 0x01,
    write(w, m) {
      w.rid(m.rid);
      writeNullable(w, m.token, writeToken);
      w.millis(m.unleasedMs);
      writeReports(w, m.beneath);
    },
    read: (r) => ({
      _tag: "Ask",
      rid: r.rid(),
      token: readNullable(r, readToken),
      unleasedMs: r.varint(),
      beneath: readReports(r),
    }),
  },
  Find: {
    code: 0x02,
    sound: true,
    write(w, m) {
      w.rid(m.rid);
      w.id(m.target);
      w.peer(m.origin);
      w.varint(m.hops);
    },
    read: (r) => ({ _tag: "Find", rid: r.rid(), target: r.id(), origin: r.peer(), hops: r.varint() }),
  },
  Route: {
    code: 0x03,
    write(w, m) {
      w.rid(m.rid);
      w.id(m.target);
    },
    read: (r) => ({ _tag: "Route", rid: r.rid(), target: r.id() }),
  },
  Ping: {
    code: 0x04,
    write: (w, m) => w.rid(m.rid),
    read: (r) => ({ _tag: "Ping", rid: r.rid() }),
  },
  Leave: {
    code: 0x05,
    write(w, m) {
      w.rid(m.rid);
      writeToken(w, m.token);
      writeReports(w, m.beneath);
    },
    read: (r) => ({ _tag: "Leave", rid: r.rid(), token: readToken(r), beneath: readReports(r) }),
  },
  Circle: {
    code: 0x06,
    write(w, m) {
      w.rid(m.rid);
      w.peer(m.origin);
      w.integer(m.epoch);
    },
    read: (r) => ({ _tag: "Circle", rid: r.rid(), origin: r.peer(), epoch: r.integer() }),
  },
  Query: {
    code: 0x07,
    write(w, m) {
      w.rid(m.rid);
      w.id(m.target);
      w.millis(m.timeoutMs);
      w.flag(m.trace);
    },
    read: (r) => ({ _tag: "Query", rid: r.rid(), target: r.id(), timeoutMs: r.varint(), trace: r.flag() }),
  },
  Inspect: {
    code: 0x08,
    write: (w, m) => w.rid(m.rid),
    read: (r) => ({ _tag: "Inspect", rid: r.rid() }),
  },
  Status: {
    code: 0x09,
    write: (w, m) => w.rid(m.rid),
    read: (r) => ({ _tag: "Status", rid: r.rid() }),
  },
  Introduce: {
    code: 0x0a,
    write: (w, m) => w.rid(m.rid),
    read: (r) => ({ _tag: "Introduce", rid: r.rid() }),
  },
  Answer: {
    code: 0x41,
    write(w, m) {
      w.rid(m.rid);
      writeVerdict(w, m.verdict);
      writeNullable(w, m.predecessor, writePeer);
      writePeers(w, m.successors);
    },
    read: (r) => ({
      _tag: "Answer",
      rid: r.rid(),
      verdict: readVerdict(r),
      predecessor: readNullable(r, readPeer),
      successors: readPeers(r),
    }),
  },
  Found: {
    code: 0x42,
    sound: true,
    write(w, m) {
      w.rid(m.rid);
      writeToken(w, m.token);
      w.millis(m.leaseMs);
      w.varint(m.hops);
    },
    read: (r) => ({
      _tag: "Found",
      rid: r.rid(),
      token: readToken(r),
      leaseMs: r.varint(),
      hops: r.varint(),
    }),
  },
  Unfound: {
    code: 0x43,
    write(w, m) {
      w.rid(m.rid);
      w.word(unfoundReasons, m.reason);
      w.varint(m.hops);
    },
    read: (r) => ({
      _tag: "Unfound",
      rid: r.rid(),
      reason: r.word(unfoundReasons, "unclaimed"),
      hops: r.varint(),
    }),
  },
  Closer: {
    code: 0x44,
    write(w, m) {
      w.rid(m.rid);
      writeList(w, m.peers, "peersMax", writeCandidate);
    },
    read: (r) => ({ _tag: "Closer", rid: r.rid(), peers: readList(r, "peersMax", readCandidate) }),
  },
  Pong: {
    code: 0x45,
    write: (w, m) => w.rid(m.rid),
    read: (r) => ({ _tag: "Pong", rid: r.rid() }),
  },
  Left: {
    code: 0x46,
    write(w, m) {
      w.rid(m.rid);
      w.flag(m.accepted);
    },
    read: (r) => ({ _tag: "Left", rid: r.rid(), accepted: r.flag() }),
  },
  Resolved: {
    code: 0x47,
    write(w, m) {
      w.rid(m.rid);
      w.peer(m.owner);
      writeToken(w, m.token);
      w.millis(m.leaseMs);
      w.varint(m.hops);
      writeList(w, m.trace, "hopsMax", writeHop);
    },
    read: (r) => ({
      _tag: "Resolved",
      rid: r.rid(),
      owner: r.peer(),
      token: readToken(r),
      leaseMs: r.varint(),
      hops: r.varint(),
      trace: readList(r, "hopsMax", readHop),
    }),
  },
  Refused: {
    code: 0x48,
    write(w, m) {
      w.rid(m.rid);
      w.word(refusalCodes, m.code);
      w.text(m.detail, "detailBytesMax");
    },
    read: (r) => ({
      _tag: "Refused",
      rid: r.rid(),
      code: r.word(refusalCodes, "unsupported"),
      detail: r.text("detailBytesMax"),
    }),
  },
  Inspected: {
    code: 0x49,
    write(w, m) {
      w.rid(m.rid);
      w.peer(m.self);
      writeNullable(w, m.predecessor, writePeer);
      writePeers(w, m.successors);
      writeNullable(w, m.claim, writeToken);
      w.millis(m.leaseMs);
    },
    read: (r) => ({
      _tag: "Inspected",
      rid: r.rid(),
      self: r.peer(),
      predecessor: readNullable(r, readPeer),
      successors: readPeers(r),
      claim: readNullable(r, readToken),
      leaseMs: r.varint(),
    }),
  },
  StatusReply: {
    code: 0x4a,
    write(w, m) {
      w.rid(m.rid);
      w.blob(m.json, "jsonBytesMax");
    },
    read: (r) => ({ _tag: "StatusReply", rid: r.rid(), json: r.blob("jsonBytesMax") }),
  },
  Introduced: {
    code: 0x4b,
    write(w, m) {
      w.rid(m.rid);
      writeNullable(w, m.preceding, writePeer);
      writePeers(w, m.successors);
    },
    read: (r) => ({
      _tag: "Introduced",
      rid: r.rid(),
      preceding: readNullable(r, readPeer),
      successors: readPeers(r),
    }),
  },
  Depart: {
    code: 0x80,
    write(w, m) {
      writeNullable(w, m.predecessor, writePeer);
      writePeers(w, m.successors);
    },
    read: (r) => ({ _tag: "Depart", predecessor: readNullable(r, readPeer), successors: readPeers(r) }),
  },
};

type Candidate = Closer["peers"][number];

function writeCandidate(w: Writer, candidate: Candidate): void {
  w.peer(candidate.peer);
  w.word(hopReasons, candidate.why);
}

function readCandidate(r: Reader): Candidate {
  return { peer: r.peer(), why: r.word(hopReasons, "told") };
}
