import * as pending from "../pending.js";
import * as recent from "../recent.js";
import type { StoreOutcome } from "./effect.js";
import { nameText } from "./entry.js";
import type { Commanded } from "./event.js";
import { gather } from "./gather.js";
import type { Operation, Progress } from "./operation.js";
import { callMs, tasksMax } from "./state.js";
import { callBack, store } from "./storing.js";
import type { StoreTurn } from "./turn.js";
import { count, expect, putOperation, seatOf, set, spend } from "./turn.js";

/**
 * Commands at the key's owner. What is there is read first (`gather.ts`); a change gets a version above that, and is
 * done when a majority of those that are to keep it have it, the owner among them (`storing.ts`). Changes of one key go
 * one after another.
 */
export function onCommanded(turn: StoreTurn, event: Commanded): void {
  const { settings, stored, operations, tasks, queues } = turn.state;
  const { operation, request, name, command } = event;
  const before = recent.get(stored, request, (outcome) => outcome);
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
  const valueBytes = command._tag === "Put" ? command.value.length : 0;
  const begun: Operation = {
    rid,
    expiresAt: turn.at + callMs(settings) + callMs(settings, valueBytes),
    asked: [operation],
    request,
    name,
    command,
    sources: [],
    brought: { pull: null, sources: 0 },
    awaited: 0,
    latest: null,
    foreign: false,
    damage: null,
    silent: false,
    storing: null,
  };
  set(turn, { operations: pending.insert(operations, begun) ?? operations });
  if (command._tag === "Get") {
    goOn(turn, gather(turn, begun));
    return;
  }
  const text = nameText(name);
  const queue = queues.get(text) ?? [];
  set(turn, { queues: new Map(queues).set(text, [...queue, rid]) });
  if (queue.length === 0) goOn(turn, gather(turn, begun));
}

/** Another attempt of a command that is under way waits with it. */
function joined(turn: StoreTurn, { operation, request, name, command }: Commanded): boolean {
  if (command._tag === "Get") return false;
  for (const rid of turn.state.queues.get(nameText(name)) ?? []) {
    const other = pending.get(turn.state.operations, rid);
    if (other?.request !== request) continue;
    putOperation(turn, { ...other, asked: [...other.asked, operation] });
    return true;
  }
  return false;
}

/** What follows from what has come of a command so far; null: it goes on by itself. */
export function goOn(turn: StoreTurn, progress: Progress | null): void {
  if (progress === null) return;
  if (progress._tag === "Known") proceed(turn, progress.operation);
  else end(turn, progress.operation, progress.outcome);
}

function proceed(turn: StoreTurn, operation: Operation): void {
  const { latest, foreign, damage, command } = operation;
  if (damage !== null && latest === null) return proceedWithout(turn, operation);
  if (foreign && latest !== null) {
    const task = expect(turn, { _tag: "Nothing" });
    turn.effects.push({ _tag: "Write", task, put: [latest], drop: [] });
  }
  if (command._tag !== "Get") goOn(turn, store(turn, operation, latest?.version ?? 0));
  else if (latest === null || latest.value === null) end(turn, operation, { _tag: "Absent" });
  else end(turn, operation, { _tag: "Found", version: latest.version, value: latest.value });
}

/** Nobody has what was here: it is not absent, but may be replaced. A later version than that stands in the way. */
function proceedWithout(turn: StoreTurn, operation: Operation): void {
  const claim = seatOf(turn.state, operation.name.id)?.claim;
  if (operation.command._tag === "Get" || claim === undefined)
    return end(turn, operation, { _tag: "NotReady", reason: "storage" });
  goOn(turn, store(turn, operation, claim.epoch));
}

/** Their keys are another's now. */
export function abandon(turn: StoreTurn, isLost: (operation: Operation) => boolean): void {
  for (const operation of pending.entries(turn.state.operations)) {
    if (isLost(operation)) end(turn, operation, { _tag: "NotOwner" });
  }
}

/** Those whose time is over. */
export function expireOperations(turn: StoreTurn): void {
  const [late] = pending.expire(turn.state.operations, turn.at);
  for (const operation of late) end(turn, operation, { _tag: "NotReady", reason: "silent" });
  // Among many it was known only roughly when the next one's time is over.
  set(turn, { operations: pending.expire(turn.state.operations, turn.at)[1] });
}

/** It is over; the next change of its key begins. */
function end(turn: StoreTurn, { rid, name, command }: Operation, outcome: StoreOutcome): void {
  const over = pending.get(turn.state.operations, rid);
  if (over === undefined) return;
  settle(turn, over.asked, outcome);
  set(turn, { operations: pending.remove(turn.state.operations, rid) });
  if (over.storing !== null && outcome._tag !== "Stored") {
    // Others may have the entry, and this process not.
    spend(turn, over.storing.entry.version);
    callBack(turn, over.storing);
  }
  if (command._tag === "Get") return;
  const text = nameText(name);
  const queue = turn.state.queues.get(text) ?? [];
  const rest = queue.filter((other) => other !== rid);
  const queues = new Map(turn.state.queues);
  if (rest.length > 0) queues.set(text, rest);
  else queues.delete(text);
  set(turn, { queues });
  const next = rest[0] === undefined ? undefined : pending.get(turn.state.operations, rest[0]);
  if (next !== undefined && queue[0] === rid) goOn(turn, gather(turn, next));
}

function settle(turn: StoreTurn, asked: ReadonlyArray<number>, outcome: StoreOutcome): void {
  for (const operation of asked) turn.effects.push({ _tag: "Settle", operation, outcome });
}
