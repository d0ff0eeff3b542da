import { left, right } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import { describeAddressError } from "./address.js";
import { Admission, type AdmissionContext } from "./admission/admission.js";
import { atTheDoor, gaveWay } from "./admission/door.js";
import { hello, type Ourselves } from "./admission/judgement.js";
import { isClientName } from "./client-name.js";
import { defer } from "./defer.js";
import { Backoff } from "./dialling/backoff.js";
import {
  type Dial,
  Dialler,
  type DiallerHandlers,
  type DialOutcome,
  refusedDial,
} from "./dialling/dialler.js";
import type { DialFailure, Listener, RawSocket } from "./driver.js";
import type { LinkLimits } from "./limits.js";
import { connectionInfo } from "./link/connection-info.js";
import { Goodbyes } from "./link/goodbyes.js";
import { encodeGreeting, type Greeting } from "./link/hello.js";
import { Link } from "./link/link.js";
import { failureOf, type LinkEnd } from "./link/link-end.js";
import type { LinkOwner } from "./link/link-owner.js";
import { Sweep } from "./link/sweep.js";
import { type ChunkPool, chunkPool } from "./peers/outbox.js";
import { openLink } from "./peers/peer.js";
import { Peers, type PeersContext } from "./peers/peers.js";
import type {
  ConnectionInfo,
  Endpoint,
  FailureReason,
  Lane,
  LinkFailure,
  OpenOptions,
  Refusal,
  TransportEvent,
} from "./transport.js";

/**
 * All connections of one process: who is at the other end, and whether both sides accept each other. To its parts it is
 * what they ask for: a process may have thousands of nodes, and closures for each would take as much as the parts.
 */
export class LinkEndpoint implements Endpoint, LinkOwner, AdmissionContext, PeersContext, DiallerHandlers {
  readonly address: string | null;
  readonly limits: LinkLimits;
  readonly pool: ChunkPool = chunkPool;
  readonly ourselves: Ourselves;
  readonly #describe: () => Uint8Array;
  readonly #onEvent: (event: TransportEvent) => void;
  readonly #listener: Listener | null;
  readonly links: Set<Link> = new Set();
  readonly #peers: Peers;
  readonly #dialler: Dialler;
  readonly #admission: Admission;
  readonly #backoff: Backoff;
  readonly #sweep: Sweep;
  readonly #goodbyes: Goodbyes;
  #closing: Promise<void> | null = null;
  #closed = false;

  constructor(ourselves: Ourselves, listener: Listener | null, limits: LinkLimits, options: OpenOptions) {
    this.address = ourselves.address;
    this.limits = limits;
    this.ourselves = ourselves;
    this.#listener = listener;
    this.#describe = options.describe;
    this.#onEvent = options.onEvent;
    this.#backoff = new Backoff(limits.backoffMinMs, limits.backoffMaxMs, limits.rememberedMax);
    this.#sweep = new Sweep(this.links, limits);
    this.#goodbyes = new Goodbyes(this.links);
    this.#admission = new Admission(this);
    this.#dialler = new Dialler(ourselves.driver, limits, this);
    this.#peers = new Peers(this);
  }

  send(name: string, frame: Uint8Array, lane: Lane = "ring"): void {
    const known = this.#peers.get(name);
    const reason = this.#reasonNotToSend(name, frame, known !== undefined);
    if (reason === null) this.#peers.enqueue(known ?? this.#peers.admit(name), frame, lane);
    else this.#peers.refuse(name, frame, reason);
  }

  hasRoom(name: string, frameBytes: number, lane: Lane): boolean {
    return this.#peers.hasRoom(name, frameBytes, lane);
  }

  renew(name: string): void {
    const peer = this.#peers.get(name);
    const link = peer === undefined ? null : openLink(peer);
    if (link === null || link.ages.deafMs < deafMsMin) return;
    defer(() => link.cut("timeout", "nothing comes from the peer"));
  }

  async greet(address: string): Promise<DialOutcome> {
    const canonical = this.ourselves.driver.canonical(address);
    if (this.#closing !== null) return left({ reason: "closed", detail: "the endpoint closed" });
    if (canonical._tag === "Left") {
      return left({ reason: "bad-address", detail: describeAddressError(canonical.left) });
    }
    const peer = this.#peers.get(canonical.right);
    const greeting = peer === undefined ? null : (openLink(peer)?.greeting ?? null);
    return greeting === null ? this.#dialler.probe(canonical.right) : right(hello(greeting));
  }

  connections(): ReadonlyArray<ConnectionInfo> {
    const connections: ConnectionInfo[] = [];
    for (const link of this.links) {
      const info = connectionInfo(link);
      if (info !== null) connections.push(info);
    }
    return connections;
  }

  close(): Promise<void> {
    this.#closing ??= Promise.resolve().then(() => this.#close());
    return this.#closing;
  }

  /** A remote dialled us. Who comes when there is no room is told so, even before it said who it is. */
  onSocket(socket: RawSocket): void {
    if (this.#closing !== null) {
      socket.destroy();
      return;
    }
    const link = this.#adopt(socket, null);
    const { refusal, cut, givesWay } = atTheDoor(this.links, this.limits, link);
    if (refusal !== null) {
      link.refuse(refusal);
      // A refusal may be lost by a reset, unless the socket lingers; so many may not.
      if (cut) socket.destroy();
    } else if (givesWay !== null) {
      givesWay.refuse(gaveWay(this.limits));
      givesWay.socket.destroy();
    }
  }

  greeting(dial: Dial | null): Either<Refusal, Uint8Array> {
    const { versions, address, incarnation } = this.ourselves;
    const refusal = (code: string, detail: string): Either<Refusal, never> => left({ code, detail });
    const known = { versions, address, incarnation, probe: dial?.probe === true };
    try {
      const encoded = encodeGreeting({
        ...known,
        payload: this.#describe(),
        ...this.#admission.tickets(dial),
      });
      return encoded._tag === "Right" ? encoded : refusal("hello-too-long", "our own hello is too long");
    } catch (error) {
      return refusal("hello-failed", `our own hello can't be made: ${String(error)}`);
    }
  }

  judgeStranger(socket: RawSocket, { address, shows }: Greeting): Refusal | null {
    // What is no address is refused as such, later on.
    const claimed = address !== null && this.ourselves.driver.canonical(address)._tag === "Right";
    if (address === null && this.#admission.knowsToken(shows)) return null;
    return socket.judge?.(claimed ? address : null) ?? null;
  }

  onGreeting(link: Link, greeting: Greeting): void {
    if (link.dial !== null) this.#admission.onAnswer(link, link.dial, greeting);
    else this.#admission.onClaim(link, greeting);
  }

  onTicket(link: Link, ticket: Uint8Array): void {
    this.#admission.onTicket(link, ticket);
  }

  onOpen(link: Link): void {
    const { peer, greeting, dial } = link;
    if (peer === null || greeting === null) return;
    if (dial !== null) this.settle(dial, right(hello(greeting)));
    this.#backoff.cleared(peer.name);
    this.#peers.opened(peer, link);
  }

  onChunk({ peer }: Link): void {
    if (peer !== null) this.#peers.hear(peer);
  }

  onChunkRead({ peer }: Link): void {
    if (peer !== null) this.#peers.answer(peer);
  }

  onFrame(link: Link, frame: Uint8Array): void {
    const { peer, greeting } = link;
    if (peer === null || greeting === null || this.#closed || this.#peers.isDeaf(peer)) return;
    const { incarnation } = greeting;
    this.#onEvent({ _tag: "Frame", peer: peer.name, incarnation, client: peer.client, frame });
  }

  onHeldBack({ peer }: Link): void {
    if (peer !== null) this.emit({ _tag: "HeldBack", peer: peer.name });
  }

  onWritable(link: Link): void {
    if (link.peer !== null) this.#peers.pump(link.peer);
  }

  onEnd(link: Link, end: LinkEnd): void {
    this.#admission.onEnd(link);
    if (end.refused !== undefined) {
      const peer = link.dial?.address ?? link.greeting?.address ?? null;
      this.emit({ _tag: "Rejected", peer, remote: link.socket.remote, ...end.refused });
    }
    if (link.dial !== null) this.settle(link.dial, left(failureOf(end)));
    if (link.peer !== null) this.#peers.ended(link.peer, link, end);
  }

  onGone(link: Link): void {
    this.links.delete(link);
    if (this.links.size > 0) return;
    this.#sweep.stop();
    this.#goodbyes.lastGone();
  }

  dial(address: string): Dial | FailureReason {
    if (this.#closing !== null) return "closed";
    if (this.#backoff.blocks(address, performance.now())) return "backoff";
    const dialled = [...this.links].filter(({ dial }) => dial?.probe === false);
    if (dialled.length >= this.limits.connectionsMax) return "overloaded";
    return this.#dialler.dial(address);
  }

  /** Who answers there has another name: it is dialled by that, and known by the first. */
  redirect(dial: Dial, target: string): void {
    const peer = this.#peers.get(dial.address);
    if (!this.#dialler.settle(dial, left({ reason: "closed", detail: target })) || peer?.dial !== dial)
      return;
    peer.dial = this.#dialler.dial(dial.address, target);
  }

  #adopt(socket: RawSocket, dial: Dial | null): Link {
    const link = new Link(socket, this, dial);
    this.links.add(link);
    this.#sweep.start();
    link.start();
    return link;
  }

  /** Unless a dial is under way that will tell as well. */
  begin(address: string): void {
    if (this.#closing === null && !this.#dialler.isAsking(address)) this.#dialler.verify(address);
  }

  giveUp(address: string): void {
    this.#dialler.giveUp(address, (dial) => {
      for (const link of this.links)
        if (link.dial === dial) link.cut("closed", "nobody waits for it any more");
    });
  }

  nextTurn(): number {
    return this.#admission.nextTurn();
  }

  cause(address: string): ReturnType<PeersContext["cause"]> {
    return this.#backoff.cause(address, performance.now());
  }

  onDialled(dial: Dial, socket: RawSocket): void {
    this.#adopt(socket, dial);
  }

  admit(link: Link, address: string | null, incarnation: number): void {
    const peer = address === null ? this.#peers.admitClient() : this.#peers.admit(address);
    this.#peers.attach(peer, link, incarnation);
  }

  onDialFailed(dial: Dial, failure: LinkFailure | DialFailure): void {
    const refused = refusedDial(dial, failure);
    if (refused === null) {
      this.settle(dial, left(failure));
      return;
    }
    this.emit({ _tag: "Rejected", peer: dial.address, remote: dial.target, ...refused });
    this.settle(dial, left({ reason: "rejected", detail: failure.detail, refusal: refused.refusal }));
  }

  /** Once for each dial; later calls change nothing. */
  settle(dial: Dial, outcome: DialOutcome): void {
    if (!this.#dialler.settle(dial, outcome) || outcome._tag === "Right") return;
    this.#admission.onDialFailed(dial, outcome.left);
    if (dial.probe) return;
    if (outcome.left.reason !== "closed") this.#backoff.failed(dial.address, performance.now(), outcome.left);
    this.#peers.dialFailed(dial, outcome.left);
  }

  #reasonNotToSend(name: string, frame: Uint8Array, known: boolean): FailureReason | null {
    if (this.#closing !== null) return "closed";
    if (frame.length > this.limits.frameBytesMax) return "oversized";
    if (known) return null;
    if (name === this.address) return "self";
    if (isClientName(name)) return "unknown-peer";
    const canonical = this.ourselves.driver.canonical(name);
    return canonical._tag === "Right" && canonical.right === name ? null : "bad-address";
  }

  async #close(): Promise<void> {
    const dialled = this.#dialler.close();
    this.#peers.close();
    this.#goodbyes.say();
    const listened = this.#listener?.close();
    await this.#goodbyes.allGone();
    await Promise.all([dialled, listened]);
    this.#closed = true;
  }

  emit(event: TransportEvent): void {
    if (!this.#closed) this.#onEvent(event);
  }
}

/** A connection over which something came more recently is alive. */
const deafMsMin = 1_000;
