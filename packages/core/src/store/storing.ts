import type { Address } from "../peer.js";
import * as pending from "../pending.js";
import * as recent from "../recent.js";
import type { Refusal } from "./call.js";
import type { NoRoom, StoreOutcome } from "./effect.js";
import type { EntryHead } from "./entry.js";
import { entryOf, supersedes, tombstone } from "./entry.js";
import type { Operation, Progress, Storing } from "./operation.js";
import { ended, majority } from "./operation.js";
import { hasten, missed } from "./repair.js";
import type { Claiming, StoreTurn } from "./turn.js";
import { call, claimsAll, expect, holdersOf, putOperation, seatOf, set } from "./turn.js";

/** Gives the change a version above all that is known, and sends it to those that are to keep it. */
export function store(turn: StoreTurn, operation: Operation, above: number): Progress | null {
  const { rid, name, command } = operation;
  const seat = seatOf(turn.state, name.id);
  if (seat === undefined || command._tag === "Get") return ended(operation, { _tag: "NotOwner" });
  const refusal = tooFew(turn, seat);
  if (refusal !== null) return ended(operation, refusal);
  const version = Math.max(above + 1, seat.claim.epoch, turn.state.spentVersion + 1);
  const entry =
    command._tag === "Put"
      ? entryOf(name, version, command.value)
      : tombstone(name, version, Math.max(0, Math.floor(turn.wall)));
  const holders = holdersOf(turn.state, seat);
  const copies = 1 + holders.length;
  const task = expect(turn, { _tag: "Keep", operation: rid, version });
  turn.effects.push({ _tag: "Write", task, put: [entry], drop: [] });
  const standing = { ...seat.claim, holder: true };
  const node = turn.state.seats.indexOf(seat);
  const calls = holders.map((holder) => {
    const purpose = { _tag: "CopyOne", operation: rid, version, holder, node } as const;
    return call(turn, holder, { _tag: "Copy", standing, entries: [entry] }, purpose, entry.valueBytes);
  });
  const storing: Storing = { entry, copies, kept: 0, keptHere: false, failed: 0, calls, noRoom: null };
  putOperation(turn, { ...operation, storing });
  return null;
}

/** An owner of a part that knows nobody else has lost touch: it cannot tell how many there are. */
function tooFew({ state }: StoreTurn, seat: Claiming): StoreOutcome | null {
  const { copies, copiesMin } = state.settings;
  const holders = holdersOf(state, seat);
  if (copies > 1 && holders.length === 0 && !claimsAll(state)) return { _tag: "NotReady", reason: "alone" };
  if (1 + holders.length >= copiesMin) return null;
  return { _tag: "TooFewCopies", copies: 1 + holders.length, copiesMin };
}

/** The change is durable here, unless something later stood here. */
export function keptHere(
  turn: StoreTurn,
  rid: number,
  version: number,
  stands: EntryHead | undefined,
): Progress | null {
  const operation = storingOf(turn, rid, version);
  if (operation === null) return null;
  const { storing } = operation;
  if (stands !== undefined && supersedes(stands, storing.entry))
    return store(turn, operation, stands.version);
  return decide(turn, operation, { ...storing, kept: storing.kept + 1, keptHere: true });
}

export function keepFailed(turn: StoreTurn, rid: number, version: number, reason: Refusal): Progress | null {
  const operation = storingOf(turn, rid, version);
  if (operation === null) return null;
  const noRoom = noRoomAt(operation, turn.state.settings.self, reason);
  return ended(operation, noRoom ?? { _tag: "NotReady", reason: "storage" });
}

/** Another process has the change; `above`: the version that stood in its way there, 0: none did. */
export function keptElsewhere(turn: StoreTurn, rid: number, version: number, above: number): Progress | null {
  const operation = storingOf(turn, rid, version);
  if (operation === null) return null;
  const { storing } = operation;
  if (above > 0) return store(turn, operation, above);
  return decide(turn, operation, { ...storing, kept: storing.kept + 1 });
}

/** For all that is known another lacks the change. It gets it when the two are compared next, which is soon. */
export function copyFailed(
  turn: StoreTurn,
  rid: number,
  version: number,
  of: { readonly holder: Address; readonly node: number },
  reason: Refusal | null,
): Progress | null {
  const operation = storingOf(turn, rid, version);
  const noRoom = noRoomAt(operation, of.holder, reason);
  // Who has no room has none in an instant either.
  if (noRoom !== null) missed(turn, of.node, of.holder);
  else hasten(turn, of.node, of.holder);
  if (operation === null) return null;
  const { storing } = operation;
  const failed = { ...storing, failed: storing.failed + 1, noRoom: noRoom ?? storing.noRoom };
  return decide(turn, operation, failed, reason === "stale");
}

function decide(turn: StoreTurn, operation: Operation, storing: Storing, stale = false): Progress | null {
  const { entry, copies, kept, failed, noRoom } = storing;
  putOperation(turn, { ...operation, storing });
  if (storing.keptHere && kept >= majority(copies)) {
    const outcome = { _tag: "Stored", version: entry.version } as const;
    set(turn, { stored: recent.put(turn.state.stored, operation.request, outcome, []) });
    return ended(operation, outcome);
  }
  if (copies - failed >= majority(copies)) return null;
  return ended(operation, noRoom ?? { _tag: "NotReady", reason: stale ? "stale" : "silent" });
}

/** The change is not done: nobody is sent any more of it. Who was sent a part is compared with soon. */
export function callBack(turn: StoreTurn, { calls }: Storing): void {
  for (const task of calls) {
    const purpose = pending.get(turn.state.tasks, task)?.purpose;
    if (purpose?._tag !== "CopyOne") continue;
    set(turn, { tasks: pending.remove(turn.state.tasks, task) });
    turn.effects.push({ _tag: "Forget", task });
    hasten(turn, purpose.node, purpose.holder);
  }
}

/** One more has no room; null: it refused for another reason. */
function noRoomAt(operation: Operation | null, address: Address, reason: Refusal | null): NoRoom | null {
  if (reason !== "full" && reason !== "quota") return null;
  const others = operation?.storing?.noRoom;
  return { _tag: "NoRoom", reason, at: [...(others?.reason === reason ? others.at : []), address] };
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
