import type { Address, RequestId, SendFailure } from "@chordnet/core";
import { messageLimits, processAddress } from "@chordnet/core";
import type { Body } from "../api.js";
import type { Clock } from "../ports.js";
import { Asking } from "./asking.js";
import { Budget } from "./budget.js";
import type { ExchangeMessage, Open } from "./message.js";
import { Serving } from "./serving.js";
import { Trouble } from "./trouble.js";

export interface ExchangesPorts {
  send(to: Address, message: ExchangeMessage): void;
  /** Somebody asks. Must not throw. */
  serve(serving: Serving, from: Address, client: boolean, open: Open): void;
  randomRid(): RequestId;
  readonly clock: Clock;
}

/** What this process asks of others. */
export type Asked = Pick<Open, "id" | "subject" | "timeoutMs" | "relayed">;

/** An exchange that waits says so this often, so that its connection does not count as idle. */
const keepAliveMs = 15_000;

/** For a peer whose queue was full. */
const overloadedRestMs = 20;

/** Handled at once. */
export const servedMax = 4_096;

/** What all of them together may hold of bodies. */
export const servedBytesMax = 67_108_864;

/** The exchanges of one process that are under way: those it began, and those that others began with it. */
export class Exchanges {
  readonly #ports: ExchangesPorts;
  readonly #asked = new Map<RequestId, Asking>();
  readonly #served = new Map<string, Serving>();
  readonly #budget = new Budget(servedBytesMax);
  #keepingAlive = false;
  #closed = false;

  constructor(ports: ExchangesPorts) {
    this.#ports = ports;
  }

  /** Begins an exchange with a process. The first part of a body that is all there goes at once. */
  ask(to: Address, asked: Asked, body: Body): Asking {
    const rid = this.#ports.randomRid();
    const first = body instanceof Uint8Array ? body.subarray(0, messageLimits.chunkBytesMax) : nothing;
    const last = body instanceof Uint8Array && first.length === body.length;
    const asking = new Asking(rid, to, first.length, {
      send: (message) => this.#ports.send(to, message),
      over: () => void this.#asked.delete(rid),
    });
    if (this.#closed) {
      asking.fail(new Trouble("given-up", "closed"));
      return asking;
    }
    this.#asked.set(rid, asking);
    this.#ports.send(to, { _tag: "Open", rid, ...asked, bytes: first, last });
    if (!last) asking.pump(body, first.length);
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

  /** A frame came back. Where only the queue was full it goes again: parts of bodies know their places. */
  sendFailed(to: Address, message: ExchangeMessage, reason: SendFailure): void {
    if (this.#closed) return;
    if (reason === "overloaded" && message._tag !== "Open") {
      this.#ports.clock.after(overloadedRestMs, () => {
        if (this.#awaited(to, message)) this.#ports.send(to, message);
      });
      return;
    }
    const trouble = new Trouble(reason === "overloaded" ? "overloaded" : "unreachable", reason);
    this.#askedOf(to, message.rid)?.fail(trouble);
    this.#servedFor(to, message.rid)?.abandon(trouble);
  }

  /** What was on its way to or from the process may be lost. */
  disconnected(process: Address, reason: string): void {
    const trouble = new Trouble("interrupted", `the connection ended: ${reason}`);
    for (const asking of [...this.#asked.values()]) {
      if (processAddress(asking.to) === process) asking.fail(trouble);
    }
    for (const serving of [...this.#served.values()]) {
      if (serving.from === process) serving.abandon(trouble);
    }
  }

  /** Nothing is sent or delivered any more. */
  close(): void {
    this.#closed = true;
    const trouble = new Trouble("given-up", "closed");
    for (const asking of [...this.#asked.values()]) asking.fail(trouble);
    for (const serving of [...this.#served.values()]) serving.abandon(trouble);
  }

  #open(from: Address, client: boolean, open: Open): void {
    const name = servedName(from, open.rid);
    if (this.#served.has(name)) return;
    const account = this.#served.size < servedMax ? this.#budget.account(open.bytes.length) : null;
    if (account === null) {
      this.#ports.send(from, { _tag: "Fault", rid: open.rid, code: "overloaded", detail: "" });
      return;
    }
    const serving = new Serving(from, open, account, {
      send: (message) => this.#ports.send(from, message),
      over: () => {
        account.close();
        this.#served.delete(name);
      },
    });
    this.#served.set(name, serving);
    this.#ports.serve(serving, from, client, open);
  }

  /** Only who was asked may answer. */
  #askedOf(from: Address, rid: RequestId): Asking | null {
    const asking = this.#asked.get(rid);
    return asking !== undefined && processAddress(asking.to) === from ? asking : null;
  }

  #servedFor(from: Address, rid: RequestId): Serving | null {
    return this.#served.get(servedName(from, rid)) ?? null;
  }

  /** The end of a response is to be sent, although the exchange is over here with it. */
  #awaited(to: Address, message: ExchangeMessage): boolean {
    if (this.#closed) return false;
    if (message._tag === "Fault" || (message._tag === "Chunk" && message.response)) return true;
    return this.#askedOf(to, message.rid) !== null || this.#servedFor(to, message.rid) !== null;
  }

  #keepAlive(): void {
    if (this.#keepingAlive) return;
    this.#keepingAlive = true;
    this.#ports.clock.after(keepAliveMs, () => {
      this.#keepingAlive = false;
      if (this.#asked.size === 0 || this.#closed) return;
      for (const asking of this.#asked.values()) asking.keepAlive();
      this.#keepAlive();
    });
  }
}

const nothing = new Uint8Array(0);

function servedName(from: Address, rid: RequestId): string {
  return `${rid} ${from}`;
}
