import type { Address } from "../peer.js";
import * as pending from "../pending.js";
import * as recent from "../recent.js";
import type { Refusal } from "./call.js";
import { isReturning } from "./company.js";
import type { StoreOutcome } from "./effect.js";
import type { Entry, EntryHead } from "./entry.js";
import { entryOf, nameText, supersedes, tombstone } from "./entry.js";
import type { Commanded } from "./event.js";
import type { Operation, Storing } from "./operation.js";
import { majority } from "./operation.js";
import { askAll, giveUp, isGiver, sourcesOf } from "./pull.js";
import { hasten, missed } from "./repair.js";
import type { Piece } from "./state.js";
import { callMs, tasksMax } from "./state.js";
import type { Claiming, StoreTurn } from "./turn.js";
import { call, claimsAll, count, expect, holdersOf, pieceOf, seatOf, set, standingOf } from "./turn.js";

/**
 * Commands at the key's owner. What is there is read first, from everybody who may have it where the range is not
 * wholly here yet; a change gets a version above that, and is done when a majority of those that are to keep it have
 * it, the owner among them. Changes of one key go one after another.
 */
export function onCommanded(turn: StoreTurn, event: Commanded): void {
  const { stored, operations, tasks, queues } = turn.state;
  const { operation, request, name, command } = event;
  const before = recent.get(stored, request);
  if (before !== undefined) {
    settle(turn, [operation], before);
    return;
  }
  if (joined(turn, event)) return;
  const rid = pending.nextRid(operations, count(turn));
  if (rid === null || tasks.size > tasksMax / 2) {
    settle(turn, [operation], { _tag: "Overloaded" });
    return;
  }
  const begun: Operation = {
    rid,
    expiresAt: turn.at + 2 * callMs(turn.state.settings),
    asked: [operation],
    request,
    name,
    command,
    sources: [],
    awaited: 0,
    latest: null,
    foreign: false,
    damaged: false,
    storing: null,
  };
  set(turn, { operations: pending.insert(operations, begun) ?? operations });
  if (command._tag === "Get") {
    gather(turn, begun);
    return;
  }
  const text = nameText(name);
  const queue = queues.get(text) ?? [];
  set(turn, { queues: new Map(queues).set(text, [...queue, rid]) });
  if (queue.length === 0) gather(turn, begun);
}

/** Another attempt of a command that is under way waits with it. */
function joined(turn: StoreTurn, { operation, request, name, command }: Commanded): boolean {
  if (command._tag === "Get") return false;
  for (const rid of turn.state.queues.get(nameText(name)) ?? []) {
    const other = pending.get(turn.state.operations, rid);
    if (other?.request !== request) continue;
    put(turn, { ...other, asked: [...other.asked, operation] });
    return true;
  }
  return false;
}

/** Asks for what there is: here, and where the range is not wholly here yet, of whoever may have more. */
function gather(turn: StoreTurn, operation: Operation): void {
  const { rid, name } = operation;
  const piece = pieceOf(turn.state, name.id);
  if (piece === undefined) {
    end(turn, operation, { _tag: "NotOwner" });
    return;
  }
  const sources = sourcesOf(turn.state, piece);
  if (sources === null) {
    end(turn, operation, { _tag: "NotReady", reason: "alone" });
    return;
  }
  const task = expect(turn, { _tag: "Gather", operation: rid, source: null });
  turn.effects.push({ _tag: "Read", task, names: [name], settled: false });
  ask(turn, { ...operation, awaited: 1 }, piece, sources);
}

function ask(turn: StoreTurn, operation: Operation, piece: Piece, sources: ReadonlyArray<Address>): void {
  const { rid, name, awaited } = operation;
  put(turn, {
    ...operation,
    sources: [...operation.sources, ...sources],
    awaited: awaited + sources.length,
  });
  for (const source of sources) {
    const purpose = { _tag: "Gather", operation: rid, source } as const;
    const standing = isReturning(turn.state, piece.pull) ? null : standingOf(turn.state, piece.node, source);
    call(turn, source, { _tag: "Fetch", standing, names: [name] }, purpose);
  }
}

/** One of them has said what it has; `complete`: it is said to have all. */
export function gathered(
  turn: StoreTurn,
  rid: number,
  source: Address | null,
  found: Entry | null,
  complete: boolean,
): void {
  const operation = pending.get(turn.state.operations, rid);
  if (operation === undefined) return;
  const piece = pieceOf(turn.state, operation.name.id);
  if (piece === undefined) {
    end(turn, operation, { _tag: "NotOwner" });
    return;
  }
  if (source !== null && piece.pull !== null && !complete && isGiver(turn.state, piece.pull, source))
    askAll(turn, piece.pull);
  const { latest, foreign } = operation;
  const later = found !== null && (latest === null || supersedes(found, latest));
  const next = {
    ...operation,
    awaited: operation.awaited - 1,
    latest: later ? found : latest,
    // What is here may be said later than the same by another.
    foreign: later ? source !== null : foreign && !(source === null && isSame(found, latest)),
  };
  inquire(turn, next, piece);
}

/**
 * Goes on when all have answered who may have more. Others may have come to be among them since the first were asked:
 * the one that was said to have everything has not.
 */
function inquire(turn: StoreTurn, operation: Operation, piece: Piece): void {
  const sources = sourcesOf(turn.state, piece);
  if (sources === null) return end(turn, operation, { _tag: "NotReady", reason: "alone" });
  const others = sources.filter((source) => !operation.sources.includes(source));
  ask(turn, operation, piece, others);
  if (others.length === 0 && operation.awaited === 0) proceed(turn, operation);
}

/**
 * What is here of it cannot be read: those that keep it have a good copy. Each of them is waited for: one that missed
 * the latest change has an older copy, which would be as good to read.
 */
export function gatherDamaged(turn: StoreTurn, rid: number): void {
  const operation = pending.get(turn.state.operations, rid);
  if (operation === undefined) return;
  const piece = pieceOf(turn.state, operation.name.id);
  const seat = seatOf(turn.state, operation.name.id);
  if (piece === undefined || seat === undefined) return end(turn, operation, { _tag: "NotOwner" });
  const holders = holdersOf(turn.state, seat).filter((holder) => !operation.sources.includes(holder));
  ask(turn, { ...operation, damaged: true, awaited: operation.awaited - 1 }, piece, holders);
  const asked = pending.get(turn.state.operations, rid);
  if (asked !== undefined) inquire(turn, asked, piece);
}

/** One of them has not said it. Nobody dead can have anything; who is only silent may. */
export function gatherFailed(turn: StoreTurn, rid: number, source: Address | null, dead: boolean): void {
  const operation = pending.get(turn.state.operations, rid);
  if (operation === undefined) return;
  const piece = pieceOf(turn.state, operation.name.id);
  const returning = isReturning(turn.state, piece?.pull ?? null);
  const pull = piece?.pull ?? null;
  if (source !== null && pull !== null && dead) giveUp(turn, pull, source);
  const reason = source === null ? "storage" : returning ? "returning" : "silent";
  end(turn, operation, { _tag: "NotReady", reason });
}

function proceed(turn: StoreTurn, operation: Operation): void {
  const { latest, foreign, damaged, command } = operation;
  if (damaged && latest === null) return proceedWithout(turn, operation);
  if (foreign && latest !== null) {
    const task = expect(turn, { _tag: "Nothing" });
    turn.effects.push({ _tag: "Write", task, put: [latest], drop: [] });
  }
  if (command._tag !== "Get") store(turn, operation, latest?.version ?? 0);
  else if (latest === null || latest.value === null) end(turn, operation, { _tag: "Absent" });
  else end(turn, operation, { _tag: "Found", version: latest.version, value: latest.value });
}

/** Nobody has what was here: it is not absent, but may be replaced. A later version than that stands in the way. */
function proceedWithout(turn: StoreTurn, operation: Operation): void {
  const claim = seatOf(turn.state, operation.name.id)?.claim;
  if (operation.command._tag === "Get" || claim === undefined)
    return end(turn, operation, { _tag: "NotReady", reason: "storage" });
  store(turn, operation, claim.epoch);
}

/** Gives the change a version above all that is known, and sends it to those that are to keep it. */
function store(turn: StoreTurn, operation: Operation, above: number): void {
  const { rid, name, command } = operation;
  const seat = seatOf(turn.state, name.id);
  if (seat === undefined || command._tag === "Get") {
    end(turn, operation, { _tag: "NotOwner" });
    return;
  }
  const refusal = tooFew(turn, seat);
  if (refusal !== null) {
    end(turn, operation, refusal);
    return;
  }
  const version = Math.max(above + 1, seat.claim.epoch);
  const entry =
    command._tag === "Put"
      ? entryOf(name, version, command.value)
      : tombstone(name, version, Math.max(0, Math.floor(turn.wall)));
  const holders = holdersOf(turn.state, seat);
  const copies = 1 + holders.length;
  const storing: Storing = { entry, copies, kept: 0, keptHere: false, failed: 0, noRoom: null };
  put(turn, { ...operation, storing });
  const task = expect(turn, { _tag: "Keep", operation: rid, version });
  turn.effects.push({ _tag: "Write", task, put: [entry], drop: [] });
  const standing = { ...seat.claim, holder: true };
  const node = turn.state.seats.indexOf(seat);
  for (const holder of holders) {
    const purpose = { _tag: "CopyOne", operation: rid, version, holder, node } as const;
    call(turn, holder, { _tag: "Copy", standing, entries: [entry] }, purpose);
  }
}

/** An owner of a part that knows nobody else has lost touch: it cannot tell how many there are. */
function tooFew({ state }: StoreTurn, seat: Claiming): StoreOutcome | null {
  const { copies, copiesMin } = state.settings;
  const holders = holdersOf(state, seat);
  if (copies > 1 && holders.length === 0 && !claimsAll(state)) return { _tag: "NotReady", reason: "alone" };
  if (1 + holders.length >= copiesMin) return null;
  return { _tag: "TooFewCopies", copies: 1 + holders.length, copiesMin };
}

/** It is durable here, unless something later stood there. */
export function keptHere(turn: StoreTurn, rid: number, version: number, stands: EntryHead | undefined): void {
  const operation = storingOf(turn, rid, version);
  if (operation === null) return;
  const { storing } = operation;
  if (stands !== undefined && supersedes(stands, storing.entry)) store(turn, operation, stands.version);
  else decide(turn, operation, { ...storing, kept: storing.kept + 1, keptHere: true });
}

export function keepFailed(turn: StoreTurn, rid: number, version: number, reason: Refusal): void {
  const operation = storingOf(turn, rid, version);
  if (operation === null) return;
  const outcome: StoreOutcome =
    reason === "full" || reason === "quota"
      ? { _tag: "NoRoom", reason }
      : { _tag: "NotReady", reason: "storage" };
  end(turn, operation, outcome);
}

/** Another has it; `above`: the version that stood in its way there, 0: none did. */
export function copied(turn: StoreTurn, rid: number, version: number, above: number): void {
  const operation = storingOf(turn, rid, version);
  if (operation === null) return;
  const { storing } = operation;
  if (above > 0) store(turn, operation, above);
  else decide(turn, operation, { ...storing, kept: storing.kept + 1 });
}

/** Another has it not, for all that is known. It gets it when the two are compared next, which is soon. */
export function copyFailed(
  turn: StoreTurn,
  rid: number,
  version: number,
  of: { readonly holder: Address; readonly node: number },
  reason: Refusal | null,
): void {
  const full = reason === "full" || reason === "quota";
  // Who has no room has none in an instant either.
  if (full) missed(turn, of.node, of.holder);
  else hasten(turn, of.node, of.holder);
  const operation = storingOf(turn, rid, version);
  if (operation === null) return;
  const { storing } = operation;
  const noRoom = full ? reason : storing.noRoom;
  decide(turn, operation, { ...storing, failed: storing.failed + 1, noRoom }, reason === "stale");
}

function decide(turn: StoreTurn, operation: Operation, storing: Storing, stale = false): void {
  const { entry, copies, kept, failed, noRoom } = storing;
  put(turn, { ...operation, storing });
  if (storing.keptHere && kept >= majority(copies)) {
    const outcome = { _tag: "Stored", version: entry.version } as const;
    set(turn, { stored: recent.put(turn.state.stored, operation.request, outcome) });
    end(turn, operation, outcome);
  } else if (copies - failed < majority(copies)) {
    const reason = stale ? "stale" : "silent";
    end(turn, operation, noRoom === null ? { _tag: "NotReady", reason } : { _tag: "NoRoom", reason: noRoom });
  }
}

/** Those of the arc are another's now. */
export function abandon(turn: StoreTurn, isLost: (operation: Operation) => boolean): void {
  for (const operation of pending.entries(turn.state.operations)) {
    if (isLost(operation)) end(turn, operation, { _tag: "NotOwner" });
  }
}

/** Those whose time is over. */
export function expireOperations(turn: StoreTurn): void {
  for (const operation of pending.expire(turn.state.operations, turn.at)[0]) {
    end(turn, operation, { _tag: "NotReady", reason: "silent" });
  }
}

/** It is over; the next change of its key begins. */
function end(turn: StoreTurn, { rid, name, command }: Operation, outcome: StoreOutcome): void {
  const asked = pending.get(turn.state.operations, rid)?.asked;
  if (asked === undefined) return;
  settle(turn, asked, outcome);
  set(turn, { operations: pending.remove(turn.state.operations, rid) });
  if (command._tag === "Get") return;
  const text = nameText(name);
  const queue = turn.state.queues.get(text) ?? [];
  const rest = queue.filter((other) => other !== rid);
  const queues = new Map(turn.state.queues);
  if (rest.length > 0) queues.set(text, rest);
  else queues.delete(text);
  set(turn, { queues });
  const next = rest[0] === undefined ? undefined : pending.get(turn.state.operations, rest[0]);
  if (next !== undefined && queue[0] === rid) gather(turn, next);
}

function settle(turn: StoreTurn, asked: ReadonlyArray<number>, outcome: StoreOutcome): void {
  for (const operation of asked) turn.effects.push({ _tag: "Settle", operation, outcome });
}

/** The operation, if that version of it is on its way. */
function storingOf(
  turn: StoreTurn,
  rid: number,
  version: number,
): (Operation & { readonly storing: Storing }) | null {
  const operation = pending.get(turn.state.operations, rid);
  if (operation === undefined) return null;
  const { storing } = operation;
  return storing !== null && storing.entry.version === version ? { ...operation, storing } : null;
}

function put(turn: StoreTurn, operation: Operation): void {
  set(turn, { operations: pending.replace(turn.state.operations, operation) });
}

function isSame(one: Entry | null, other: Entry | null): boolean {
  return one !== null && other !== null && one.fingerprint === other.fingerprint;
}
