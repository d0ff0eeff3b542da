import type { Address } from "../peer.js";
import * as pending from "../pending.js";
import type { Fetched } from "./call.js";
import { isAwaiting } from "./company.js";
import type { StoreOutcome } from "./effect.js";
import type { Entry } from "./entry.js";
import { supersedes } from "./entry.js";
import type { Damage } from "./event.js";
import type { Brought, Operation, Progress } from "./operation.js";
import { ended } from "./operation.js";
import { giveUp, onIncomplete, sourcesOf } from "./pull.js";
import type { Piece, StoreState } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { call, expect, holdersOf, pieceOf, putOperation, seatOf, standingOf } from "./turn.js";

/**
 * What there is under a name, before it is answered or changed: here, and where the range is not wholly here yet, or
 * what is here cannot be read, with whoever may have it.
 */
export function gather(turn: StoreTurn, operation: Operation): Progress | null {
  const piece = pieceOf(turn.state, operation.name.id);
  if (piece === undefined) return ended(operation, { _tag: "NotOwner" });
  const sources = sourcesOf(turn.state, piece, operation.name.id);
  if (sources === null) return ended(operation, unknown(turn, piece));
  askSources(turn, readHere(turn, operation, piece), piece, sources);
  return null;
}

/** This process's own storage is asked, too. */
function readHere(turn: StoreTurn, operation: Operation, piece: Piece): Operation {
  const { rid, name, awaited } = operation;
  const task = expect(turn, { _tag: "Gather", operation: rid, source: null });
  turn.effects.push({ _tag: "Read", task, names: [name], settled: false });
  return { ...operation, awaited: awaited + 1, brought: broughtBy(turn.state, piece) };
}

function askSources(
  turn: StoreTurn,
  operation: Operation,
  piece: Piece,
  sources: ReadonlyArray<Address>,
): void {
  const { rid, name, awaited } = operation;
  putOperation(turn, {
    ...operation,
    sources: [...operation.sources, ...sources],
    awaited: awaited + sources.length,
  });
  for (const source of sources) {
    const purpose = { _tag: "Gather", operation: rid, source } as const;
    const standing = isAwaiting(turn.state, piece.pull) ? null : standingOf(turn.state, piece.node, source);
    call(turn, source, { _tag: "Fetch", standing, names: [name] }, purpose);
  }
}

/** What this process's own storage has, or what is left of it. */
export function gatheredHere(
  turn: StoreTurn,
  rid: number,
  found: Entry | null = null,
  damage?: Damage,
): Progress | null {
  const here = { entries: [found], complete: true, awaited: [] };
  return damage === undefined ? gathered(turn, rid, null, here) : gatheredDamaged(turn, rid, damage);
}

/** `source` has said what it has; null: this process's own storage has. */
export function gathered(
  turn: StoreTurn,
  rid: number,
  source: Address | null,
  { entries, complete, awaited }: Omit<Fetched, "_tag">,
): Progress | null {
  const found = entries[0] ?? null;
  const operation = gathering(turn, rid);
  if (operation === null) return null;
  const piece = pieceOf(turn.state, operation.name.id);
  if (piece === undefined) return ended(operation, { _tag: "NotOwner" });
  if (source !== null && piece.pull !== null && !complete) onIncomplete(turn, piece.pull, source, awaited);
  const { latest, foreign } = operation;
  const later = found !== null && (latest === null || supersedes(found, latest));
  const next = {
    ...operation,
    awaited: operation.awaited - 1,
    latest: later ? found : latest,
    // This process's own storage may say it has the same only after another has brought it.
    foreign: later ? source !== null : foreign && !(source === null && isSame(found, latest)),
  };
  if (found !== null && isWhatWasHere(next, piece, found)) return known(next);
  return inquire(turn, next, piece);
}

/**
 * Goes on when all processes that may have more have answered. More of them may be known by now than were asked at
 * first, because the one that was said to have everything lacks something: they are asked, too. And what a process that
 * was not asked for this key had may have been copied here meanwhile: then this process's own storage is read again.
 */
function inquire(turn: StoreTurn, operation: Operation, piece: Piece): Progress | null {
  const sources = sourcesOf(turn.state, piece, operation.name.id);
  if (sources === null) return ended(operation, unknown(turn, piece));
  const others = sources.filter((source) => !operation.sources.includes(source));
  askSources(turn, operation, piece, others);
  if (others.length > 0 || operation.awaited > 0) return null;
  if (hasCome(turn.state, operation, piece)) {
    putOperation(turn, readHere(turn, operation, piece));
    return null;
  }
  return operation.silent ? ended(operation, { _tag: "NotReady", reason: "silent" }) : known(operation);
}

/**
 * The copy here cannot be read; the others that keep the key have good ones. Where all of the range is here, a copy
 * with the same fingerprint as the damaged one is the latest, and enough. Without a fingerprint all of them are waited
 * for: one that missed the latest change has an older copy, and nothing about that copy would tell.
 */
function gatheredDamaged(turn: StoreTurn, rid: number, damage: Damage): Progress | null {
  const operation = gathering(turn, rid);
  if (operation === null) return null;
  const piece = pieceOf(turn.state, operation.name.id);
  const seat = seatOf(turn.state, operation.name.id);
  if (piece === undefined || seat === undefined) return ended(operation, { _tag: "NotOwner" });
  const holders = holdersOf(turn.state, seat).filter((holder) => !operation.sources.includes(holder));
  askSources(turn, { ...operation, damage, awaited: operation.awaited - 1 }, piece, holders);
  const asked = gathering(turn, rid);
  return asked === null ? null : inquire(turn, asked, piece);
}

/** `source` has not said what it has. Nobody dead can have anything; who is only silent may. */
export function gatherFailed(
  turn: StoreTurn,
  rid: number,
  source: Address | null,
  dead: boolean,
): Progress | null {
  const operation = gathering(turn, rid);
  if (operation === null) return null;
  const piece = pieceOf(turn.state, operation.name.id);
  const pull = piece?.pull ?? null;
  const returning = isAwaiting(turn.state, pull);
  if (source !== null && pull !== null && dead) giveUp(turn, pull, source);
  // Another source may have just what was here.
  if (source !== null && piece !== undefined && isRecognizable(operation, piece))
    return inquire(turn, { ...operation, awaited: operation.awaited - 1, silent: true }, piece);
  const reason = source === null ? "storage" : returning ? "returning" : "silent";
  return ended(operation, { _tag: "NotReady", reason });
}

/** The operation, if it is still to be known what there is. */
function gathering(turn: StoreTurn, rid: number): Operation | null {
  const operation = pending.get(turn.state.operations, rid);
  return operation === undefined || operation.storing !== null ? null : operation;
}

/** It is not known who kept the key: nobody else at all is known, or all were down, and none of those is back. */
function unknown({ state }: StoreTurn, { pull }: Piece): StoreOutcome {
  const isAlone = state.pulls.some(({ id, begun, returning }) => id === pull && !begun && !returning);
  return { _tag: "NotReady", reason: isAlone ? "alone" : "returning" };
}

function known(operation: Operation): Progress {
  return { _tag: "Known", operation };
}

/** Whether a copy of what was here, and is the latest, can be told from an older one. */
function isRecognizable({ damage }: Operation, { pull }: Piece): boolean {
  return pull === null && damage !== null && damage.fingerprint !== null;
}

/** Whether more of the range has come here since this process's own storage was read. */
function hasCome(state: StoreState, { brought }: Operation, piece: Piece): boolean {
  const { pull, sources } = broughtBy(state, piece);
  return pull !== brought.pull || sources !== brought.sources;
}

function broughtBy({ pulls }: StoreState, { pull }: Piece): Brought {
  return { pull, sources: pulls.find(({ id }) => id === pull)?.asked.length ?? 0 };
}

function isWhatWasHere(operation: Operation, piece: Piece, found: Entry): boolean {
  return isRecognizable(operation, piece) && found.fingerprint === operation.damage?.fingerprint;
}

function isSame(one: Entry | null, other: Entry | null): boolean {
  return one !== null && other !== null && one.fingerprint === other.fingerprint;
}
