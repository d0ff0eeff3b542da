/**
 * What shows that it was one who dialled, and not somebody who repeats its hello. To whoever answers at an address that
 * we dial we give a ticket; only who got it there can show it later, on a connection that claims this address. Those
 * that others gave us, we show to them alone: at the address that they claim.
 *
 * Nothing depends on a ticket being remembered: without one the address is dialled, and a ticket is given there.
 */
export class Tickets {
  readonly #given: Remembered;
  readonly #held: Remembered;

  /** `rememberedMax`: of each kind. */
  constructor(rememberedMax: number) {
    this.#given = new Remembered(rememberedMax);
    this.#held = new Remembered(rememberedMax);
  }

  /** For who answers at the address, each time the same. */
  give(address: string): Uint8Array {
    const known = this.#given.get(address);
    const ticket = known ?? globalThis.crypto.getRandomValues(new Uint8Array(ticketBytes));
    this.#given.set(address, ticket);
    return ticket;
  }

  /** Whether it is what was given to who answers at the address. */
  proves(address: string, shown: Uint8Array): boolean {
    const ticket = this.#given.get(address);
    return ticket !== undefined && isSame(ticket, shown);
  }

  /** Somebody who says that this is its address gave it to us. If it lied, what we show there proves nothing. */
  hold(address: string, ticket: Uint8Array): void {
    this.#held.set(address, ticket);
  }

  /** Empty: none. */
  heldFrom(address: string): Uint8Array {
    return this.#held.get(address) ?? none;
  }
}

/** In constant time: how far two agree is nobody's business. */
export const isSame = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i += 1) difference |= (one[i] as number) ^ (other[i] as number);
  return difference === 0;
};

/** As texts of a character a byte: of two tickets for each peer ever met, arrays would take six times as much. */
class Remembered {
  readonly #tickets = new Map<string, string>();
  readonly #rememberedMax: number;

  constructor(rememberedMax: number) {
    this.#rememberedMax = rememberedMax;
  }

  get(address: string): Uint8Array | undefined {
    const text = this.#tickets.get(address);
    return text === undefined ? undefined : Uint8Array.from(text, (byte) => byte.charCodeAt(0));
  }

  set(address: string, ticket: Uint8Array): void {
    this.#tickets.delete(address);
    this.#tickets.set(address, String.fromCharCode(...ticket));
    if (this.#tickets.size <= this.#rememberedMax) return;
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined) this.#tickets.delete(oldest);
  }
}

const none: Uint8Array = new Uint8Array(0);

const ticketBytes = 16;
