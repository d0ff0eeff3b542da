import type { Address } from "../peer.js";
import { converge } from "./converge.js";
import type { Repair, StoreState } from "./state.js";
import { againMs, repairMs } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { holdersOf, set } from "./turn.js";

/**
 * An owner compares what it holds with each of those that are to keep it: at once where they are new, or have missed
 * something, and now and then in any case. Both then have what either had.
 */
export function reseat(turn: StoreTurn, node: number): void {
  const seat = turn.state.seats[node];
  const holders = seat === undefined || seat.claim === null ? [] : holdersOf(turn.state, seat);
  const { repairs } = turn.state;
  const known = repairs.filter((repair) => repair.node !== node || holders.includes(repair.holder));
  const newcomers = holders
    .filter((holder) => !known.some((repair) => repair.node === node && repair.holder === holder))
    .map(
      (holder): Repair => ({
        node,
        holder,
        dueAt: turn.at + soonMs(turn),
        sync: null,
        failures: 0,
        whole: false,
        missedSince: false,
      }),
    );
  if (newcomers.length > 0 || known.length < repairs.length) set(turn, { repairs: [...known, ...newcomers] });
}

/** Compares with those whose time has come. */
export function tendRepairs(turn: StoreTurn): void {
  for (const { node, holder, dueAt, sync } of turn.state.repairs) {
    if (sync !== null || dueAt > turn.at) continue;
    const claim = turn.state.seats[node]?.claim ?? null;
    const whole = turn.state.pieces.every((piece) => piece.node !== node || piece.pull === null);
    const begun = claim === null || !whole ? null : converge(turn, holder, claim, { _tag: "Repair", node });
    const next = begun === null ? turn.at + soonMs(turn) : Number.POSITIVE_INFINITY;
    change(turn, node, holder, ({ missedSince }) => ({
      sync: begun,
      dueAt: next,
      missedSince: begun === null && missedSince,
    }));
  }
}

/**
 * They have been compared, or could not be: then it is tried again, more and more rarely, since a disk that is full
 * stays so. Meanwhile something else may have been missed.
 */
export function onRepaired(turn: StoreTurn, node: number, holder: Address, done: boolean): void {
  const { settings } = turn.state;
  change(turn, node, holder, (repair) => {
    const failures = done ? 0 : repair.failures + 1;
    const restMs = done ? repairMs(settings) : againMs(failures, settings.intervalMs, repairMs(settings));
    const whole = done && !repair.missedSince;
    return { sync: null, failures, whole, dueAt: Math.min(repair.dueAt, turn.at + restMs) };
  });
}

const lacking = { whole: false, missedSince: true } as const satisfies Partial<Repair>;

/** One of them has missed something, and need not be compared sooner for it. */
export function missed(turn: StoreTurn, node: number, holder: Address): void {
  change(turn, node, holder, () => lacking);
}

/** One of them has missed something. */
export function hasten(turn: StoreTurn, node: number, holder: Address): void {
  const dueAt = turn.at + soonMs(turn);
  change(turn, node, holder, (repair) => ({ ...lacking, dueAt: Math.min(repair.dueAt, dueAt) }));
}

/**
 * How many of its `copies` the worst-off of what this process owns may lack: there are too few processes, or they
 * have not been sent all of it yet. Null: a virtual node claims nothing, so it is not known what it is to own, nor
 * what that lacks.
 */
export function copiesMissing({ settings, seats, pieces, repairs }: StoreState): number | null {
  if (seats.length === 0 || seats.some(({ claim }) => claim === null)) return null;
  const missing = seats.map((_, node) => {
    const here = pieces.some((piece) => piece.node === node && piece.pull !== null) ? 0 : 1;
    return settings.copies - here - repairs.filter((each) => each.node === node && each.whole).length;
  });
  return Math.max(0, ...missing);
}

/** The range has grown, or been given something by another. */
export function hastenAll(turn: StoreTurn, node: number): void {
  for (const repair of turn.state.repairs) if (repair.node === node) hasten(turn, node, repair.holder);
}

function change(
  turn: StoreTurn,
  node: number,
  holder: Address,
  to: (repair: Repair) => Partial<Repair>,
): void {
  const repairs = turn.state.repairs.map((repair) =>
    repair.node === node && repair.holder === holder ? { ...repair, ...to(repair) } : repair,
  );
  set(turn, { repairs });
}

/** Soon enough, and late enough for what comes all at once to be one thing. */
function soonMs({ state }: StoreTurn): number {
  return state.settings.intervalMs / 2;
}
