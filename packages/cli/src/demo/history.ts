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

/** Others took a live node for dead, and may have taken its range over: a time in which its membership is uncertain. */
interface Doubt {
  readonly address: string;
  readonly from: number;
  until: number;
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
 * 1. n may have been a member at some instant of [t₀, t₁]: its process was started before t₁ and had not ended at t₀;
 *    and
 * 2. no node that certainly was a member during the whole of [t₀, t₁] lies between k and n, that is: k belongs to n by
 *    the sorted list of some set of nodes that has all the certain members and n.
 *
 * While nothing changes every node is certain or gone, and one answer is right: the first node at or after the key.
 *
 * A process that the machine let wait for long is silent, and its neighbours may take it for dead and its range over,
 * as they should. From when the ring was last seen whole before that, until it is next seen whole, nobody can know from
 * outside when that node was a member: it may have been one.
 */
export class History {
  readonly ring: Space;
  readonly #lives: Life[] = [];
  readonly #doubts: Doubt[] = [];
  readonly #wholeAt: number[] = [];

  constructor(ring: Space) {
    this.ring = ring;
  }

  started(address: string, id: Id, at: number): void {
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

  /** The ring is as the sorted list of its nodes says. */
  whole(at: number): void {
    for (const doubt of this.#doubts) doubt.until = Math.min(doubt.until, at);
    this.#wholeAt.push(at);
  }

  /**
   * A node told that this one is silent; heard of at `at`, a second late at most. Of one that was stopped, that is no
   * news.
   */
  silent(address: string, at: number): void {
    const running = this.#lives.some(
      (life) => life.address === address && life.memberAt < never && life.doomedAt === never,
    );
    const doubted = this.#doubts.some((doubt) => doubt.address === address && doubt.until === never);
    if (!running || doubted) return;
    const from = this.#wholeAt.filter((whole) => whole < at - lateMsMax).at(-1) ?? Number.NEGATIVE_INFINITY;
    this.#doubts.push({ address, from, until: never });
  }

  /** How often a live node was taken for dead. */
  get doubts(): number {
    return this.#doubts.length;
  }

  isRight(answer: Judged): boolean {
    return this.missed(answer) === null;
  }

  /** Who, and not whom the answer names, owned the key; null: the answer is right. */
  missed({ key, owner, askedAt, answeredAt }: Judged): string | null {
    const named = this.#lives.find(
      ({ address, startedAt, endedAt }) => address === owner && startedAt <= answeredAt && endedAt >= askedAt,
    );
    if (named === undefined) return "a node that was there";
    const reach = distance(this.ring, key, named.id);
    const found = this.#lives.find(
      ({ address, id, memberAt, doomedAt }) =>
        memberAt <= askedAt &&
        doomedAt >= answeredAt &&
        distance(this.ring, key, id) < reach &&
        !this.#inDoubt(address, askedAt, answeredAt),
    );
    return found?.address ?? null;
  }

  #inDoubt(node: string, askedAt: number, answeredAt: number): boolean {
    return this.#doubts.some(
      ({ address, from, until }) => address === node && from <= answeredAt && until >= askedAt,
    );
  }

  #latest(address: string): Life {
    const life = this.#lives.filter((candidate) => candidate.address === address).at(-1);
    if (life === undefined) throw new Error(`${address} was never started`);
    return life;
  }
}

const lateMsMax = 1000;
const never = Number.POSITIVE_INFINITY;
