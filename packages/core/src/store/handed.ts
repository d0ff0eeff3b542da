import type { Arc } from "../arc.js";
import type { Address } from "../peer.js";
import type { Awaited } from "./call.js";
import { awaitedOf } from "./company.js";
import type { RangeGained, RangeLost } from "./event.js";
import { parts, partsInside, partsOutside, without } from "./parts.js";
import type { Handed, StoreState } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { set } from "./turn.js";

/**
 * What this process had of arcs that it lost: what is lost whole may come back whole, and whoever has it now may ask
 * for it, and is told who else was still to be asked.
 */
export function noteLost(turn: StoreTurn, event: RangeLost): void {
  const { settings, pieces } = turn.state;
  const { start, end, reason, peer, epoch } = event;
  // By a failure: it was handed to one that died before it took it, and is being taken back.
  const stays = reason === "lapse" || reason === "failure" || peer === settings.self;
  const to = stays ? settings.self : reason === "join" || reason === "leave" ? peer : null;
  forget(turn, { start, end });
  const given = pieces.flatMap((piece) => {
    const whole = piece.pull === null;
    // Whoever has it now asks others; who is still to be asked is not forgotten, in case that it comes back.
    if (to === null && whole) return [];
    const pull = turn.state.pulls.find(({ id }) => id === piece.pull);
    const state = { epoch, whole, lapsed: reason === "lapse", owed: to !== null && !stays };
    return parts(settings.space, piece, { start, end }).inside.map((part): Handed => {
      const all = pull === undefined ? [] : awaitedOf(turn.state, pull, part);
      // A ring that was met has gone through it in its own way.
      const awaited = to === null ? all.filter(({ returning }) => !returning) : all;
      return { ...part, ...state, awaited, to: to ?? settings.self };
    });
  });
  set(turn, { handed: [...turn.state.handed, ...given].slice(-handedMax) });
}

/** The arc is, or was, another's: what was known of it before does not count any more. */
export function forget(turn: StoreTurn, arc: Arc): void {
  const { settings, handed } = turn.state;
  set(turn, { handed: partsOutside(settings.space, handed, arc) });
}

/** Whether all of what was gained was this process's before, all of it is here, and nobody else had it in between. */
export function cameBack(state: StoreState, { start, end, reason, peer, epoch }: RangeGained): boolean {
  const { settings, handed } = state;
  const { self } = settings;
  const handedOver = (reason === "join" || reason === "leave") && peer === self;
  const own = handed.filter(({ to, whole, lapsed, epoch: was }) => {
    if (to !== self || !whole) return false;
    return lapsed ? reason === "lapse" && was === epoch : handedOver;
  });
  return without(settings.space, { start, end }, own).length === 0;
}

/**
 * What this process still awaited when it lost the arc: the process that has it now may have got no further. Processes
 * that it waited for to come back do not count where somebody may have been through all of the arc since.
 */
export function leftBehind({ settings, handed }: StoreState, event: RangeGained): ReadonlyArray<Awaited> {
  const { space, self } = settings;
  return handed.flatMap((each) => {
    // Who was handed it tells when it has all of it. Of one that took it nothing is known.
    const told = each.to !== self || !each.lapsed || event.reason === "lapse";
    const open = each.awaited.filter(({ returning }) => told || !returning);
    return parts(space, each, event).inside.flatMap((part) => partsInside(space, open, part));
  });
}

/** Whether this process had all of an arc when it handed it to that one. */
export function hadAll({ settings, handed }: StoreState, arc: Arc, to: Address): boolean {
  return (
    without(
      settings.space,
      arc,
      handed.filter((each) => each.whole && each.to === to),
    ).length === 0
  );
}

/**
 * What this process had not yet been through of the arcs when it handed them over: to the process that asks now, or to
 * another one, which may have handed them on to the asker before it heard what was missing.
 */
export function awaitedOfHanded(
  { settings, handed }: StoreState,
  arcs: ReadonlyArray<Arc>,
  asker: Address,
): ReadonlyArray<Awaited> {
  const { space } = settings;
  const untold = handed.filter(({ to, owed }) => to === asker || owed);
  const awaited = untold.flatMap((each) => partsInside(space, each.awaited, each));
  return arcs.flatMap((arc) => partsInside(space, awaited, arc));
}

/**
 * The present owner of the arcs has all that was here of them: nothing is owed any more to the process that they were
 * handed to. If the owner has all there is of them (`whole`), nobody is awaited any more either.
 */
export function onReleased(turn: StoreTurn, arcs: ReadonlyArray<Arc>, whole: boolean): void {
  const { space } = turn.state.settings;
  const handed = turn.state.handed.flatMap((each) => {
    if (!each.owed && !whole) return [each];
    const paid = arcs.flatMap((arc) => parts(space, each, arc).inside);
    const rest = without(space, each, arcs);
    return [
      ...rest.map((arc) => ({ ...each, ...arc })),
      ...paid.map((arc) => ({ ...each, ...arc, owed: false, awaited: whole ? [] : each.awaited })),
    ];
  });
  set(turn, { handed });
}

const handedMax = 256;
