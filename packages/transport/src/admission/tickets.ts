import { hashBytes, space } from "@chordnet/core";
import { Latest } from "./latest.js";

/**
 * What shows that it was one who dialled, and not somebody who repeats its hello. To whoever answers at an address that
 * we dial we give a ticket; only who got it there can show it later, on a connection that claims this address. Those
 * that others gave us, we show to them alone: at the address that they claim.
 *
 * Nothing depends on those of others being remembered: without one the address is dialled, and a ticket is given there.
 */
export class Tickets {
  /** Nobody else knows it: our tickets are hashes of it and an address, and so need not be remembered. */
  readonly #secret: Uint8Array = globalThis.crypto.getRandomValues(new Uint8Array(secretBytes));
  /** As texts of a character a byte: of one for each peer ever met, arrays would take six times as much. */
  readonly #held: Latest<string>;

  /** `heldMax`: how many of others are remembered. */
  constructor(heldMax: number) {
    this.#held = new Latest(heldMax);
  }

  /** For who answers at the address, each time the same. */
  give(address: string): Uint8Array {
    const hashed = new Uint8Array([...this.#secret, ...utf8.encode(address)]);
    // The hash is cut to half of it: who has a ticket can't make that of a longer address from it.
    const ticket = hashBytes(tickets, "sha256", hashed);
    const bytes = new Uint8Array(ticketBytes);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, ticket >> 64n);
    view.setBigUint64(8, ticket & 0xffff_ffff_ffff_ffffn);
    return bytes;
  }

  /** Whether it is what is given to who answers at the address. */
  proves(address: string, shown: Uint8Array): boolean {
    return shown.length === ticketBytes && isSame(this.give(address), shown);
  }

  /** Somebody who says that this is its address gave it to us. If it lied, what we show there proves nothing. */
  hold(address: string, ticket: Uint8Array): void {
    this.#held.set(address, String.fromCharCode(...ticket));
  }

  /** Empty: none. */
  heldFrom(address: string): Uint8Array {
    return Uint8Array.from(this.#held.get(address) ?? "", (byte) => byte.charCodeAt(0));
  }
}

/** In constant time: how far two agree is nobody's business. */
export const isSame = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i += 1) difference |= (one[i] as number) ^ (other[i] as number);
  return difference === 0;
};

const ticketBytes = 16;

const tickets = space(8 * ticketBytes);

const secretBytes = 32;

const utf8 = new TextEncoder();
