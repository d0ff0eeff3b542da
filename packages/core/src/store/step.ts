import type { Millis } from "../message.js";
import * as pending from "../pending.js";
import { abandon, expireOperations, onCommanded } from "./command.js";
import { remember, tendRemembered } from "./company.js";
import type { StoreEffect } from "./effect.js";
import type { Seated, StoreEvent } from "./event.js";
import { tendExpiry } from "./expiry.js";
import { giveUpAll, onAlone, onGained, onLost, onNear, tendPulls } from "./pull.js";
import { reseat, tendRepairs } from "./repair.js";
import type { Done } from "./sequel.js";
import { follow } from "./sequel.js";
import { onCalled } from "./serve.js";
import type { StoreState } from "./state.js";
import { lookForStrays, tendStrays } from "./stray.js";
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
      onGained(turn, event);
      return remember(turn);
    }
    case "RangeLost":
      onLost(turn, event);
      remember(turn);
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
  onAlone(turn);
  remember(turn);
  reseat(turn, node);
}

function onTicked(turn: StoreTurn): void {
  const [late, tasks] = pending.expire(turn.state.tasks, turn.at);
  set(turn, { tasks });
  for (const { rid, purpose } of late) {
    turn.effects.push({ _tag: "Forget", task: rid });
    follow(turn, purpose, { _tag: "CallFailed", task: rid, dead: false });
  }
  expireOperations(turn);
  tendRepairs(turn);
  tendStrays(turn);
  tendExpiry(turn);
  tendRemembered(turn);
}

/** Something that was asked for is done, or was not. What nobody waits for any more changes nothing. */
function onDone(turn: StoreTurn, event: Done): void {
  const task = pending.get(turn.state.tasks, event.task);
  if (task === undefined) return;
  set(turn, { tasks: pending.remove(turn.state.tasks, event.task) });
  follow(turn, task.purpose, event);
}
