import type { Address, PresentFailure, RequestId } from "@chordnet/core";
import { LateMap, processAddress } from "@chordnet/core";
import type { Body } from "../api.js";
import type { Clock } from "../ports.js";
import { Asking } from "./asking.js";
import { Budget } from "./budget.js";
import type { ExchangeMessage, Open } from "./message.js";
import { Outgoing } from "./outgoing.js";
import { type Parts, partsOf } from "./parts.js";
import { Serving } from "./serving.js";
import { Trouble } from "./trouble.js";

export interface ExchangesPorts {
  /** False, and nothing has been sent, where the peer's queue has no room for it. Throws where it cannot be encoded. */
  send(to: Address, message: ExchangeMessage): boolean;
  /** Somebody asks. Must not throw. */
  serve(serving: Serving, from: Address, client: boolean, open: Open): void;
  randomRid(): RequestId;
  readonly clock: Clock;
  /** The longest frame that the ring's nodes read. */
  readonly frameBytesMax: number;
  /** Exchanges that wait say so this often, so that their connections don't count as idle. */
  readonly keepAliveMs: number;
}

/** Why a frame came back; `oversized`: it is longer than this process may send. */
export type ExchangeFailure = PresentFailure | "oversized";

/** What this process asks of others. */
export type Asked = Pick<Open, "id" | "subject" | "timeoutMs" | "relayed">;

/** A quarter of the usual `idleMs`. */
const keepAliveMsMost = 15_000;

/** How often this end of an exchange that waits says so. `idleMs`: where it closes connections sooner than usual. */
export function keepAliveMs(idleMs: number = Number.POSITIVE_INFINITY): number {
  return Math.min(keepAliveMsMost, idleMs / 4);
}

/** Handled at once. */
export const servedMax = 4_096;

/** What all of them together may hold of bodies. */
export const servedBytesMax = 67_108_864;

/** Up to this share of both clients are served, too: what is left is for the ring's nodes, and copies of values. */
export const clientsShare = 0.5;

/** The exchanges of one process that are under way: those it began, and those that others began with it. */
export class Exchanges {
  readonly #ports: ExchangesPorts;
  readonly #asked = new LateMap<RequestId, Asking>();
  readonly #served = new LateMap<string, Serving>();
  readonly #budget = new Budget(servedBytesMax);
  readonly #outgoing: Outgoing;
  readonly #parts: Parts;
  #keepingAlive = false;
  #closed = false;

  constructor(ports: ExchangesPorts) {
    this.#ports = ports;
    this.#outgoing = new Outgoing({ send: (to, message) => this.#send(to, message) });
    this.#parts = partsOf(ports.frameBytesMax);
  }

  /** Begins an exchange with a process. The first part of a body that is all there goes at once. */
  ask(to: Address, asked: Asked, body: Body): Asking {
    const rid = this.#ports.randomRid();
    const first =
      body instanceof Uint8Array ? body.subarray(0, this.#parts.firstBytes(asked.subject)) : nothing;
    const last = body instanceof Uint8Array && first.length === body.length;
    const asking = new Asking(rid, to, first.length, {
      send: (message) => this.#outgoing.send(processAddress(to), message),
      over: () => void this.#asked.delete(rid),
    });
    if (this.#closed) {
      asking.fail(new Trouble("given-up", "closed"));
      return asking;
    }
    this.#asked.set(rid, asking);
    if (!this.#send(to, { _tag: "Open", rid, ...asked, bytes: first, last }))
      asking.fail(new Trouble("overloaded", "its queue is full"));
    if (!this.#asked.has(rid)) return asking;
    if (!last) asking.pump(body, first.length, this.#parts.partBytes);
    this.#keepAlive();
    return asking;
  }

  receive(from: Address, client: boolean, message: ExchangeMessage): void {
    if (this.#closed) return;
    switch (message._tag) {
      case "Open":
        this.#open(from, client, message);
        return;
      case "Fault":
        this.#askedOf(from, message.rid)?.fail(new Trouble(message.code, message.detail));
        return;
      case "Chunk":
        if (message.response) this.#askedOf(from, message.rid)?.take(message);
        else this.#servedFor(from, message.rid)?.take(message);
        return;
      case "Credit":
        if (message.response) this.#servedFor(from, message.rid)?.room.raise(message.limit);
        else this.#askedOf(from, message.rid)?.room.raise(message.limit);
        return;
      case "Cancel":
        this.#servedFor(from, message.rid)?.abandon(new Trouble("given-up"));
        return;
    }
  }

  /** The node is of a version that knows no exchanges. */
  unsupported(from: Address, rid: RequestId): void {
    this.#askedOf(from, rid)?.fail(new Trouble("unsupported"));
  }

  /** A frame came back. What waited for room in the queue is not among those: it has never been sent. */
  sendFailed(to: Address, message: ExchangeMessage, reason: ExchangeFailure): void {
    const trouble = troubleOf(reason);
    this.#askedOf(to, message.rid)?.fail(trouble);
    this.#servedFor(to, message.rid)?.abandon(trouble);
  }

  /** What was on its way to or from the process may be lost. */
  disconnected(process: Address, reason: string): void {
    this.#outgoing.drop(process);
    // Mostly nothing was: while a ring forms most connections end unused, and an error takes its stack down.
    if (this.#asked.size === 0 && this.#served.size === 0) return;
    const trouble = new Trouble("interrupted", `the connection ended: ${reason}`);
    for (const asking of [...this.#asked.values()]) {
      if (processAddress(asking.to) === process) asking.fail(trouble);
    }
    for (const serving of [...this.#served.values()]) {
      if (serving.from === process) serving.abandon(trouble);
    }
  }

  /** There is more room in the queues than when one was full. */
  drained(): void {
    this.#outgoing.drained();
  }

  /** Nothing is sent or delivered any more. */
  close(): void {
    this.#closed = true;
    this.#outgoing.close();
    const trouble = new Trouble("given-up", "closed");
    for (const asking of [...this.#asked.values()]) asking.fail(trouble);
    for (const serving of [...this.#served.values()]) serving.abandon(trouble);
  }

  #open(from: Address, client: boolean, open: Open): void {
    const name = servedName(from, open.rid);
    if (this.#served.has(name)) return;
    const share = client || open.relayed ? clientsShare : 1;
    const account =
      this.#served.size < servedMax * share ? this.#budget.account(open.bytes.length, share) : null;
    if (account === null) {
      // Whoever asks for more than it takes is not even told so.
      this.#send(from, { _tag: "Fault", rid: open.rid, code: "overloaded", detail: "" });
      return;
    }
    const serving = new Serving(from, open, account, this.#parts, {
      send: (message) => this.#outgoing.send(from, message),
      over: () => {
        account.close();
        this.#served.delete(name);
      },
    });
    this.#served.set(name, serving);
    this.#keepAlive();
    this.#ports.serve(serving, from, client, open);
  }

  /**
   * False where there is no room. What cannot be encoded, because its bytes were given away meanwhile, counts as sent,
   * and ends its exchange: nobody is to wait for it.
   */
  #send(to: Address, message: ExchangeMessage): boolean {
    try {
      return this.#ports.send(to, message);
    } catch {
      this.#unsendable(processAddress(to), message);
      return true;
    }
  }

  #unsendable(to: Address, message: ExchangeMessage): void {
    if (message._tag === "Chunk" && message.response)
      this.#servedFor(to, message.rid)?.fault("handler-failed", "its response cannot be sent");
    else if (message._tag === "Chunk" || message._tag === "Open")
      this.#askedOf(to, message.rid)?.fail(new Trouble("protocol", "the request cannot be sent"));
  }

  /** Only who was asked may answer. */
  #askedOf(from: Address, rid: RequestId): Asking | null {
    const asking = this.#asked.get(rid);
    return asking !== undefined && processAddress(asking.to) === from ? asking : null;
  }

  #servedFor(from: Address, rid: RequestId): Serving | null {
    return this.#served.get(servedName(from, rid)) ?? null;
  }

  #keepAlive(): void {
    if (this.#keepingAlive) return;
    this.#keepingAlive = true;
    this.#ports.clock.after(this.#ports.keepAliveMs, () => {
      this.#keepingAlive = false;
      if (this.#asked.size + this.#served.size === 0 || this.#closed) return;
      // Whose queue is full has no idle connection; each word would wait there, however many there are already.
      const isBehind = (to: Address): boolean => this.#outgoing.isBehind(processAddress(to));
      for (const asking of this.#asked.values()) if (!isBehind(asking.to)) asking.keepAlive();
      for (const serving of this.#served.values()) if (!isBehind(serving.from)) serving.keepAlive();
      this.#keepAlive();
    });
  }
}

const nothing = new Uint8Array(0);

function servedName(from: Address, rid: RequestId): string {
  return `${rid} ${from}`;
}

function troubleOf(reason: ExchangeFailure): Trouble {
  if (reason === "overloaded") return new Trouble("overloaded", "its queue was full");
  if (reason === "oversized") return new Trouble("protocol", "a frame longer than linkLimits.frameBytesMax");
  return new Trouble("unreachable", reason);
}
