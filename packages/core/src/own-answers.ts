import type { Owner } from "./effect.js";
import type { Ownership } from "./holding.js";
import type { Id } from "./identifier.js";
import { rangeStart } from "./identifier.js";
import type { Millis, Token } from "./message.js";
import { claimedToken, claimUntil } from "./ownership.js";
import { sawTime } from "./protocol/away.js";
import type { NodeState } from "./state.js";
import { isMember } from "./state.js";

/**
 * Answers a lookup of a key that the node owns itself, without a turn of the state machine. What follows from its claim
 * is computed once, and kept until the claim changes: even two subtractions of identifiers take long beside the hash
 * of a key.
 *
 * Law: where there is an answer, `step` for such a lookup settles it with the very same, and leaves the state as it is.
 */
export class OwnAnswers {
  #claim: OwnClaim | null = null;

  /**
   * The answer at this time, by the monotonic clock and by the calendar; always asked of the same node. Null: it does
   * not own the key, or has to look at the clocks first, and so the machine is to be asked.
   */
  answer(state: NodeState, key: Id, at: Millis, wall: Millis): Owner | null {
    const { token, start, until } = this.#claimOf(state);
    if (token === null || at >= until || !isMember(state) || !sawTime(state, at, wall)) return null;
    const { self, config } = state;
    const behindStart = key > start;
    const upToEnd = key <= self.id;
    if (start < self.id ? !(behindStart && upToEnd) : !(behindStart || upToEnd)) return null;
    const { epoch, length } = token;
    const leaseMs = Math.min(until - at, config.ring.leaseMs);
    return { _tag: "Owner", peer: self, epoch, length, leaseMs, confirmed: true, hops: 0, trace: none };
  }

  #claimOf(state: NodeState): OwnClaim {
    if (this.#claim !== null && this.#claim.ownership === state.ownership) return this.#claim;
    const claim = ownClaim(state);
    this.#claim = claim;
    return claim;
  }
}

/** What a node claims, for as long as it does. */
interface OwnClaim {
  readonly ownership: Ownership;
  /** Null: nothing; or nobody confirms anything. */
  readonly token: Token | null;
  /** The range: from behind it to the node. */
  readonly start: Id;
  readonly until: Millis;
}

const none: ReadonlyArray<never> = [];

function ownClaim(state: NodeState): OwnClaim {
  const { ownership, self, config } = state;
  // What it claims as long as its lease runs: whether it still runs is checked for each key, against `until`.
  const token = config.dialect.confirms ? claimedToken(state, Number.NEGATIVE_INFINITY, null) : null;
  const start = rangeStart(config.space, self.id, token?.length ?? 0n);
  return { ownership, token, start, until: claimUntil(ownership) };
}
