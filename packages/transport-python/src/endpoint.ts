import { setMaxListeners } from "node:events";
import type { Server, Socket } from "node:net";
import type { Addressed, Codec, DecodeError, Message, RequestId } from "@chordnet/core";
import { between, codec, left, right } from "@chordnet/core";
import type {
  ConnectionInfo,
  Endpoint,
  FailureReason,
  Hello,
  LinkFailure,
  OpenOptions,
} from "@chordnet/transport";
import { clientName, defer } from "@chordnet/transport";
import { closeNet } from "@chordnet/transport/node";
import type { Either } from "fp-ts/lib/Either.js";
import { ask } from "./ask.js";
import { attend, predecessorOf } from "./desk.js";
import { Interpreter } from "./interpreter.js";
import { Lives } from "./lives.js";
import { writeRequest } from "./request.js";
import { circle, named } from "./space.js";
import { Turns } from "./turns.js";

/** How many questions of ours may be open at once, and how many callers be attended to. */
const openMax = 1_024;

/** Somebody who said that it is our predecessor is believed to live there for so long without being asked again. */
const believedMs = 5_000;

/** A node that is no member yet does not answer itself; whoever called waits no longer, either. */
const ourselvesMs = 5_000;

const asker = clientName("asker");

/** These may take long, and many be wanted at once; of the rest there are three that a node is asked. */
const lookups = /^(FIND|TRACE)_SUCCESSOR:/;

/** How many lookups of ours may be with one node at a time. */
const lookupsMax = 4;

/** Where others find a process. */
export interface Listener {
  readonly address: string;
  readonly server: Server;
}

/** A process on the wire of the Python library: it speaks for its peers, and to them. */
export class PythonEndpoint implements Endpoint {
  readonly address: string | null;
  readonly #options: OpenOptions;
  readonly #server: Server | null;
  readonly #codec: Codec = codec({ space: circle, naming: named });
  readonly #lives = new Lives();
  readonly #interpreter: Interpreter;
  readonly #over = new AbortController();
  readonly #callers = new Set<Socket>();
  readonly #asked = new Map<RequestId, (answer: Message | null) => void>();
  readonly #believed = new Map<string, number>();
  /** Questions that are open, each to be asked once at a time. */
  readonly #open = new Map<string, Promise<Either<LinkFailure, string>>>();
  readonly #turns = new Turns(lookupsMax);
  #saying = 0;
  #rid = 0;
  #closing: Promise<void> | null = null;

  /** Without a listener: a client. */
  constructor(listener: Listener | null, options: OpenOptions) {
    this.address = listener?.address ?? null;
    this.#server = listener?.server ?? null;
    // Each question that is open listens.
    setMaxListeners(openMax, this.#over.signal);
    this.#options = options;
    this.#interpreter = new Interpreter(this.address, this.#lives, (url, request) => this.#ask(url, request));
  }

  send(peer: string, frame: Uint8Array): void {
    const kept = frame.slice();
    const read = this.#codec.decode(kept);
    if (peer === asker) this.#answered(read);
    else if (read._tag === "Left") this.#cannotSay(peer, read.left);
    else void this.#say(peer, kept, read.right);
  }

  /** There are no queues. */
  hasRoom(): boolean {
    return true;
  }

  /** There is nothing to renew: each question has a connection of its own. */
  renew(): void {}

  async greet(address: string): Promise<Either<LinkFailure, Hello>> {
    if (address === this.address) return left({ reason: "self", detail: "this is our own address" });
    const told = await this.#ask(address, writeRequest({ _tag: "Ping" }));
    if (told._tag === "Left") return told;
    if (told.right !== "ALIVE") return left({ reason: "protocol", detail: `${told.right} to a ping` });
    const { versions } = this.#options;
    return right({ versions, address, incarnation: this.#lives.of(address), payload: new Uint8Array(0) });
  }

  /** None lasts. */
  connections(): ReadonlyArray<ConnectionInfo> {
    return [];
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Somebody calls. */
  onSocket(socket: Socket): void {
    if (this.#closing !== null) {
      socket.destroy();
      return;
    }
    // Who has something to ask is soon gone: the oldest says nothing.
    const [oldest] = this.#callers.size < openMax ? [] : this.#callers;
    oldest?.destroy();
    this.#callers.add(socket);
    socket.once("close", () => this.#callers.delete(socket));
    void attend(socket, {
      ask: (make) => this.#askOurselves(make),
      notified: (url) => this.#notified(url),
    });
  }

  async #say(peer: string, frame: Uint8Array, { from, to, message }: Addressed<Message>): Promise<void> {
    if (this.#closing !== null || this.#saying >= openMax) {
      defer(() => this.#failed(peer, frame, this.#closing === null ? "overloaded" : "closed"));
      return;
    }
    this.#saying += 1;
    try {
      const said = await this.#interpreter.say(peer, message);
      if (said._tag === "Left") this.#failed(peer, frame, said.left.reason);
      else if (said.right !== null) this.#receive(peer, { from: to, to: from, message: said.right });
      if (said._tag === "Right" && message._tag === "Ping") void this.#follow(peer);
    } finally {
      this.#saying -= 1;
    }
  }

  /** A request of a kind that is not the ring's own. */
  #cannotSay(peer: string, error: DecodeError): void {
    if (error._tag !== "UnknownKind" || error.rid === null) return;
    const { rid, from, to } = error;
    const detail = "the Python library has no word for it";
    const message: Message = { _tag: "Refused", rid, code: "unsupported", detail };
    defer(() => this.#receive(peer, { from: to, to: from, message }));
  }

  /**
   * What is asked while the same question is open gets the same answer: a node that is slow is not asked by more and
   * more connections, which would make it slower.
   */
  #ask(url: string, request: string): Promise<Either<LinkFailure, string>> {
    const question = `${url} ${request}`;
    const open = this.#open.get(question);
    if (open !== undefined) return open;
    const asked = this.#askAnew(url, request).finally(() => this.#open.delete(question));
    this.#open.set(question, asked);
    return asked;
  }

  async #askAnew(url: string, request: string): Promise<Either<LinkFailure, string>> {
    const ours = (): Promise<Either<LinkFailure, string>> => ask(url, request, this.#over.signal);
    const answer = await (lookups.test(request) ? this.#turns.inTurn(url, ours) : ours());
    if (answer._tag === "Left" && answer.left.reason === "refused") {
      this.#lives.ended(url);
      this.#believed.delete(url);
    }
    return answer;
  }

  #askOurselves(make: (rid: RequestId) => Message): Promise<Message | null> {
    this.#rid += 1;
    const rid = this.#rid;
    return new Promise((resolve) => {
      const settle = (answer: Message | null): void => {
        clearTimeout(timer);
        this.#asked.delete(rid);
        resolve(answer);
      };
      const timer = setTimeout(() => settle(null), ourselvesMs);
      this.#asked.set(rid, settle);
      const frame = this.#codec.encode({ from: 0, to: 0, message: make(rid) });
      this.#emit(asker, 0, true, frame);
    });
  }

  #answered(read: Either<DecodeError, Addressed<Message>>): void {
    const message = read._tag === "Right" ? read.right.message : null;
    if (message === null || !("rid" in message)) return;
    this.#asked.get(message.rid)?.(message);
  }

  /**
   * A predecessor that is asked whether it lives has said nothing for a while: perhaps it follows somebody else now,
   * who lies between, and who may never speak for itself, as where its own pointer leads to a dead node.
   */
  async #follow(peer: string): Promise<void> {
    if (this.address === null) return;
    const predecessor = await predecessorOf((make) => this.#askOurselves(make));
    if (predecessor?.address !== peer) return;
    const next = await this.#interpreter.next(peer);
    if (next._tag === "Left" || next.right === null) return;
    if (between(predecessor.id, next.right.id, named(this.address))) await this.#notified(next.right.address);
  }

  /** Whoever claims an address has to answer there. */
  async #notified(url: string): Promise<boolean> {
    if (url === this.address || !(await this.#answers(url))) return false;
    this.#rid += 1;
    const token = { epoch: 0, length: 0n };
    const message: Message = { _tag: "Ask", rid: this.#rid, token, unleasedMs: 0, beneath: [] };
    this.#receive(url, { from: 0, to: 0, message });
    return true;
  }

  async #answers(url: string): Promise<boolean> {
    const now = performance.now();
    if ((this.#believed.get(url) ?? 0) > now) return true;
    const told = await this.#ask(url, writeRequest({ _tag: "Ping" }));
    if (told._tag === "Left" || told.right !== "ALIVE") return false;
    if (this.#believed.size >= openMax) this.#believed.clear();
    this.#believed.set(url, now + believedMs);
    return true;
  }

  #receive(peer: string, envelope: Addressed<Message>): void {
    this.#emit(peer, this.#lives.of(peer), false, this.#codec.encode(envelope));
  }

  #emit(peer: string, incarnation: number, client: boolean, frame: Uint8Array): void {
    if (!this.#over.signal.aborted)
      this.#options.onEvent({ _tag: "Frame", peer, incarnation, client, frame });
  }

  #failed(peer: string, frame: Uint8Array, reason: FailureReason): void {
    if (this.#over.signal.aborted) return;
    this.#options.onEvent({ _tag: "SendFailed", peer, frames: [frame], reason });
  }

  async #close(): Promise<void> {
    this.#over.abort();
    for (const settle of [...this.#asked.values()]) settle(null);
    const closed = this.#server === null ? null : closeNet(this.#server);
    for (const socket of this.#callers) socket.destroy();
    await closed;
  }
}
