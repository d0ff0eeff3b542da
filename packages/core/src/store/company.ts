import type { Arc } from "../arc.js";
import type { Millis } from "../message.js";
import type { Address } from "../peer.js";
import type { Awaited, Company } from "./call.js";
import { othersMax } from "./call.js";
import { majority } from "./operation.js";
import { partsInside, without } from "./parts.js";
import type { Piece, Pull, StoreState } from "./state.js";
import { againMs, holdingMs, repairMs } from "./state.js";
import type { Claiming, StoreTurn } from "./turn.js";
import { claimsAll, expect, holdersOf, set } from "./turn.js";

/**
 * With whom a process keeps what its storage remembers. Who founds a ring with a storage that remembers others is the
 * first that is back where all were down: what it has not may be with them, and what it has they may have changed after
 * it went. So it owns the keys, and answers for none of an arc before enough are back of those that kept the arc; and
 * of what it did not keep itself, not before somebody takes it that did.
 */

/**
 * Tells the storage with whom this process keeps what. One list after another: what has changed meanwhile is told when
 * the storage has the one before, or could not take it.
 */
export function remember(turn: StoreTurn): void {
  const { seats, pieces, remembered, settings } = turn.state;
  if (remembered.writing !== null || remembered.retryAt !== Number.POSITIVE_INFINITY) return;
  const claims = seats.flatMap(({ claim }) => (claim === null ? [] : [claim]));
  // What was gained a moment ago has still to be told.
  if (claims.length === 0 || claims.some((claim) => without(settings.space, claim, pieces).length > 0))
    return;
  // An owner of a part that knows nobody has lost touch: it is not alone.
  if (seats.every(({ near }) => near.length === 0) && !claimsAll(turn.state)) return;
  const company = companyOf(turn.state, turn.at);
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

/**
 * Who else keeps what this process keeps: of what it owns, those that it has keep it; of what it keeps for others, who
 * stands on the circle from the owner on. Where something is not known of an arc, the arc is not among them.
 */
export function companyOf(state: StoreState, at: Millis): ReadonlyArray<Company> {
  const { settings, seats, pieces } = state;
  const claiming = seats.filter((seat): seat is Claiming => seat.claim !== null);
  const known = pieces.flatMap((piece) => ownCompany(state, piece));
  for (const seat of claiming) known.push(...keptCompany(state, seat, at));
  return disjoint(settings.space, known).slice(0, companyMax);
}

/** What is awaited of an arc by one that begins with what its storage remembers. */
export function awaitedAtFirst({ settings }: StoreState, arc: Arc): ReadonlyArray<Awaited> {
  const { space, company } = settings;
  const known = partsInside(space, company, arc).map((part) => ({ ...part, returning: true }));
  const unknown = without(space, arc, company).map((part) => ({
    ...{ others: [], spare: null, returning: true },
    ...part,
  }));
  return [...known, ...unknown];
}

/** Both lists; of an arc that is in both, what is known of who kept it. */
export function awaitedTogether(
  { settings }: StoreState,
  one: ReadonlyArray<Awaited>,
  other: ReadonlyArray<Awaited>,
): ReadonlyArray<Awaited> {
  const all = [...one, ...other];
  const byKnowledge = [
    ...all.filter(({ spare }) => spare !== null),
    ...all.filter(({ spare }) => spare === null),
  ];
  return disjoint(settings.space, byKnowledge);
}

/** What is still awaited of a part of what is pulled. */
export function awaitedOf(
  { settings }: Pick<StoreState, "settings">,
  pull: Pull,
  arc: Arc,
): ReadonlyArray<Awaited> {
  const { sources, spare, returning, beyond } = pull;
  const others = sources.slice(0, othersMax);
  return [
    { start: arc.start, end: arc.end, others, spare, returning },
    ...partsInside(settings.space, beyond, arc),
  ];
}

/**
 * Whether others are to come back before what is pulled may be answered for. Who waits so asks in nobody's name: if
 * they were never down, and go on as a ring of their own, a claim of the whole circle would have them refuse their
 * owners.
 */
export function isReturning({ pulls }: StoreState, pull: number | null): boolean {
  return pulls.some(({ id, returning }) => id === pull && returning);
}

/** Whether that is so, or will be when all have been asked that are there. */
export function isAwaiting({ pulls }: StoreState, pull: number | null): boolean {
  return pulls.some(({ id, returning, beyond }) => id === pull && (returning || beyond.length > 0));
}

/** Whether enough have been asked: all of them, but for those that may be gone for good. */
export function isAsked({ begun, sources, spare }: Pull): boolean {
  return begun && spare !== null && sources.length <= spare;
}

/** More than the virtual nodes of a process keep arcs, and somewhat less than a note of a storage should have. */
const companyMax = 256;

/** Who keeps what this process owns: where it is not yet here, who may have it. */
function ownCompany(state: StoreState, piece: Piece): ReadonlyArray<Company> {
  const { pulls, seats, settings } = state;
  const { start, end, node } = piece;
  const seat = seats[node];
  if (seat === undefined) return [];
  if (piece.pull === null) {
    const others = holdersOf(state, seat);
    return [{ start, end, others, spare: spareOf(1 + others.length) }];
  }
  const pull = pulls.find(({ id }) => id === piece.pull);
  const before = isAwaiting(state, piece.pull) ? partsInside(settings.space, settings.company, piece) : [];
  if (pull === undefined || !pull.begun) return before;
  const awaited = awaitedOf(state, pull, piece).flatMap(({ spare, returning, ...rest }) =>
    spare === null
      ? []
      : [{ start: rest.start, end: rest.end, others: rest.others, spare: returning ? spare : 0 }],
  );
  return [...before, ...awaited.reverse()];
}

/**
 * What this process keeps for the owners before it: as far back as their arcs join, and it is one of the first that
 * follow. An owner whose list is short may have no process behind this one keep its entries: how many may stay away is
 * counted as if there were none.
 */
function keptCompany(
  { settings, tenancies }: StoreState,
  seat: Claiming,
  at: Millis,
): ReadonlyArray<Company> {
  const { self, copies } = settings;
  const heard = tenancies.filter(
    ({ heardAt, end, place }) => end === place && heardAt >= at - holdingMs(settings),
  );
  const kept: Company[] = [];
  let order: ReadonlyArray<Address> = [self, ...seat.near];
  let point = seat.claim.start;
  for (let i = 0; i < heard.length; i += 1) {
    const before = heard.find(({ start, end }) => end === point && start !== end);
    if (before === undefined) break;
    const { owner, holder, start, end } = before;
    order = [owner, ...order.filter((process) => process !== owner)];
    const keepers = order.slice(0, copies);
    if (!keepers.includes(self)) break;
    const others = keepers.filter((process) => process !== self);
    const spare = Math.min(spareOf(keepers.length), majority(1 + keepers.indexOf(self)) - 1);
    if (owner !== self && holder) kept.push({ start, end, others, spare });
    point = start;
  }
  return kept;
}

/** How many of those that keep an entry may stay away: any majority of all has one in common with the rest. */
function spareOf(copies: number): number {
  return copies - majority(copies);
}

/** Of each only what lies in none of those before it. */
function disjoint<A extends Arc>(
  space: StoreState["settings"]["space"],
  arcs: ReadonlyArray<A>,
): ReadonlyArray<A> {
  const placed: A[] = [];
  for (const arc of arcs) {
    for (const { start, end } of without(space, arc, placed)) placed.push({ ...arc, start, end });
  }
  return placed;
}

function isSame(one: ReadonlyArray<Company>, other: ReadonlyArray<Company>): boolean {
  return (
    one.length === other.length &&
    one.every(({ start, end, others, spare }, i) => {
      const that = other[i];
      return (
        that !== undefined &&
        that.start === start &&
        that.end === end &&
        that.spare === spare &&
        that.others.length === others.length &&
        that.others.every((process) => others.includes(process))
      );
    })
  );
}
