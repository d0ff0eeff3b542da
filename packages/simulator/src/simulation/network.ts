import type { Millis } from "@chordnet/core";
import type { Dice } from "./dice.js";

/** What the network does to messages. */
export interface Faults {
  /** The least and the most that a message is under way. */
  readonly latencyMs: readonly [least: Millis, most: Millis];
  /**
   * The exponent of a Pareto distribution: most take the least, few take very long (1.5: one in a hundred 20 times as
   * long). None: any latency between the two is as likely.
   */
  readonly tail?: number;
  /** The share of messages that are lost. */
  readonly loss: number;
  /** The share of messages that come twice. */
  readonly duplication: number;
  /**
   * The share of messages that may overtake earlier ones of their connection. 1, if not told: each goes its own way.
   */
  readonly reordering?: number;
}

export const calm: Faults = { latencyMs: [1, 5], loss: 0, duplication: 0 };

/** Faults with nothing left out. They are looked at for each message: all are of one shape. */
export interface Weather {
  readonly leastMs: Millis;
  readonly mostMs: Millis;
  readonly tail: number | null;
  readonly loss: number;
  readonly duplication: number;
  readonly reordering: number;
}

export function weatherOf({ latencyMs, tail, loss, duplication, reordering }: Faults): Weather {
  const [leastMs, mostMs] = latencyMs;
  return { leastMs, mostMs, tail: tail ?? null, loss, duplication, reordering: reordering ?? 1 };
}

/** How long one message is under way. */
export function latency({ leastMs, mostMs, tail }: Weather, dice: Dice): Millis {
  if (tail === null) return leastMs + dice.draw() * (mostMs - leastMs);
  return Math.min(mostMs, leastMs * (1 - dice.draw()) ** (-1 / tail));
}
