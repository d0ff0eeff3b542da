import { Trouble } from "./trouble.js";

/** Bytes that all the exchanges of a process may hold together for those whom it serves. */
export class Budget {
  readonly #limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * Opens an account that begins with so much, and counts until it is closed. Null: there is not so much left. `share`:
   * what is beyond this share of all bytes is for others.
   */
  account(bytes: number, share: number): Account | null {
    if (!this.#take(bytes, share)) return null;
    let takenBytes = bytes;
    let closed = false;
    return {
      take: (more) => {
        if (closed) return;
        if (!this.#take(more, share))
          throw new Trouble("overloaded", `${this.#usedBytes} bytes of bodies are held`);
        takenBytes += more;
      },
      close: () => {
        closed = true;
        this.#usedBytes -= takenBytes;
        takenBytes = 0;
      },
    };
  }

  #take(bytes: number, share: number): boolean {
    if (this.#usedBytes + bytes > this.#limitBytes * share) return false;
    this.#usedBytes += bytes;
    return true;
  }
}

/** What one exchange holds of it. */
export interface Account {
  /** Throws a `Trouble`, `overloaded`, where there is not so much left. */
  take(bytes: number): void;
  /** Gives all back. Idempotent. */
  close(): void;
}
