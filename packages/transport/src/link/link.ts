import type { Dial } from "../dialling/dialler.js";
import type { RawSocket, Refused, SocketHandlers } from "../driver.js";
import { helloBytesMax } from "../limits.js";
import type { Chunk } from "../peers/outbox.js";
import type { Peer } from "../peers/peer.js";
import type { DisconnectReason, Refusal } from "../transport.js";
import { Ages } from "./ages.js";
import { FrameMemory } from "./frame-memory.js";
import { type FrameFault, FrameReader, Kind } from "./framing.js";
import { decodeRefusal, encodeRefusal, type Greeting, hearHello, withoutTickets } from "./hello.js";
import { type ByeReason, brokenEnd, byeReasons, type LinkEnd, refusedEnd } from "./link-end.js";
import type { LinkOwner } from "./link-owner.js";
import { type Rates, ratesOf } from "./pace.js";
import { Reading } from "./reading.js";
import { Writing } from "./writing.js";

/**
 * What the two ends of one connection say to each other: both say hello, each accepts the other's hello or refuses it,
 * then data flows, then both say goodbye. Nobody sends data before it is accepted, so a refusal never loses a frame.
 */
export class Link implements SocketHandlers {
  readonly socket: RawSocket;
  /** `null`: the remote dialled us. */
  readonly dial: Dial | null;
  phase: "handshake" | "open" | "leaving" | "ended" = "handshake";
  greeting: Greeting | null = null;
  /** Set by the owner once the remote is verified. */
  peer: Peer | null = null;
  readonly ages: Ages = new Ages();
  readonly writing: Writing;
  framesIn = 0;
  bytesIn = 0;
  readonly #owner: LinkOwner;
  readonly #reader: FrameReader;
  readonly #reading: Reading;
  readonly #received = new FrameMemory();
  /** From the hello on. */
  #rates: Rates | null = null;
  /** By the remote, and by us. */
  #accepted = false;
  #accepting = false;
  #leaving: ByeReason = "closed";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: RawSocket, owner: LinkOwner, dial: Dial | null) {
    this.socket = socket;
    this.dial = dial;
    this.#owner = owner;
    this.writing = new Writing(socket, owner.pool);
    this.#reading = new Reading(socket);
    this.#reader = new FrameReader(helloBytesMax, (kind, payload) => this.#onFrame(kind, payload));
  }

  start(): void {
    this.socket.attach(this);
    this.#arm(this.#owner.limits.helloTimeoutMs, () => this.#late("hello"));
    if (this.dial === null) return;
    const refusal = this.socket.judge?.(this.dial.target) ?? null;
    if (refusal === null) this.#greet();
    else this.refuse(refusal);
  }

  /** Shows whom we dialled the ticket that it gave us at our address. */
  show(ticket: Uint8Array): void {
    if (this.phase === "handshake") this.writing.control(Kind.ticket, ticket);
  }

  /** The remote's hello is accepted. */
  accept(): void {
    if (this.phase !== "handshake") return;
    this.#accepting = true;
    this.writing.control(Kind.accept, noPayload);
    this.#openIfAgreed();
  }

  refuse(refusal: Refusal, reason: DisconnectReason = "rejected"): void {
    if (this.phase === "ended") return;
    this.writing.control(Kind.refusal, encodeRefusal(refusal));
    this.#finish(refusedEnd({ by: "us", refusal }, reason));
  }

  /** The remote's writes stop draining, until `resumeReading`. */
  pauseReading(): void {
    if (this.phase === "open") this.#reading.pause();
  }

  resumeReading(): void {
    this.#reading.resume();
  }

  /** Sends nothing more, but delivers what the remote still sends until it has said goodbye, too. */
  leave(reason: ByeReason): void {
    if (this.phase === "ended" || this.phase === "leaving") return;
    this.phase = "leaving";
    this.#leaving = reason;
    this.resumeReading();
    this.writing.control(Kind.bye, Uint8Array.of(byeReasons.indexOf(reason)));
    this.#arm(this.#owner.limits.drainTimeoutMs, () => this.socket.destroy());
  }

  /** Ends at once. */
  cut(reason: DisconnectReason, detail: string): void {
    this.#end({ reason, detail });
    this.socket.destroy();
  }

  write(batch: ReadonlyArray<Chunk>): void {
    this.ages.busy();
    this.writing.batch(batch);
  }

  onChunk(chunk: Uint8Array): void {
    const framesBefore = this.framesIn;
    this.bytesIn += chunk.length;
    this.ages.heard();
    const fault = this.#read(chunk);
    if (fault === null) {
      // A piece that ends no frame had to be read all the same: empty messages and single bytes come by the thousand.
      this.#keepPace(Math.max(1, this.framesIn - framesBefore), chunk.length);
      return;
    }
    const detail = `a frame of ${fault.frameBytes} bytes where ${fault.limitBytes} are allowed`;
    // Who does not speak the protocol at all has no frame lengths either.
    const refusal =
      this.greeting === null
        ? ({
            code: "bad-hello",
            detail: `no hello, but what a browser or a health check may say: ${detail}`,
          } as const)
        : ({ code: "oversized", detail } as const);
    this.refuse(refusal, "protocol");
  }

  onDrained(): void {
    this.writing.drained();
    this.ages.drained();
    if (this.phase === "open") this.#owner.onWritable(this);
  }

  onClosed(refused?: Refused): void {
    if (this.phase === "leaving") this.#end({ reason: this.#leaving, detail: "" });
    else if (refused !== undefined) this.#end(refusedEnd(refused));
    else this.#end(brokenEnd(this.greeting !== null, this.dial !== null, this.bytesIn));
    this.#disarm();
    this.#owner.onGone(this);
  }

  #read(chunk: Uint8Array): FrameFault | null {
    this.#owner.onChunk(this);
    try {
      return this.#reader.push(chunk);
    } finally {
      this.#owner.onChunkRead(this);
    }
  }

  #keepPace(frames: number, bytes: number): void {
    if (this.phase !== "open" || this.#rates === null) return;
    if (this.#reading.spend(frames, bytes, this.#rates)) this.#owner.onHeldBack(this);
  }

  #onFrame(kind: number, payload: Uint8Array): void {
    const talking = (this.phase === "open" || this.phase === "leaving") && this.#accepting;
    if (kind === Kind.data && talking) this.#onData(payload);
    else if (kind === Kind.change && talking) this.#onChange(payload);
    else if (kind === Kind.hello && this.greeting === null && this.phase === "handshake")
      this.#onHello(payload);
    else if (this.greeting === null && kind !== Kind.refusal) this.#breach("a hello must come first");
    else if (kind === Kind.accept && !this.#accepted) this.#onAccept();
    else if (kind === Kind.ticket && this.dial === null) this.#owner.onTicket(this, payload);
    else if (kind === Kind.refusal) this.#finish(refusedEnd({ by: "them", refusal: decodeRefusal(payload) }));
    else if (kind === Kind.bye) this.#onBye(byeReasons[payload[0] ?? 0] ?? "closed");
    else if (kind < kindsReserved) this.#breach(`a frame of kind ${kind} out of turn`);
  }

  #onData(frame: Uint8Array): void {
    this.#received.remember(frame);
    this.#deliver(frame);
  }

  #onChange(change: Uint8Array): void {
    const frame = this.#received.restore(change);
    if (frame === null) this.#breach("a change of what was never sent");
    else this.#deliver(frame);
  }

  #deliver(frame: Uint8Array): void {
    this.framesIn += 1;
    this.ages.busy();
    this.#owner.onFrame(this, frame);
  }

  #onHello(payload: Uint8Array): void {
    const heard = hearHello(payload, this.dial !== null);
    if (heard._tag === "Left") {
      this.refuse(heard.left, "protocol");
      return;
    }
    const greeting = heard.right;
    const refusal = this.dial === null ? this.#owner.judgeStranger(this.socket, greeting) : null;
    if (refusal !== null) {
      this.refuse(refusal);
      return;
    }
    this.greeting = greeting;
    this.#rates = ratesOf(greeting, this.#owner.limits);
    // The remote may have to dial us before it accepts, and wait for our hello then.
    const { dialTimeoutMs, helloTimeoutMs } = this.#owner.limits;
    this.#arm(2 * (dialTimeoutMs + helloTimeoutMs), () => this.#late("accept"));
    if (this.dial === null) this.#greet();
    if (this.phase === "handshake") this.#owner.onGreeting(this, greeting);
  }

  #onAccept(): void {
    this.#accepted = true;
    this.#openIfAgreed();
  }

  #onBye(reason: ByeReason): void {
    if (this.phase === "open") this.writing.control(Kind.bye, Uint8Array.of(byeReasons.indexOf(reason)));
    this.#finish({ reason: this.phase === "leaving" ? this.#leaving : reason, detail: "" });
  }

  #breach(detail: string): void {
    this.refuse({ code: this.greeting === null ? "bad-hello" : "protocol", detail }, "protocol");
  }

  #late(awaited: "hello" | "accept"): void {
    this.refuse({ code: `${awaited}-timeout`, detail: `no ${awaited} in time` }, "timeout");
  }

  #greet(): void {
    const payload = this.#owner.greeting(this.dial);
    if (payload._tag === "Left") this.refuse(payload.left);
    else this.writing.control(Kind.hello, payload.right);
  }

  #openIfAgreed(): void {
    if (!this.#accepted || !this.#accepting || this.phase !== "handshake" || this.greeting === null) return;
    this.phase = "open";
    this.greeting = withoutTickets(this.greeting);
    this.#reader.limitBytes = this.#owner.limits.frameBytesMax;
    this.#disarm();
    this.#owner.onOpen(this);
  }

  /** Lets what was written reach the remote, and the remote close: resetting at once would lose it. */
  #finish(end: LinkEnd): void {
    this.#end(end);
    this.socket.end();
    this.#arm(lingerMs, () => this.socket.destroy());
  }

  #end(end: LinkEnd): void {
    if (this.phase === "ended") return;
    this.phase = "ended";
    this.#reader.stop();
    this.#reading.free();
    this.#disarm();
    this.#owner.onEnd(this, end);
  }

  #arm(delayMs: number, run: () => void): void {
    this.#disarm();
    this.#timer = setTimeout(run, delayMs);
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

const noPayload = new Uint8Array(0);

/** Kinds from here on are skipped by who does not know them. */
const kindsReserved = 128;

/** How long an ended connection may take to close. */
const lingerMs = 1_000;
