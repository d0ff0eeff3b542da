import type { Address } from "../peer.js";
import { majority } from "./operation.js";
import type { Pull, StoreState } from "./state.js";
import { againMs, repairMs } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { claimsAll, expect, set } from "./turn.js";

/**
 * With whom a process shares the ring its storage remembers. Who founds a ring with a storage that remembers others is
 * the first that is back where all were down: what it has not may be with them, and what it has they may have changed
 * after it went. So it owns the keys, and answers for none before they are back.
 */

/**
 * Tells the storage with whom this process shares the ring now: those that it may still wait for among them. One list
 * after another: what has changed meanwhile is told when the storage has the one before, or could not take it.
 */
export function remember(turn: StoreTurn): void {
  const { seats, pulls, remembered, settled, settings } = turn.state;
  if (remembered.writing !== null || remembered.retryAt !== Number.POSITIVE_INFINITY) return;
  if (seats.every(({ claim }) => claim === null)) return;
  const near = new Set(seats.flatMap((seat) => seat.near));
  for (const process of [...awaited(turn.state), ...(settled ? [] : settings.company)]) near.add(process);
  // An owner of a part that knows nobody has lost touch: it is not alone.
  if (near.size === 0 && (!claimsAll(turn.state) || pulls.length > 0)) return;
  const company = [...near].slice(0, companyMax);
  if (remembered.company !== null && isSame(company, remembered.company)) return;
  set(turn, { remembered: { ...remembered, writing: company } });
  turn.effects.push({ _tag: "Remember", task: expect(turn, { _tag: "Remember" }), company });
}

/** The storage has it. */
export function onRemembered(turn: StoreTurn): void {
  const { remembered } = turn.state;
  set(turn, { remembered: { ...remembered, company: remembered.writing, writing: null, failures: 0 } });
  remember(turn);
}

/**
 * The storage could not take it. It is told again until it can: who founds the ring with a list that lacks somebody
 * says of what only that one has that it is absent.
 */
export function onRememberFailed(turn: StoreTurn): void {
  const { remembered, settings } = turn.state;
  const failures = remembered.failures + 1;
  const retryAt = turn.at + againMs(failures, settings.intervalMs, repairMs(settings));
  set(turn, { remembered: { company: null, writing: null, failures, retryAt } });
}

/** Tells it again, if it is time. */
export function tendRemembered(turn: StoreTurn): void {
  const { remembered } = turn.state;
  if (remembered.retryAt > turn.at) return;
  set(turn, { remembered: { ...remembered, retryAt: Number.POSITIVE_INFINITY } });
  remember(turn);
}

/** Who is to come back before this process answers for all that it owns. */
export function awaited({ pulls }: StoreState): ReadonlyArray<Address> {
  return [...new Set(pulls.flatMap(({ returning, sources }) => (returning ? sources : [])))];
}

/**
 * Whether others are to come back before what is pulled may be answered for. Who waits so asks in nobody's name: if
 * they were never down, and go on as a ring of their own, a claim of the whole circle would have them refuse their
 * owners.
 */
export function isReturning({ pulls }: StoreState, pull: number | null): boolean {
  return pulls.some(({ number, returning }) => number === pull && returning);
}

/**
 * Whether enough have been asked: all of them, or, where they are to come back, so many that a majority of each entry's
 * copies is among them. The others may be gone for good.
 */
export function isAsked({ settings }: StoreState, { begun, returning, sources, among }: Pull): boolean {
  if (!begun) return false;
  const copies = Math.min(settings.copies, 1 + among);
  return sources.length <= (returning ? copies - majority(copies) : 0);
}

/** More than a list of successors has, for those with whom several virtual nodes share the ring. */
const companyMax = 256;

function isSame(one: ReadonlyArray<Address>, other: ReadonlyArray<Address>): boolean {
  return one.length === other.length && one.every((process) => other.includes(process));
}
