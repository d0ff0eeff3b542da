import type { Millis } from "./message.js";
import type { Address, Incarnation } from "./peer.js";
import type { Recent } from "./recent.js";
import * as recent from "./recent.js";

/**
 * What a node knows of processes, and of virtual nodes that left theirs: the latest that was learned. A node has a
 * hundred contacts, and a process may have thousands of nodes.
 *
 * Meant to be imported whole: `import * as contacts from "./contacts.js"`.
 *
 * @category contacts
 */

/** What is known of a process, or of one virtual node that left it. */
export interface Contact {
  /** The highest incarnation seen. */
  readonly incarnation: Incarnation;
  /** Lives up to this one are dead: its port refused, it said goodbye, or a later life spoke. */
  readonly deadUntil: Incarnation;
  /** When `deadUntil` was found out. Should that very life speak an interval later, it was not dead after all. */
  readonly buriedAt: Millis;
  readonly roundTripMs: Millis;
  readonly doubts: Doubts;
}

/** Whether it was doubted that a process is alive. Of most it never was: they share `noDoubts`, as there are many. */
export interface Doubts {
  /** Did not answer; not used as a pointer until then, or until it speaks. */
  readonly suspectUntil: Millis;
  /** It was handed a range and never took it: it is not admitted again before. */
  readonly barredUntil: Millis;
  /** A ping is out until then: no second one. */
  readonly pingedUntil: Millis;
  /** When it was asked what it answered last: it was alive, and within reach, after that. */
  readonly answeredAt: Millis;
}

export const noDoubts: Doubts = {
  suspectUntil: Number.NEGATIVE_INFINITY,
  barredUntil: Number.NEGATIVE_INFINITY,
  pingedUntil: Number.NEGATIVE_INFINITY,
  answeredAt: Number.NEGATIVE_INFINITY,
};

/** The numbers of each are `incarnation`, `deadUntil`, `buriedAt` and `roundTripMs`. */
export type Contacts = Recent<Doubts>;

/** What was put down last of this address: an object that nobody else has. */
export function get(map: Contacts, address: Address): Contact | undefined {
  return recent.get(map, address, contactAt);
}

/**
 * With this known of that address, as the latest of all.
 *
 * @example
 * const met = { incarnation: 2, deadUntil: 1, buriedAt: 9, roundTripMs: 0.5, doubts: contacts.noDoubts }
 * const one = contacts.put(recent.empty(1), "tcp://a:1", met)
 * assert.deepStrictEqual(contacts.get(one, "tcp://a:1"), met)
 */
export function put(map: Contacts, address: Address, contact: Contact): Contacts {
  const numbers = [contact.incarnation, contact.deadUntil, contact.buriedAt, contact.roundTripMs];
  return recent.put(map, address, contact.doubts, numbers);
}

/** Reads a contact from the columns. */
export function contactAt(doubts: Doubts, numbers: ReadonlyArray<number>, at: number): Contact {
  return {
    incarnation: numbers[at] as number,
    deadUntil: numbers[at + 1] as number,
    buriedAt: numbers[at + 2] as number,
    roundTripMs: numbers[at + 3] as number,
    doubts,
  };
}
