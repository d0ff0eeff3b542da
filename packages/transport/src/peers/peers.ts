import { hello } from "../admission/judgement.js";
import { clientName } from "../client-name.js";
import { defer } from "../defer.js";
import type { Dial } from "../dialling/dialler.js";
import type { LinkLimits } from "../limits.js";
import type { Link } from "../link/link.js";
import { failureOf, type LinkEnd } from "../link/link-end.js";
import type { FailureReason, Lane, LinkFailure, TransportEvent } from "../transport.js";
import { Failures } from "./failures.js";
import { Haste } from "./haste.js";
import { type Budget, type ChunkPool, Outbox } from "./outbox.js";
import { isExpected, loserOf, openLink, type Peer } from "./peer.js";

type SendFailed = Extract<TransportEvent, { readonly _tag: "SendFailed" }>;

export interface PeersContext {
  readonly limits: LinkLimits;
  readonly pool: ChunkPool;
  /** Our own URL; `null`: nobody dials us, so there are no two connections to choose from. */
  readonly address: string | null;
  emit(event: TransportEvent): void;
  /** Why the address may not be dialled now, or the dial. */
  dial(address: string): Dial | FailureReason;
  /** The last failure to dial it. */
  cause(address: string): NonNullable<SendFailed["cause"]> | null;
}

/** The traffic: what waits for whom, on which connection it leaves, and what comes back as failed. */
export class Peers {
  readonly #context: PeersContext;
  /** For all peers, and, as part of it, for clients. */
  readonly #budgets: Record<"node" | "client", ReadonlyArray<Budget>>;
  readonly #peers = new Map<string, Peer>();
  #dirty: Peer[] = [];
  readonly #failures: Failures;
  readonly #haste = new Haste();
  #flushing = false;
  /** Whose bytes are being handled. */
  #read: Peer | null = null;
  #clients = 0;
  /** Whether somebody waits for room in a queue, and whether there is more now. */
  #roomWanted = false;
  #roomMade = false;

  constructor(context: PeersContext) {
    this.#context = context;
    const { queuedBytesMax, queuedBytesPerPeerMax } = context.limits;
    const all = { usedBytes: 0, limitBytes: queuedBytesMax };
    const clients = { usedBytes: 0, limitBytes: queuedBytesMax * clientsShare };
    this.#budgets = { node: [all], client: [all, clients] };
    this.#failures = new Failures(queuedBytesPerPeerMax);
  }

  get(name: string): Peer | undefined {
    return this.#peers.get(name);
  }

  /** The peer of this address, which is to be dialled when something waits for it. */
  admit(address: string): Peer {
    return this.#peers.get(address) ?? this.#add(address, false);
  }

  admitClient(): Peer {
    this.#clients += 1;
    return this.#add(clientName(this.#clients), true);
  }

  enqueue(peer: Peer, frame: Uint8Array, lane: Lane): void {
    if (!peer.outbox.push(frame, lane)) {
      this.refuse(peer.name, frame, "overloaded");
      return;
    }
    if (this.#isBehind(peer)) openLink(peer)?.pauseReading();
    if (peer.dirty || peer === this.#read) return;
    // Ring frames overtake what else was sent in their turn. Behind a write that lasts what follows could not leave.
    if (lane === "ring" && openLink(peer)?.writing.takesAtOnce === true && this.#haste.sends()) {
      this.pump(peer);
      return;
    }
    peer.dirty = true;
    this.#dirty.push(peer);
    this.#schedule();
  }

  /** Where it says no, a `Drained` follows. */
  hasRoom(name: string, frameBytes: number, lane: Lane): boolean {
    const has = this.#peers.get(name)?.outbox.hasRoom(frameBytes, lane) ?? true;
    if (!has) this.#roomWanted = true;
    return has;
  }

  /** From here on, until `answer`, bytes of this peer are handled. */
  hear(peer: Peer): void {
    this.#read = peer;
    this.#haste.heard();
  }

  /**
   * All of its bytes that there were have been handled: what answers them is written at once, since in this turn
   * nothing more will come for it from there. What is for others waits for what the others' bytes bring, and so does
   * this peer where something for it waits already: it is written to once a turn.
   */
  answer(peer: Peer): void {
    this.#read = null;
    if (peer.outbox.bytes > 0 && !peer.dirty) this.pump(peer);
  }

  /** Tells later in this turn that the frame can't be sent. */
  refuse(peer: string, frame: Uint8Array, reason: FailureReason): void {
    this.#failures.refuse(peer, frame, reason);
    this.#schedule();
  }

  /** Whether the peer asks for more than it takes, so that its next request would be answered in vain. */
  isDeaf(peer: Peer): boolean {
    return peer.client && peer.outbox.bytes > this.#context.limits.queuedBytesPerPeerMax * deafShare;
  }

  /** We accepted the remote under this peer's name. */
  attach(peer: Peer, link: Link, incarnation: number): void {
    const earlier = peer.links.filter((other) => (other.greeting?.incarnation ?? incarnation) < incarnation);
    link.peer = peer;
    peer.links = peer.links.concat(link);
    // An earlier incarnation can't live any more: the later one answers at its address.
    for (const other of earlier) other.cut("replaced", `incarnation ${incarnation} took its place`);
    link.accept();
  }

  opened(peer: Peer, link: Link): void {
    if (peer.dial !== null && peer.dial === link.dial) peer.dial = null;
    const { dialTimeoutMs, helloTimeoutMs } = this.#context.limits;
    const dialMsMax = 2 * (dialTimeoutMs + helloTimeoutMs);
    for (const other of [...peer.links]) {
      if (other === link || other.phase !== "open") continue;
      loserOf(other, link, this.#context.address ?? "", peer.name, dialMsMax).leave("duplicate");
    }
    if (!peer.present && link.greeting !== null) {
      peer.present = true;
      this.#context.emit({ _tag: "Connected", peer: peer.name, hello: hello(link.greeting) });
    }
    this.pump(peer);
  }

  ended(peer: Peer, link: Link, end: LinkEnd): void {
    peer.links = peer.links.filter((other) => other !== link);
    this.#settle(peer, end, failureOf(end));
  }

  dialFailed(dial: Dial, failure: LinkFailure): void {
    const peer = this.#peers.get(dial.address);
    if (peer?.dial !== dial) return;
    peer.dial = null;
    this.#settle(peer, null, failure);
  }

  /** Writes what waits, or sees to it that it can be written. */
  pump(peer: Peer): void {
    const link = openLink(peer);
    if (link !== null) {
      const before = peer.outbox.bytes;
      while (peer.outbox.bytes > 0 && !link.writing.blocked) link.write(peer.outbox.take());
      if (peer.outbox.bytes < before) this.#drained();
      if (!this.#isBehind(peer)) link.resumeReading();
      return;
    }
    if (peer.outbox.bytes === 0 || isExpected(peer)) return;
    const dial = peer.client ? "unknown-peer" : this.#context.dial(peer.name);
    if (typeof dial === "object") peer.dial = dial;
    else {
      this.#fail(peer, dial);
      this.#forgetIfUnused(peer);
    }
  }

  /** Writes what can be written, now; used at the end of each turn. */
  flush(): void {
    const dirty = this.#dirty;
    const failures = this.#failures.take();
    this.#haste.flushed();
    this.#dirty = [];
    for (const peer of dirty) {
      peer.dirty = false;
      this.pump(peer);
    }
    for (const failure of failures) {
      const cause = failure.reason === "backoff" ? this.#context.cause(failure.peer) : null;
      this.#context.emit(cause === null ? failure : { ...failure, cause });
    }
    if (!this.#roomMade) return;
    this.#roomMade = false;
    this.#context.emit({ _tag: "Drained" });
  }

  /** Everything that still waits has failed. */
  close(): void {
    this.flush();
    for (const peer of [...this.#peers.values()]) {
      if (peer.outbox.bytes > 0) this.#fail(peer, "closed");
    }
    this.flush();
  }

  #fail(peer: Peer, reason: FailureReason): void {
    this.#failures.give(peer.name, peer.outbox.drop(), reason);
    this.#drained();
    this.#schedule();
  }

  /** Only clients: two nodes that stopped reading each other would never go on. */
  #isBehind(peer: Peer): boolean {
    return peer.client && peer.outbox.bytes > this.#context.limits.queuedBytesPerPeerMax * behindShare;
  }

  /** Called when a connection or a dial of the peer has gone: what becomes of its frames? */
  #settle(peer: Peer, end: LinkEnd | null, failure: LinkFailure): void {
    if (openLink(peer) !== null) return;
    const orderly = end?.reason === "duplicate" || end?.reason === "idle";
    // Its survivor is about to open: for the application the connection never ended.
    if (end?.reason === "duplicate" && isExpected(peer)) return;
    if (peer.present) this.#disconnected(peer, end);
    if (isExpected(peer)) return;
    if (orderly && !peer.client) this.pump(peer);
    else if (peer.outbox.bytes > 0) this.#giveBack(peer, failure);
    this.#forgetIfUnused(peer);
  }

  #disconnected(peer: Peer, end: LinkEnd | null): void {
    peer.present = false;
    const reason = end === null ? "reset" : end.reason === "duplicate" ? "closed" : end.reason;
    this.#context.emit({ _tag: "Disconnected", peer: peer.name, reason });
  }

  #giveBack(peer: Peer, { reason, refusal }: LinkFailure): void {
    const frames = peer.outbox.drop();
    this.#drained();
    const failed: SendFailed = { _tag: "SendFailed", peer: peer.name, frames, reason };
    this.#context.emit(refusal === undefined ? failed : { ...failed, refusal });
  }

  #add(name: string, client: boolean): Peer {
    const { pool, limits } = this.#context;
    const budgets = this.#budgets[client ? "client" : "node"];
    const peer: Peer = {
      name,
      client,
      outbox: new Outbox(pool, budgets, limits.queuedBytesPerPeerMax),
      links: [],
      dial: null,
      present: false,
      dirty: false,
    };
    this.#peers.set(name, peer);
    return peer;
  }

  #forgetIfUnused(peer: Peer): void {
    if (peer.links.length > 0 || peer.dial !== null || peer.outbox.bytes > 0) return;
    if (this.#peers.get(peer.name) === peer) this.#peers.delete(peer.name);
  }

  /** Queues share memory: there is more room for all of them. */
  #drained(): void {
    if (!this.#roomWanted) return;
    this.#roomWanted = false;
    this.#roomMade = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    defer(this.#flushScheduled);
  }

  readonly #flushScheduled = (): void => {
    this.#flushing = false;
    this.flush();
  };
}

/** What clients that do not read may take of the memory for all, so that the ring's nodes always find some. */
const clientsShare = 0.5;

/** From this share of its queue on a client is not read until it has read. */
const behindShare = 0.25;

/** From this share on its requests that were read already are not served. */
const deafShare = 0.75;
