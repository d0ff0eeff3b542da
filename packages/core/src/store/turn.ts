import type { Arc } from "../arc.js";
import { arcLength, wholeCircle } from "../arc.js";
import type { Clocked } from "../event.js";
import type { Id } from "../identifier.js";
import { inRange } from "../identifier.js";
import type { Millis } from "../message.js";
import type { Address } from "../peer.js";
import * as pending from "../pending.js";
import type { Standing, StoreCall } from "./call.js";
import type { StoreEffect, TaskId } from "./effect.js";
import type { Operation } from "./operation.js";
import { without } from "./parts.js";
import type { Piece, Purpose, Seat, StoreState } from "./state.js";
import { callMs } from "./state.js";

/** One call of `stepStore` while it runs: the state so far, and the effects so far. */
export interface StoreTurn {
  state: StoreState;
  readonly effects: StoreEffect[];
  readonly at: Millis;
  readonly wall: Millis;
}

export function storeTurn(state: StoreState, { at, wall }: Clocked): StoreTurn {
  return { state, effects: [], at, wall };
}

export function set(turn: StoreTurn, change: Partial<StoreState>): void {
  turn.state = { ...turn.state, ...change };
}

/** The next of the numbers that name what is under way. */
export function count(turn: StoreTurn): number {
  set(turn, { count: turn.state.count + 1 });
  return turn.state.count;
}

/**
 * This version is not given to a change any more. Had two entries of a key the same, it would be chance which of them
 * is the later one.
 */
export function spend(turn: StoreTurn, version: number): void {
  if (version > turn.state.spentVersion) set(turn, { spentVersion: version });
}

/** Remembers what to do with the answer to an effect that is asked for now. */
export function expect(
  turn: StoreTurn,
  purpose: Purpose,
  expiresAt: Millis = Number.POSITIVE_INFINITY,
): TaskId {
  const rid = pending.nextRid(turn.state.tasks, count(turn));
  const tasks = rid === null ? null : pending.insert(turn.state.tasks, { rid, expiresAt, purpose });
  if (rid === null || tasks === null)
    throw new RangeError("commands and calls leave room for what they need");
  set(turn, { tasks });
  return rid;
}

/** `valueBytes`: as far as it is known how much will be sent, there or back. */
export function call(
  turn: StoreTurn,
  to: Address,
  asked: StoreCall,
  purpose: Purpose,
  valueBytes: number = 0,
): TaskId {
  const task = expect(turn, purpose, turn.at + callMs(turn.state.settings, valueBytes));
  turn.effects.push({ _tag: "Call", task, to, call: asked });
  return task;
}

/** An operation that is under way is like this now. */
export function putOperation(turn: StoreTurn, operation: Operation): void {
  set(turn, { operations: pending.replace(turn.state.operations, operation) });
}

/** Whether a point lies in an arc. */
export function has({ settings }: StoreState, arc: Arc, point: Id): boolean {
  return inRange(settings.space, point, arc.end, arcLength(settings.space, arc));
}

/** The part of what this process claims that the point lies in; undefined: it claims it not. */
export function pieceOf(state: StoreState, point: Id): Piece | undefined {
  return state.pieces.find((piece) => has(state, piece, point));
}

export type Claiming = Seat & { readonly claim: NonNullable<Seat["claim"]> };

/** The virtual node that claims the point. */
export function seatOf(state: StoreState, point: Id): Claiming | undefined {
  return state.seats.find((seat): seat is Claiming => seat.claim !== null && has(state, seat.claim, point));
}

/**
 * Whether the virtual nodes of this process claim the whole circle together: then it is alone, and has not merely lost
 * touch.
 */
export function claimsAll({ settings, seats }: StoreState): boolean {
  const claims = seats.flatMap(({ claim }) => (claim === null ? [] : [claim]));
  return without(settings.space, wholeCircle, claims).length === 0;
}

/** Those besides this process that are to keep what a virtual node owns. */
export function holdersOf({ settings }: StoreState, { near }: Seat): ReadonlyArray<Address> {
  return near.slice(0, settings.copies - 1);
}

/** The claim in whose name a virtual node asks another process; null: it has none. */
export function standingOf(state: StoreState, node: number, to: Address): Standing | null {
  const seat = state.seats[node];
  if (seat === undefined || seat.claim === null) return null;
  return { ...seat.claim, holder: holdersOf(state, seat).includes(to) };
}
