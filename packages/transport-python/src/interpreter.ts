import type { Message, Peer, RequestId, Route } from "@chordnet/core";
import { distance, inRange } from "@chordnet/core";
import type { LinkFailure } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import { left, right } from "fp-ts/lib/Either.js";
import type { Lives } from "./lives.js";
import type { Request } from "./request.js";
import { writeNotify, writeRequest } from "./request.js";
import { circle, named, pointOf, readPeer } from "./space.js";

/** What a peer would have said, had it been asked by a message of ChordNet's. Null: nothing is said to that. */
export type Interpreted = Either<LinkFailure, Message | null>;

/** Asks a node one thing: the text of its answer. */
export type Ask = (url: string, request: string) => Promise<Either<LinkFailure, string>>;

/**
 * A list is asked together, each node telling the next: it has as many nodes as this, so that a node survives the death
 * of two in a row.
 */
export const listedMax = 3;

/** Of so many nodes it is known who follows them. */
const listsMax = 16;

const silence = "no answer";

/**
 * Puts ChordNet's messages into the words of the library, and its answers into ChordNet's. One message may take several
 * requests; what the library has no word for is refused as unsupported.
 */
export class Interpreter {
  readonly #self: string;
  readonly #lives: Lives;
  readonly #ask: Ask;
  /** Who follows whom, as it was when last asked. */
  readonly #lists = new Map<string, ReadonlyArray<Peer>>();

  constructor(self: string, lives: Lives, ask: Ask) {
    this.#self = self;
    this.#lives = lives;
    this.#ask = ask;
  }

  async say(to: string, message: Message): Promise<Interpreted> {
    switch (message._tag) {
      case "Ask":
        return this.#stabilize(to, message.rid);
      case "Ping":
        return said(await this.#request(to, { _tag: "Ping" }), (text) =>
          text === "ALIVE" ? { _tag: "Pong", rid: message.rid } : refused(message.rid, `${text} to a ping`),
        );
      case "Query": {
        const { rid, target, trace } = message;
        const found = await this.#find(
          to,
          trace ? { _tag: "TraceSuccessor", target, hops: 0 } : { _tag: "FindSuccessor", target },
        );
        return said(found, (owner) => (owner === null ? refused(rid, silence) : resolved(rid, owner)));
      }
      case "Route":
        return this.#owns(to, message);
      case "Introduce": {
        const { rid } = message;
        const found = await this.#find(to, { _tag: "FindSuccessor", target: named(this.#self) });
        return said(found, (owner) =>
          owner === null
            ? refused(rid, silence)
            : { _tag: "Introduced", rid, preceding: null, successors: [owner.peer] },
        );
      }
      case "Inspect":
        return this.#inspect(to, message.rid);
      default:
        return right(
          isRequest(message) ? refused(message.rid, `no word for ${message._tag}`, "unsupported") : null,
        );
    }
  }

  /**
   * Its predecessor; and "I may be your predecessor". Those that follow it are asked for behind that, for the next
   * time: each tells but the next, and a node that waits for its answer is in doubt meanwhile.
   */
  async #stabilize(to: string, rid: RequestId): Promise<Interpreted> {
    const self = { id: named(this.#self), address: this.#self };
    const [predecessor, notified] = await Promise.all([
      this.#predecessor(to),
      this.#ask(to, writeNotify(self)),
    ]);
    if (predecessor._tag === "Left") return predecessor;
    if (notified._tag === "Left") return notified;
    const successors = this.#lists.get(to) ?? [];
    void this.#list(to).then((list) => this.#keep(to, list));
    return right({
      _tag: "Answer",
      rid,
      verdict: { _tag: "Granted", leaseMs: 0 },
      predecessor: predecessor.right,
      successors,
    });
  }

  /** Owned by whom its predecessor leaves it; one without a predecessor can't say, and is believed. */
  async #owns(to: string, { rid, target }: Route): Promise<Interpreted> {
    return said(await this.#predecessor(to), (predecessor): Message => {
      const self = named(to);
      const length = predecessor === null ? circle.size : distance(circle, predecessor.id, self);
      if (predecessor !== null && !inRange(circle, target, self, length))
        return { _tag: "Closer", rid, peers: [{ peer: predecessor, why: "predecessor" }] };
      return { _tag: "Found", rid, token: { epoch: 0, length }, leaseMs: 0, hops: 1 };
    });
  }

  #keep(of: string, list: ReadonlyArray<Peer>): void {
    this.#lists.delete(of);
    this.#lists.set(of, list);
    if (this.#lists.size <= listsMax) return;
    const [oldest] = this.#lists.keys();
    if (oldest !== undefined) this.#lists.delete(oldest);
  }

  async #inspect(to: string, rid: RequestId): Promise<Interpreted> {
    const predecessor = await this.#predecessor(to);
    if (predecessor._tag === "Left") return predecessor;
    const self = this.#peer(to);
    const successors = await this.#list(to);
    return right({
      _tag: "Inspected",
      rid,
      self,
      predecessor: predecessor.right,
      successors,
      claim: null,
      leaseMs: 0,
    });
  }

  async #predecessor(of: string): Promise<Either<LinkFailure, Peer | null>> {
    return said(await this.#request(of, { _tag: "GetPredecessor" }), (text) => this.#read(text));
  }

  /** Each tells who follows it, until one does not answer or the list comes round. */
  async #list(first: string): Promise<ReadonlyArray<Peer>> {
    const found: Peer[] = [];
    for (let last = first; found.length < listedMax - 1; ) {
      const next = await this.#find(last, { _tag: "FindSuccessor", target: pointOf(named(last) + 1n) });
      if (next._tag === "Left" || next.right === null) break;
      const { peer } = next.right;
      const known = [first, this.#self, ...found.map(({ address }) => address)];
      if (known.includes(peer.address)) break;
      found.push(peer);
      last = peer.address;
    }
    return found;
  }

  async #find(
    to: string,
    request: Extract<Request, { readonly _tag: "FindSuccessor" | "TraceSuccessor" }>,
  ): Promise<Either<LinkFailure, Found | null>> {
    return said(await this.#request(to, request), (text) => {
      const parts = text.split(":");
      const hops = request._tag === "TraceSuccessor" ? Number(parts.splice(3, 1)[0]) : 0;
      const peer = this.#read(parts.join(":"));
      return peer === null || !Number.isInteger(hops) ? null : { peer, hops: Math.max(0, hops) };
    });
  }

  #request(
    to: string,
    request: Exclude<Request, { readonly _tag: "Notify" }>,
  ): Promise<Either<LinkFailure, string>> {
    return this.#ask(to, writeRequest(request));
  }

  #read(text: string): Peer | null {
    const url = readPeer(text);
    return url === null ? null : this.#peer(url);
  }

  #peer(url: string): Peer {
    return { id: named(url), address: url, incarnation: this.#lives.of(url) };
  }
}

/** By somebody's word. */
interface Found {
  readonly peer: Peer;
  /** How often it was passed on. */
  readonly hops: number;
}

function resolved(rid: RequestId, { peer, hops }: Found): Message {
  return { _tag: "Resolved", rid, owner: peer, token: { epoch: 0, length: 0n }, leaseMs: 0, hops, trace: [] };
}

function refused(rid: RequestId, detail: string, code: "no-owner" | "unsupported" = "no-owner"): Message {
  return { _tag: "Refused", rid, code, detail };
}

function isRequest(message: Message): message is Extract<Message, { readonly rid: RequestId }> {
  return ["Find", "Leave", "Status"].includes(message._tag);
}

function said<A, B>(answer: Either<LinkFailure, A>, make: (text: A) => B): Either<LinkFailure, B> {
  return answer._tag === "Left" ? left(answer.left) : right(make(answer.right));
}
