import type { Address, Message, RequestId, SendFailure } from "@chordnet/core";
import type { TransportEvent } from "@chordnet/transport";
import type { ExchangeFailure } from "../exchange/exchanges.js";
import type { ExchangeMessage } from "../exchange/message.js";

/** What the links tell the runtime; told to nobody before `speak`. */
export interface LinksObserver {
  /** The frame that answers the one of this process at once, valid until the next; null: it is to be decoded. */
  answer(from: Address, frame: Uint8Array): Uint8Array | null;
  received(node: number, from: Address, incarnation: number, client: boolean, message: Message): void;
  sendFailed(node: number, to: Address, message: Message, reason: SendFailure): void;
  disconnected(process: Address): void;
  readonly exchange: ExchangeObserver;
  rejected(event: Extract<TransportEvent, { readonly _tag: "Rejected" }>): void;
}

/** What they tell of exchanges, which are of processes and not of virtual nodes. */
export interface ExchangeObserver {
  received(from: Address, client: boolean, message: ExchangeMessage): void;
  sendFailed(to: Address, message: ExchangeMessage, reason: ExchangeFailure): void;
  unsupported(from: Address, rid: RequestId): void;
  disconnected(peer: Address, reason: string): void;
  /** There is more room in the queues. */
  drained(): void;
}
