import type { Address, Event, Message, Millis, Outcome } from "@chordnet/core";

/**
 * A running hash over everything that happened: when, to whom, what, and what was done. Two runs with the same hash
 * were the same run. 64 bits in two lanes of 32, each a multiply and rotate per word as in MurmurHash3: quick, and no
 * secret. Big integers count with their lowest 64 bits. What a message says counts once, when it is sent; when it
 * comes, its number stands for it.
 */
export class Trace {
  /**
   * What of each event counts: all of it, of messages only kind and number, which is drawn (quicker, and another hash),
   * or nothing, where nobody asks for the hash.
   */
  detail: "full" | "brief" | "none" = "full";
  private low = 0x9e3779b9 | 0;
  private high = 0x243f6a88 | 0;
  private readonly texts = new Map<string, number>();
  private readonly double = new Float64Array(1);
  private readonly integer = new BigUint64Array(this.double.buffer);
  private readonly words = new Uint32Array(this.double.buffer);

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
    this.number(now);
    this.text(url);
    this.word(node ?? -1);
    if (this.detail === "brief") this.kinds(event, outcomes);
    else {
      this.event(event, letter);
      for (const outcome of outcomes) this.object(outcome);
    }
    this.word(outcomes.length);
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return hex(this.high) + hex(this.low);
  }

  private kinds(event: Event, outcomes: ReadonlyArray<Outcome>): void {
    this.text(event._tag);
    if (event._tag === "Received") this.message(event.message);
    for (const { effects } of outcomes) {
      for (const effect of effects) {
        this.text(effect._tag);
        if (effect._tag === "Send") this.message(effect.message);
      }
    }
  }

  private message(message: Message): void {
    this.text(message._tag);
    if ("rid" in message) this.number(message.rid);
  }

  /** What the letter says was counted when it was sent. */
  private event(event: Event, letter: number | null): void {
    this.word(letter ?? -1);
    for (const key in event) {
      if (letter === null || key !== "message") this.value(event[key as keyof Event]);
    }
  }

  private value(value: unknown): void {
    // No `switch`: what it compares is the name of the type, each time.
    if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.text(value);
    else if (typeof value === "bigint") this.big(value);
    else if (typeof value === "object" && value !== null) this.object(value);
    else this.word(value === true ? 1 : value === null ? 2 : 0);
  }

  private object(value: object): void {
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.value(value[i]);
      this.word(value.length);
    } else for (const key in value) this.value(value[key as keyof typeof value]);
  }

  private text(text: string): void {
    let known = this.texts.get(text);
    if (known === undefined) {
      known = 0x811c9dc5 | 0;
      for (let i = 0; i < text.length; i++) known = Math.imul(known ^ text.charCodeAt(i), 0x01000193);
      this.texts.set(text, known);
    }
    this.word(known);
  }

  private number(value: number): void {
    if ((value | 0) === value) return this.word(value);
    this.double[0] = value;
    this.both();
  }

  private big(value: bigint): void {
    this.integer[0] = value;
    this.both();
  }

  private both(): void {
    this.word(this.words[0] as number);
    this.word(this.words[1] as number);
  }

  private word(word: number): void {
    const low = Math.imul(this.low ^ word, 0xcc9e2d51);
    this.low = (low << 13) | (low >>> 19);
    const high = Math.imul(this.high ^ this.low ^ word, 0x1b873593);
    this.high = (((high << 15) | (high >>> 17)) + 0x52dce729) | 0;
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
