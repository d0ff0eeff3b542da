import type { Address, Happening, Message, RequestId } from "@chordnet/core";
import type { TransportEvent } from "@chordnet/transport";
import type { ExchangeFailure } from "../exchange/exchanges.js";
import type { ExchangeMessage } from "../exchange/message.js";

/** Whom the links tell what comes; nobody is told anything before `speak`. */
export interface LinksObserver {
  /** Null: there is none yet. */
  engine(): EngineObserver | null;
  /** Null: there are none yet. */
  exchanges(): ExchangeObserver | null;
  rejected(event: Extract<TransportEvent, { readonly _tag: "Rejected" }>): void;
}

/** What they tell of the ring's messages. */
export interface EngineObserver {
  /** The frame that answers the one of this process at once, valid until the next; null: it is to be decoded. */
  answer(from: Address, frame: Uint8Array): Uint8Array | null;
  receive(node: number, from: Address, incarnation: number, client: boolean, message: Message): void;
  tell(node: number | null, happening: Happening): void;
}

/** What they tell of exchanges, which are of processes and not of virtual nodes. */
export interface ExchangeObserver {
  receive(from: Address, client: boolean, message: ExchangeMessage): void;
  sendFailed(to: Address, message: ExchangeMessage, reason: ExchangeFailure): void;
  unsupported(from: Address, rid: RequestId): void;
  disconnected(peer: Address, reason: string): void;
  /** There is more room in the queues. */
  drained(): void;
}
