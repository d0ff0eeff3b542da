import type { Message, Peer, RequestId, Route } from "@chordnet/core";
import { distance, inRange, left, right } from "@chordnet/core";
import type { LinkFailure } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
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

/** As many hops as a message can tell of. */
const hopsMost = 65_535;

const silence = "no answer";

const isClient = "only nodes ask so";

/** The node that speaks. */
type Self = Pick<Peer, "id" | "address">;

/**
 * Puts ChordNet's messages into the words of the library, and its answers into ChordNet's. One message may take several
 * requests; what the library has no word for is refused as unsupported.
 */
export class Interpreter {
  readonly #self: Self | null;
  readonly #lives: Lives;
  readonly #ask: Ask;
  /** Who follows whom, as it was when last asked. */
  readonly #lists = new Map<string, ReadonlyArray<Peer>>();

  /** `address`: of the node that speaks; null for a client. */
  constructor(address: string | null, lives: Lives, ask: Ask) {
    this.#self = address === null ? null : { id: named(address), address };
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
          trace ? { _tag: "TraceSuccessor", target, hops: 0n } : { _tag: "FindSuccessor", target },
        );
        return said(found, (owner) => (owner === null ? refused(rid, silence) : resolved(rid, owner)));
      }
      case "Route":
        return this.#owns(to, message);
      case "Introduce":
        return this.#introduce(to, message.rid);
      case "Inspect":
        return this.#inspect(to, message.rid);
      default:
        return right(
          isRequest(message)
            ? refused(message.rid, `the Python library has no word for ${message._tag}`, "unsupported")
            : null,
        );
    }
  }

  /**
   * Its predecessor; and "I may be your predecessor". Those that follow it are asked for behind that, for the next
   * time: each tells but the next, and a node that waits for its answer is in doubt meanwhile.
   */
  async #stabilize(to: string, rid: RequestId): Promise<Interpreted> {
    if (this.#self === null) return right(refused(rid, isClient, "unsupported"));
    const [predecessor, notified] = await Promise.all([
      this.#predecessor(to),
      this.#ask(to, writeNotify(this.#self)),
    ]);
    if (predecessor._tag === "Left") return predecessor;
    if (notified._tag === "Left") return notified;
    const successors = this.#lists.get(to) ?? [];
    void this.#following(to, [this.#self.address]).then((list) => this.#keep(to, list));
    return right({
      _tag: "Answer",
      rid,
      verdict: { _tag: "Granted", leaseMs: 0 },
      predecessor: predecessor.right,
      successors,
    });
  }

  async #introduce(to: string, rid: RequestId): Promise<Interpreted> {
    if (this.#self === null) return right(refused(rid, isClient, "unsupported"));
    const found = await this.#find(to, { _tag: "FindSuccessor", target: this.#self.id });
    return said(found, (owner) =>
      owner === null
        ? refused(rid, silence)
        : { _tag: "Introduced", rid, preceding: null, successors: [owner.peer] },
    );
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

  /** What it claims is what its predecessor leaves it; one without a predecessor claims all if it knows nobody else. */
  async #inspect(to: string, rid: RequestId): Promise<Interpreted> {
    const [preceding, next] = await Promise.all([this.#predecessor(to), this.next(to)]);
    if (preceding._tag === "Left") return preceding;
    if (next._tag === "Left") return next;
    if (next.right === null) return right(refused(rid, silence));
    const self = this.#peer(to);
    const [predecessor, successor] = [preceding.right, next.right];
    const isLone = predecessor === null && successor.address === to;
    const length = predecessor === null ? circle.size : distance(circle, predecessor.id, self.id);
    return right({
      _tag: "Inspected",
      rid,
      self,
      predecessor,
      successors: successor.address === to ? [] : [successor],
      claim: predecessor === null && !isLone ? null : { epoch: 0, length },
      leaseMs: 0,
    });
  }

  async #predecessor(of: string): Promise<Either<LinkFailure, Peer | null>> {
    return said(await this.#request(of, { _tag: "GetPredecessor" }), (text) => this.#read(text));
  }

  /** Each tells who follows it, until one does not answer, or names one that was seen or is left out. */
  async #following(first: string, leftOut: ReadonlyArray<string>): Promise<ReadonlyArray<Peer>> {
    const found: Peer[] = [];
    const known = new Set([first, ...leftOut]);
    for (let last = first; found.length < listedMax - 1; ) {
      const next = await this.next(last);
      if (next._tag === "Left" || next.right === null || known.has(next.right.address)) break;
      found.push(next.right);
      last = next.right.address;
      known.add(last);
    }
    return found;
  }

  /** Who follows a node, by its own word; null: it named nobody. */
  async next(to: string): Promise<Either<LinkFailure, Peer | null>> {
    const found = await this.#find(to, { _tag: "FindSuccessor", target: pointOf(named(to) + 1n) });
    return said(found, (owner) => owner?.peer ?? null);
  }

  async #find(
    to: string,
    request: Extract<Request, { readonly _tag: "FindSuccessor" | "TraceSuccessor" }>,
  ): Promise<Either<LinkFailure, Found | null>> {
    return said(await this.#request(to, request), (text) => {
      const parts = text.split(":");
      const hops = request._tag === "TraceSuccessor" ? Number(parts.splice(3, 1)[0]) : 0;
      const peer = this.#read(parts.join(":"));
      return peer === null || !(hops <= hopsMost) ? null : { peer, hops: Math.max(0, Math.trunc(hops)) };
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
