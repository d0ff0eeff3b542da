import type { Address, Event, Message, Millis, Outcome } from "@chordnet/core";
import { Digest } from "./digest.js";
import { addEvent, addOutcome } from "./forms.js";

/**
 * A running hash over everything that happened: when, to whom, what, and what was done. Two runs with the same hash
 * were the same run. What a message says counts once, when it is sent; when it comes, its number stands for it.
 */
export class Trace {
  /**
   * What of each event counts: all of it, of messages only kind and number, which is drawn (quicker, and another hash),
   * or nothing, where nobody asks for the hash.
   */
  detail: "full" | "brief" | "none" = "full";
  private readonly hash = new Digest();

  /**
   * What happened to a process, and what it did. `letter`: the number of the one that brings the event's message; null:
   * there is none, or it is not what was sent.
   */
  add(
    now: Millis,
    url: Address,
    node: number | null,
    event: Event,
    letter: number | null,
    outcomes: ReadonlyArray<Outcome>,
  ): void {
    if (this.detail === "none") return;
    const { hash } = this;
    hash.number(now);
    hash.text(url);
    hash.word(node ?? -1);
    if (this.detail === "brief") this.kinds(event, outcomes);
    else {
      hash.word(letter ?? -1);
      addEvent(hash, event, letter !== null);
      for (let i = 0; i < outcomes.length; i++) addOutcome(hash, outcomes[i] as Outcome);
    }
    hash.word(outcomes.length);
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return this.hash.toString();
  }

  private kinds(event: Event, outcomes: ReadonlyArray<Outcome>): void {
    this.hash.text(event._tag);
    if (event._tag === "Received") this.message(event.message);
    for (const { effects } of outcomes) {
      for (const effect of effects) {
        this.hash.text(effect._tag);
        if (effect._tag === "Send") this.message(effect.message);
      }
    }
  }

  private message(message: Message): void {
    this.hash.text(message._tag);
    if ("rid" in message) this.hash.number(message.rid);
  }
}
