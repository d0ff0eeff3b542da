import type { Arc } from "../arc.js";
import { wholeCircle } from "../arc.js";
import type { Address } from "../peer.js";
import { batchEntries } from "./call.js";
import type { Converged } from "./converge.js";
import { converge } from "./converge.js";
import type { Digest } from "./digest.js";
import type { EntryHead } from "./entry.js";
import type { Located } from "./event.js";
import type { Stray } from "./state.js";
import { holdingMs, strayMs } from "./state.js";
import { strayParts } from "./tenancy.js";
import type { StoreTurn } from "./turn.js";
import { expect, has, set } from "./turn.js";

/**
 * Copies of what this process neither owns nor is to keep: of ranges that it lost, or from an earlier life. They are
 * offered to the owner and to all that keep the range, and dropped when these have it.
 */
export function tendStrays(turn: StoreTurn): void {
  const { strays, settings, seats, pieces, tenancies } = turn.state;
  if (strays.current !== null || strays.dueAt > turn.at) return;
  const left = seats.some(({ claim }) => claim !== null)
    ? strayParts(settings.space, wholeCircle, pieces, tenancies, turn.at - holdingMs(settings))
    : [];
  set(turn, { strays: { dueAt: turn.at + strayMs(settings), left, current: null } });
  nextStray(turn);
}

/** Something was lost: it may lie about here. */
export function lookForStrays(turn: StoreTurn): void {
  const { strays, settings } = turn.state;
  set(turn, { strays: { ...strays, dueAt: Math.min(strays.dueAt, turn.at + 3 * settings.intervalMs) } });
}

export function onStrayCounted(turn: StoreTurn, [digest]: ReadonlyArray<Digest>): void {
  const { current } = turn.state.strays;
  if (current === null) return;
  if (digest === undefined || digest.entries === 0) nextStray(turn);
  else
    turn.effects.push({ _tag: "Locate", task: expect(turn, { _tag: "StrayOwner" }), point: current.arc.end });
}

/** The owner of the arc's end may own only a part of it: the rest is somebody else's, and looked at later. */
export function onStrayLocated(turn: StoreTurn, { owner }: Located): void {
  const { strays, settings } = turn.state;
  if (strays.current === null) return;
  if (owner === null || owner.process === settings.self) return nextStray(turn);
  const { start, end } = strays.current.arc;
  const cut = owner.start !== end && owner.start !== start && has(turn.state, { start, end }, owner.start);
  const arc = { start: cut ? owner.start : start, end };
  const left = cut ? [{ start, end: owner.start }, ...strays.left] : strays.left;
  set(turn, { strays: { ...strays, left, current: { arc, holders: null } } });
  offer(turn, arc, "owner", owner.process);
}

/** One that was to have the copies has them all, or does not take them. */
export function onOffered(turn: StoreTurn, { sync, result }: Converged): void {
  const { strays, settings } = turn.state;
  const { current } = strays;
  if (current === null) return;
  const keepers = current.holders ?? sync.holders;
  if (result !== "done" || keepers === null || keepers.includes(settings.self)) return nextStray(turn);
  const [holder, ...holders] = keepers.filter((other) => other !== sync.peer);
  set(turn, { strays: { ...strays, current: { arc: current.arc, holders } } });
  if (holder !== undefined) offer(turn, current.arc, "keeper", holder);
  else listStray(turn, current);
}

/** A page of what is to be dropped: just what stands there now, and what comes later stays. */
export function onStrayListed(turn: StoreTurn, heads: ReadonlyArray<EntryHead>): void {
  const { current } = turn.state.strays;
  if (current === null) return;
  if (heads.length === 0 || !isStray(turn, current.arc)) return nextStray(turn);
  turn.effects.push({ _tag: "Write", task: expect(turn, { _tag: "StrayDrop" }), put: [], drop: heads });
}

export function onStrayDropped(turn: StoreTurn): void {
  const { current } = turn.state.strays;
  if (current !== null) listStray(turn, current);
}

/** What was to be done for the present one failed: it is left for the next time. */
export function onStrayFailed(turn: StoreTurn): void {
  nextStray(turn);
}

function nextStray(turn: StoreTurn): void {
  const { strays } = turn.state;
  const [arc, ...left] = strays.left;
  if (arc === undefined) {
    set(turn, { strays: { ...strays, current: null } });
    return;
  }
  set(turn, { strays: { ...strays, left, current: { arc, holders: null } } });
  turn.effects.push({ _tag: "Digests", task: expect(turn, { _tag: "StrayCount" }), arcs: [arc] });
}

function offer(turn: StoreTurn, arc: Arc, to: "owner" | "keeper", process: Address): void {
  if (converge(turn, process, arc, { _tag: "Offer", to }) === null) nextStray(turn);
}

function listStray(turn: StoreTurn, { arc }: Stray): void {
  const task = expect(turn, { _tag: "StrayDrop" });
  turn.effects.push({ _tag: "Page", task, arc, after: null, entriesMax: batchEntries });
}

/** Whether all of it is still a stray: nothing has become this process's own, or to be kept here, meanwhile. */
function isStray({ state, at }: StoreTurn, arc: Arc): boolean {
  const { settings, pieces, tenancies } = state;
  const [part, ...others] = strayParts(settings.space, arc, pieces, tenancies, at - holdingMs(settings));
  return others.length === 0 && part?.start === arc.start && part.end === arc.end;
}
