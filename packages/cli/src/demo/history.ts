import type { Id, Space } from "@chordnet/core";
import { distance } from "@chordnet/core";

/** One run of a process, as far as who started and stopped it can know; times on one clock, in milliseconds. */
interface Life {
  readonly address: string;
  readonly id: Id;
  /** Before, it can't have been a member. */
  readonly startedAt: number;
  /** From here on it is one: it said so. */
  memberAt: number;
  /** Until here it is one: then it was killed or told to leave. */
  doomedAt: number;
  /** After this, it can't have been a member: the process had ended. */
  endedAt: number;
}

/** An answer, and between which instants it was found. */
export interface Judged {
  readonly key: Id;
  readonly owner: string;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * Who was a member when, and so which answers can be right.
 *
 * An answer that names node n for key k, asked at t₀ and answered at t₁, is right if and only if
 *
 * 1. n may have been a member at some instant of [t₀, t₁]: its process was started before t₁ and had not ended at t₀; and
 * 2. no node that certainly was a member during the whole of [t₀, t₁] lies between k and n, that is: k belongs to n by
 *    the sorted list of some set of nodes that has all the certain members and n.
 *
 * While nothing changes every node is certain or gone, and one answer is right: the first node at or after the key.
 */
export class History {
  readonly #ring: Space;
  readonly #lives: Life[] = [];

  constructor(ring: Space) {
    this.#ring = ring;
  }

  started(address: string, id: Id, at: number): void {
    const never = Number.POSITIVE_INFINITY;
    this.#lives.push({ address, id, startedAt: at, memberAt: never, doomedAt: never, endedAt: never });
  }

  member(address: string, at: number): void {
    this.#latest(address).memberAt = at;
  }

  doomed(address: string, at: number): void {
    this.#latest(address).doomedAt = at;
  }

  ended(address: string, at: number): void {
    this.#latest(address).endedAt = at;
  }

  isRight({ key, owner, askedAt, answeredAt }: Judged): boolean {
    const named = this.#lives.find(
      ({ address, startedAt, endedAt }) => address === owner && startedAt <= answeredAt && endedAt >= askedAt,
    );
    if (named === undefined) return false;
    const reach = distance(this.#ring, key, named.id);
    return !this.#lives.some(
      ({ id, memberAt, doomedAt }) =>
        memberAt <= askedAt && doomedAt >= answeredAt && distance(this.#ring, key, id) < reach,
    );
  }

  #latest(address: string): Life {
    const life = this.#lives.filter((candidate) => candidate.address === address).at(-1);
    if (life === undefined) throw new Error(`${address} was never started`);
    return life;
  }
}
