import type { Millis } from "../message.js";
import * as pending from "../pending.js";
import type { Refusal, StoreAnswer } from "./call.js";
import { abandon, expireOperations, goOn, onCommanded } from "./command.js";
import { onRemembered, onRememberFailed, remember, tendRemembered } from "./company.js";
import type { Converged } from "./converge.js";
import { onConvergeAnswer, onOwnDigests, onOwnEntries, onOwnHeads, onOwnWritten } from "./converge.js";
import type { StoreEffect } from "./effect.js";
import type { Seated, StoreEvent } from "./event.js";
import { onExpiryListed, tendExpiry } from "./expiry.js";
import { gathered, gatheredHere, gatherFailed } from "./gather.js";
import {
  askAll,
  giveUpAll,
  isGiver,
  onGained,
  onLost,
  onNear,
  onPulled,
  tendPulls,
  waitFor,
} from "./pull.js";
import { onRepaired, reseat, tendRepairs } from "./repair.js";
import {
  onCalled,
  onServedDigests,
  onServedHeads,
  onServedRead,
  onServedWritten,
  refuse,
  serves,
} from "./serve.js";
import type { Purpose, StoreState, Task } from "./state.js";
import { copied, copyFailed, keepFailed, keptHere } from "./storing.js";
import {
  isOfStrays,
  lookForStrays,
  onOffered,
  onStrayCounted,
  onStrayDropped,
  onStrayFailed,
  onStrayListed,
  onStrayLocated,
  tendStrays,
} from "./stray.js";
import { noted } from "./tenancy.js";
import type { StoreTurn } from "./turn.js";
import { has, set, storeTurn } from "./turn.js";

/**
 * A store's next state, and what is to be done: total and deterministic, as the ring's own `step`, beside which it
 * stands. What it has to know of the ring comes in as events.
 *
 * @category store
 */
export function stepStore(
  state: StoreState,
  event: StoreEvent,
): readonly [StoreState, ReadonlyArray<StoreEffect>] {
  const turn = storeTurn(state, event);
  happen(turn, event);
  tendPulls(turn);
  return [turn.state, turn.effects];
}

/** When `StoreTicked` is due. */
export function nextStoreDeadline(state: StoreState): Millis {
  let due = Math.min(state.tasks.earliest, state.operations.earliest, state.expiry.dueAt);
  due = Math.min(due, state.remembered.retryAt);
  if (state.strays.current === null) due = Math.min(due, state.strays.dueAt);
  for (const { sync, sources, retryAt } of state.pulls)
    if (sync === null && sources.length > 0) due = Math.min(due, retryAt);
  for (const { sync, dueAt } of state.repairs) if (sync === null) due = Math.min(due, dueAt);
  return due;
}

function happen(turn: StoreTurn, event: StoreEvent): void {
  switch (event._tag) {
    case "Seated":
      return onSeated(turn, event);
    case "RangeGained": {
      const { self, space } = turn.state.settings;
      const { start, end, epoch } = event;
      const own = { start, end, epoch, holder: true };
      set(turn, { tenancies: noted(space, turn.state.tenancies, self, own, turn.at) });
      return onGained(turn, event);
    }
    case "RangeLost":
      onLost(turn, event);
      abandon(turn, ({ name }) => has(turn.state, event, name.id));
      return lookForStrays(turn);
    case "Evicted":
      return giveUpAll(turn, event.process);
    case "Commanded":
      return onCommanded(turn, event);
    case "Called":
      return onCalled(turn, event);
    case "StoreTicked":
      return onTicked(turn);
    default:
      return onDone(turn, event);
  }
}

function onSeated(turn: StoreTurn, { node, claim, near }: Seated): void {
  const seats = turn.state.seats.slice();
  while (seats.length < node) seats.push({ claim: null, near: [] });
  seats[node] = { claim, near };
  set(turn, { seats });
  onNear(turn, node, near);
  remember(turn);
  reseat(turn, node);
}

function onTicked(turn: StoreTurn): void {
  const [late, tasks] = pending.expire(turn.state.tasks, turn.at);
  set(turn, { tasks });
  for (const { rid, purpose } of late) {
    turn.effects.push({ _tag: "Forget", task: rid });
    callFailed(turn, purpose, false);
  }
  expireOperations(turn);
  tendRepairs(turn);
  tendStrays(turn);
  tendExpiry(turn);
  tendRemembered(turn);
}

/** Something that was asked for is done, or was not. What nobody waits for any more changes nothing. */
function onDone(turn: StoreTurn, event: Extract<StoreEvent, { readonly task: number }>): void {
  const task: Task | undefined = pending.get(turn.state.tasks, event.task);
  if (task === undefined) return;
  set(turn, { tasks: pending.remove(turn.state.tasks, event.task) });
  const { purpose } = task;
  switch (event._tag) {
    case "Answered":
      return answered(turn, purpose, event.answer);
    case "CallFailed":
      return callFailed(turn, purpose, event.dead);
    case "StorageFailed":
      return storageFailed(turn, purpose, event.reason);
    case "Located":
      if (purpose._tag === "StrayOwner") onStrayLocated(turn, event);
      return;
    case "EntriesRead": {
      const { entries, damaged } = event;
      if (purpose._tag === "Gather")
        goOn(turn, gatheredHere(turn, purpose.operation, entries[0], damaged[0]));
      else if (purpose._tag === "Serve" && serves(purpose, "Fetch"))
        onServedRead(turn, purpose, entries, damaged.length > 0);
      else converged(turn, purpose, (sync) => onOwnEntries(turn, sync, entries));
      return;
    }
    case "Written": {
      const { stands } = event;
      if (purpose._tag === "Keep") goOn(turn, keptHere(turn, purpose.operation, purpose.version, stands[0]));
      else if (purpose._tag === "Serve" && serves(purpose, "Copy")) onServedWritten(turn, purpose, stands);
      else if (purpose._tag === "StrayDrop") onStrayDropped(turn);
      else if (purpose._tag === "Remember") onRemembered(turn);
      else converged(turn, purpose, (sync) => onOwnWritten(turn, sync));
      return;
    }
    case "DigestsRead": {
      const { digests } = event;
      if (purpose._tag === "Serve" && serves(purpose, "Compare")) onServedDigests(turn, purpose, digests);
      else if (purpose._tag === "StrayCount") onStrayCounted(turn, digests);
      else
        converged(turn, purpose, (sync) => {
          onOwnDigests(turn, sync, digests);
          return null;
        });
      return;
    }
    case "HeadsRead": {
      const { lists, more } = event;
      if (purpose._tag === "Serve" && serves(purpose, "Compare")) onServedHeads(turn, purpose, lists);
      else if (purpose._tag === "StrayDrop") onStrayListed(turn, lists[0] ?? []);
      else if (purpose._tag === "Expire") onExpiryListed(turn, lists[0] ?? [], more);
      else converged(turn, purpose, (sync) => onOwnHeads(turn, sync, lists));
    }
  }
}

function answered(turn: StoreTurn, purpose: Purpose, answer: StoreAnswer): void {
  switch (purpose._tag) {
    case "Gather": {
      const { operation, source } = purpose;
      if (answer._tag !== "Fetched") return goOn(turn, gatherFailed(turn, operation, source, false));
      return goOn(turn, gathered(turn, operation, source, answer.entries[0] ?? null, answer.complete));
    }
    case "CopyOne": {
      const { operation, version } = purpose;
      if (answer._tag === "Copied") return goOn(turn, copied(turn, operation, version, answer.above));
      const reason = answer._tag === "Refused" ? answer.reason : null;
      return goOn(turn, copyFailed(turn, operation, version, purpose, reason));
    }
    case "SyncStep":
      return converged(turn, purpose, (sync) => {
        const { why, peer } = sync;
        const lacking = (answer._tag === "Compared" || answer._tag === "Fetched") && !answer.complete;
        if (why._tag === "Pull" && lacking && isGiver(turn.state, why.pull, peer)) askAll(turn, why.pull);
        if (why._tag === "Pull" && answer._tag === "Compared") waitFor(turn, why.pull, answer.awaited);
        return onConvergeAnswer(turn, sync, answer);
      });
    default:
  }
}

function callFailed(turn: StoreTurn, purpose: Purpose, dead: boolean): void {
  switch (purpose._tag) {
    case "Gather":
      return goOn(turn, gatherFailed(turn, purpose.operation, purpose.source, dead));
    case "CopyOne":
      return goOn(turn, copyFailed(turn, purpose.operation, purpose.version, purpose, null));
    case "SyncStep":
      return converged(turn, purpose, (sync) => ({ sync, result: dead ? "dead" : "failed" }));
    default:
  }
}

function storageFailed(turn: StoreTurn, purpose: Purpose, reason: Refusal): void {
  if (purpose._tag === "Gather") goOn(turn, gatherFailed(turn, purpose.operation, null, false));
  else if (purpose._tag === "Keep") goOn(turn, keepFailed(turn, purpose.operation, purpose.version, reason));
  else if (purpose._tag === "Serve") refuse(turn, purpose.serving, reason);
  else if (isOfStrays(purpose)) onStrayFailed(turn);
  else if (purpose._tag === "Remember") onRememberFailed(turn);
  else converged(turn, purpose, (sync) => ({ sync, result: "failed" }));
}

/** The next step of a comparison, and what follows from its end. */
function converged(
  turn: StoreTurn,
  purpose: Purpose,
  next: (sync: Converged["sync"]) => Converged | null,
): void {
  if (purpose._tag !== "SyncStep") return;
  const sync = pending.get(turn.state.syncs, purpose.sync);
  const ended = sync === undefined ? null : next(sync);
  if (ended === null) return;
  set(turn, { syncs: pending.remove(turn.state.syncs, purpose.sync) });
  const { why, peer } = ended.sync;
  if (why._tag === "Pull") onPulled(turn, why.pull, peer, ended.result);
  else if (why._tag === "Repair") onRepaired(turn, why.node, peer, ended.result === "done");
  else onOffered(turn, ended);
}
