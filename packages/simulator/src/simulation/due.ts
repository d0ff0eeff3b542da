import type { Address, Message, Millis } from "@chordnet/core";
import type { Host } from "./host.js";

/** What the agenda holds. Letters and alarms are most of it by far: they are values, not functions. */
export type Due = Letter | Alarm | { readonly _tag: "Deed"; readonly run: () => void };

/** A message on its way from one process to another; one for all copies of it. */
export interface Letter {
  readonly _tag: "Letter";
  /** Counts all letters of a simulation. */
  readonly number: number;
  readonly sender: Host;
  readonly from: Address;
  readonly process: Address;
  readonly to: Address;
  readonly message: Message;
  arrived: boolean;
  failed: boolean;
}

/** A process's timer. */
export interface Alarm {
  readonly _tag: "Alarm";
  readonly url: Address;
  readonly host: Host;
  readonly at: Millis;
}
