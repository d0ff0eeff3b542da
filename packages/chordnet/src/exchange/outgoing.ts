import type { Address } from "@chordnet/core";
import { LateMap } from "@chordnet/core";
import type { ExchangeMessage } from "./message.js";

export interface OutgoingPorts {
  /** False, and nothing has been sent, where the peer's queue has no room for it: it is told when there is more. */
  send(to: Address, message: ExchangeMessage): boolean;
}

interface Waiting {
  readonly message: ExchangeMessage;
  readonly leave: () => void;
}

/**
 * What exchanges say, in the order in which they said it to each peer: where its queue is full, it waits here. Each
 * exchange waits for its own part before it sends the next, and counts as long as it has something here: so there is
 * no more of it than some parts for each exchange that may be.
 */
export class Outgoing {
  readonly #ports: OutgoingPorts;
  readonly #waiting = new LateMap<Address, Waiting[]>();

  constructor(ports: OutgoingPorts) {
    this.#ports = ports;
  }

  /** Null where it has left at once; else settles when it has, or when nothing goes to that peer any more. */
  send(to: Address, message: ExchangeMessage): Promise<void> | null {
    const before = this.#waiting.get(to);
    if (before === undefined && this.#ports.send(to, message)) return null;
    return new Promise((leave) => {
      if (before === undefined) this.#waiting.set(to, [{ message, leave }]);
      else before.push({ message, leave });
    });
  }

  /** Whether something waits for room in the peer's queue. */
  isBehind(to: Address): boolean {
    return this.#waiting.has(to);
  }

  /** There is more room than when a queue was full. */
  drained(): void {
    for (const [to, waiting] of [...this.#waiting]) this.#tryAgain(to, waiting);
  }

  /** Nothing goes to the peer any more of what waits. */
  drop(to: Address): void {
    const dropped = this.#waiting.get(to) ?? [];
    this.#waiting.delete(to);
    for (const { leave } of dropped) leave();
  }

  close(): void {
    for (const to of [...this.#waiting.keys()]) this.drop(to);
  }

  /** Whoever could not send all of it is the last to be looked at next time: they share memory. */
  #tryAgain(to: Address, waiting: Waiting[]): void {
    let sent = 0;
    for (const { message } of waiting) {
      if (!this.#ports.send(to, message)) break;
      sent += 1;
    }
    this.#waiting.delete(to);
    const left = waiting.splice(0, sent);
    if (waiting.length > 0) this.#waiting.set(to, waiting);
    for (const { leave } of left) leave();
  }
}
