import { wholeCircle } from "../arc.js";
import { batchEntries } from "./call.js";
import type { EntryHead, EntryName } from "./entry.js";
import { expired, expiryMs } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { expect, set, spend } from "./turn.js";

/** Tombstones go when no copy of what was deleted can come back any more. */
export function tendExpiry(turn: StoreTurn): void {
  const { expiry, settings } = turn.state;
  if (expiry.dueAt > turn.at) return;
  set(turn, { expiry: { dueAt: turn.at + expiryMs(settings) } });
  look(turn, null);
}

/** A page of all that is here. */
export function onExpiryListed(turn: StoreTurn, heads: ReadonlyArray<EntryHead>, more: boolean): void {
  const drop = heads.filter((head) => expired(head, turn.wall, turn.state.settings));
  for (const { version } of drop) spend(turn, version);
  if (drop.length > 0)
    turn.effects.push({ _tag: "Write", task: expect(turn, { _tag: "Nothing" }), put: [], drop });
  const last = heads.at(-1);
  if (more && last !== undefined) look(turn, { id: last.id, key: last.key });
}

function look(turn: StoreTurn, after: EntryName | null): void {
  const task = expect(turn, { _tag: "Expire" });
  turn.effects.push({ _tag: "Page", task, arc: wholeCircle, after, entriesMax: batchEntries });
}
