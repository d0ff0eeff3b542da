import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { flaw, unclaimed } from "./ideal.js";
import type { Guest } from "./stage.js";

/** What watching a ring from outside came to; `Infinity` for what was not seen. */
export interface Sighting {
  /** Since when it has been one ring: every node there, in order, each with its true neighbours. */
  readonly ringAt: number;
  /** When it was first ideal: every successor list right as well, and each range claimed. */
  readonly idealAt: number;
  /** What was wrong last; null once it was ideal. */
  readonly flaw: string | null;
}

export interface Watch {
  readonly connect: (via: string) => Promise<Guest>;
  readonly via: string;
  readonly expected: ReadonlyArray<string>;
  /** How many a successor list holds. */
  readonly successors: number;
  /** When to give up. */
  readonly until: number;
}

const walkTimeoutMs = 2_000;
const nextWalkMs = 100;

/**
 * Walks the ring again and again until it is the ideal one of `expected`. A walk that a silent node holds up does not
 * keep the next one from starting.
 */
export async function watchRing(watch: Watch): Promise<Sighting> {
  const guest = await guestOf(watch);
  let seen: Sighting = { ...never, flaw: `${watch.via} takes no clients` };
  if (guest === null) return seen;
  const look = async (): Promise<void> => {
    const next = await sight(guest, watch);
    if (seen.flaw === null) return;
    seen = {
      ...next,
      ringAt: next.ringAt < Number.POSITIVE_INFINITY ? Math.min(seen.ringAt, next.ringAt) : next.ringAt,
    };
  };
  const walks: Promise<void>[] = [];
  while (seen.flaw !== null && performance.now() < watch.until) {
    walks.push(look());
    await delay(nextWalkMs);
  }
  await Promise.all(walks);
  await guest.close();
  return seen;
}

const never = { ringAt: Number.POSITIVE_INFINITY, idealAt: Number.POSITIVE_INFINITY } as const;

/** One walk. */
async function sight(guest: Guest, { expected, successors }: Watch): Promise<Sighting> {
  const told = await guest.walk(walkTimeoutMs).catch((error: unknown) => error);
  const at = performance.now();
  if (!Array.isArray(told)) return { ...never, flaw: told instanceof Error ? told.message : String(told) };
  const broken = flaw(told, expected, 1);
  if (broken !== null) return { ...never, flaw: broken };
  const incomplete = flaw(told, expected, successors) ?? unclaimed(told);
  return { ringAt: at, idealAt: incomplete === null ? at : Number.POSITIVE_INFINITY, flaw: incomplete };
}

/** A node that is not yet a member is tried again. */
async function guestOf({ connect, via, until }: Watch): Promise<Guest | null> {
  while (performance.now() < until) {
    const guest = await connect(via).catch(() => null);
    if (guest !== null) return guest;
    await delay(nextWalkMs);
  }
  return null;
}
