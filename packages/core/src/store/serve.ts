import type { Arc } from "../arc.js";
import type { Address } from "../peer.js";
import type {
  Compare,
  Compared,
  Copied,
  Copy,
  Difference,
  Fetch,
  Refusal,
  Standing,
  StoreAnswer,
  StoreCall,
} from "./call.js";
import { isListed } from "./call.js";
import { remember } from "./company.js";
import type { Digest } from "./digest.js";
import { sameDigest } from "./digest.js";
import type { Entry, EntryHead } from "./entry.js";
import { supersedes } from "./entry.js";
import type { Called } from "./event.js";
import { hadAll, onReleased } from "./handed.js";
import { parts, without } from "./parts.js";
import { awaitedBy } from "./pull.js";
import { hastenAll } from "./repair.js";
import type { Purpose } from "./state.js";
import { expired, fenceMs, tasksMax } from "./state.js";
import { isNoted, isStale, noted } from "./tenancy.js";
import type { StoreTurn } from "./turn.js";
import { expect, has, holdersOf, seatOf, set } from "./turn.js";

/** What a call that is being served waits for. */
export type Serving = Extract<Purpose, { readonly _tag: "Serve" }>;

/**
 * What others ask. Whoever asks in the name of a claim is heard only if no later one is known; from then on nobody with
 * an earlier one is. So a new owner that has asked those that keep a range knows of all that they will ever
 * acknowledge to the owner before it.
 */
export function onCalled(turn: StoreTurn, { serving, from, call }: Called): void {
  const { standing } = call;
  if (turn.state.tasks.size > (3 * tasksMax) / 4) return refuse(turn, serving, "overloaded");
  if (standing !== null && !isHeard(turn, from, standing)) return refuse(turn, serving, "stale");
  const purpose: Serving = { _tag: "Serve", serving, from, call, listing: null };
  switch (call._tag) {
    case "Copy": {
      const put = call.entries.filter((entry) => !expired(entry, turn.wall, turn.state.settings));
      turn.effects.push({ _tag: "Write", task: expect(turn, purpose), put, drop: [] });
      return;
    }
    case "Fetch":
      turn.effects.push({ _tag: "Read", task: expect(turn, purpose), names: call.names, settled: true });
      return;
    case "Compare": {
      const arcs = call.parts.map(({ start, end }) => ({ start, end }));
      turn.effects.push({ _tag: "Digests", task: expect(turn, purpose), arcs });
      return;
    }
    case "Release":
      onReleased(turn, parts(turn.state.settings.space, call.standing, call.arc).inside, call.whole);
      answer(turn, serving, { _tag: "Released" });
  }
}

/** What was copied here is durable. */
export function onServedWritten(
  turn: StoreTurn,
  { serving, call }: Serving & { readonly call: Copy },
  stands: ReadonlyArray<EntryHead>,
): void {
  const put = call.entries.filter((entry) => !expired(entry, turn.wall, turn.state.settings));
  let above = 0;
  for (const [i, entry] of put.entries()) {
    const stood = stands[i];
    if (stood !== undefined && supersedes(stood, entry)) above = Math.max(above, stood.version);
  }
  if (call.standing === null) spread(turn, call.entries);
  const copied: Copied = { _tag: "Copied", above };
  answer(turn, serving, copied);
}

export function onServedRead(
  turn: StoreTurn,
  { serving, from, call }: Serving & { readonly call: Fetch },
  entries: ReadonlyArray<Entry | null>,
  damaged: boolean,
): void {
  const { space } = turn.state.settings;
  const points = call.names.map(({ id }) => ({ start: ((id - 1n) & space.mask) as Arc["start"], end: id }));
  const complete = !damaged && points.every((point) => hadAll(turn.state, point, from));
  answer(turn, serving, { _tag: "Fetched", entries, complete, awaited: awaitedBy(turn.state, points, from) });
}

/** Parts that differ are listed, if they are small enough. */
export function onServedDigests(
  turn: StoreTurn,
  purpose: Serving & { readonly call: Compare },
  digests: ReadonlyArray<Digest>,
): void {
  const { space } = turn.state.settings;
  const listing = purpose.call.parts.map((part, i): Difference["_tag"] => {
    const ours = digests[i];
    if (ours === undefined || sameDigest(ours, part.digest)) return "Same";
    return isListed(space, part, Math.max(ours.entries, part.digest.entries)) ? "Listed" : "Split";
  });
  const arcs = purpose.call.parts.filter((_, i) => listing[i] === "Listed");
  const next = { ...purpose, listing };
  if (arcs.length === 0) onServedHeads(turn, next, []);
  else turn.effects.push({ _tag: "Listing", task: expect(turn, next), arcs });
}

export function onServedHeads(
  turn: StoreTurn,
  { serving, from, call, listing }: Serving & { readonly call: Compare },
  lists: ReadonlyArray<ReadonlyArray<EntryHead>>,
): void {
  let listed = 0;
  const differences = (listing ?? []).map((tag): Difference => {
    if (tag !== "Listed") return { _tag: tag };
    listed += 1;
    return { _tag: "Listed", heads: lists[listed - 1] ?? [] };
  });
  const compared: Compared = {
    _tag: "Compared",
    parts: differences,
    complete: call.parts.every((part) => hadAll(turn.state, part, from)),
    awaited: awaitedBy(turn.state, call.parts, from),
    holders: keepersOf(turn, call.parts),
  };
  answer(turn, serving, compared);
}

export function refuse(turn: StoreTurn, serving: number, reason: Refusal): void {
  answer(turn, serving, { _tag: "Refused", reason });
}

export function serves<Tag extends StoreCall["_tag"]>(
  purpose: Serving,
  tag: Tag,
): purpose is Serving & { readonly call: Extract<StoreCall, { readonly _tag: Tag }> } {
  return purpose.call._tag === tag;
}

/** Takes note of the claim, unless a later one is known. */
function isHeard(turn: StoreTurn, from: Address, standing: Standing): boolean {
  const { settings, tenancies, seats } = turn.state;
  const { space } = settings;
  const own = seats.some(
    ({ claim }) =>
      claim !== null && claim.epoch > standing.epoch && parts(space, claim, standing).inside.length > 0,
  );
  if (own || isStale(space, tenancies, standing, turn.at - fenceMs(settings))) return false;
  const isNew = !isNoted(tenancies, from, standing);
  set(turn, { tenancies: noted(space, tenancies, from, standing, turn.at) });
  if (isNew) remember(turn);
  return true;
}

/** Those that keep what others have offered here are to have it, too. */
function spread(turn: StoreTurn, entries: ReadonlyArray<Entry>): void {
  for (const [node, { claim }] of turn.state.seats.entries()) {
    if (claim !== null && entries.some(({ id }) => has(turn.state, claim, id))) hastenAll(turn, node);
  }
}

/** Who keeps the parts, this process among them, if they are all its own and all of them here. */
function keepersOf({ state }: StoreTurn, arcs: ReadonlyArray<Arc>): ReadonlyArray<Address> | null {
  const { settings, pieces } = state;
  const [first] = arcs;
  const seat = first === undefined ? undefined : seatOf(state, first.end);
  if (seat === undefined) return null;
  const whole = pieces.filter(({ pull, node }) => pull === null && state.seats[node] === seat);
  if (arcs.some((arc) => without(settings.space, arc, whole).length > 0)) return null;
  return [settings.self, ...holdersOf(state, seat)];
}

function answer(turn: StoreTurn, serving: number, said: StoreAnswer): void {
  turn.effects.push({ _tag: "Answer", serving, answer: said });
}
