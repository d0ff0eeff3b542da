import type { Arc } from "../arc.js";
import { arcLength } from "../arc.js";
import type { Space } from "../identifier.js";
import type { Address } from "../peer.js";
import * as pending from "../pending.js";
import type { Compared, ComparedPart, Difference, Standing, StoreAnswer, StoreCall } from "./call.js";
import { batchBytes, batchEntries, isListed, partsMax } from "./call.js";
import { isReturning } from "./company.js";
import type { Digest } from "./digest.js";
import type { Entry, EntryHead } from "./entry.js";
import { nameText, supersedes } from "./entry.js";
import { split } from "./parts.js";
import { expired } from "./state.js";
import type { Stage, Sync, Why } from "./sync.js";
import type { StoreTurn } from "./turn.js";
import { call, count, expect, set, standingOf } from "./turn.js";

export interface Converged {
  readonly sync: Sync;
  readonly result: ConvergeResult;
}

/**
 * How a comparison ended: all was compared and sent; the other side did not do its part; there is no such process any
 * more; or this process's own storage failed, which says nothing of the other side.
 */
export type ConvergeResult = "done" | "failed" | "dead" | "failed-here";

/** How many comparisons that can wait may be under way; pulls have room beyond. */
const leisurelyMax = 8;

/** Begins to compare an arc with another process. Null: too many are under way. */
export function converge(turn: StoreTurn, peer: Address, arc: Arc, why: Why): number | null {
  const { syncs } = turn.state;
  if (why._tag !== "Pull" && syncs.size >= leisurelyMax) return null;
  const rid = pending.nextRid(syncs, count(turn));
  if (rid === null) return null;
  const { start, end } = arc;
  const begun: Sync = {
    rid,
    expiresAt: Number.POSITIVE_INFINITY,
    peer,
    start,
    end,
    why,
    left: [{ start, end }],
    wants: [],
    gives: [],
    stage: { _tag: "Digests", arcs: [] },
    holders: null,
  };
  set(turn, { syncs: pending.insert(syncs, begun) ?? syncs });
  advance(turn, begun);
  return rid;
}

/** What the digests of this process's own parts are. */
export function onOwnDigests(turn: StoreTurn, sync: Sync, digests: ReadonlyArray<Digest>): void {
  if (sync.stage._tag !== "Digests") return;
  const parts: ReadonlyArray<ComparedPart> = sync.stage.arcs.flatMap((arc, i) => {
    const digest = digests[i];
    return digest === undefined ? [] : [{ ...arc, digest }];
  });
  askOther(
    turn,
    sync,
    { _tag: "Compared", parts },
    { _tag: "Compare", standing: standing(turn, sync), parts },
  );
}

/** What the other side has said. Null: it goes on. */
export function onConvergeAnswer(turn: StoreTurn, sync: Sync, answer: StoreAnswer): Converged | null {
  const { stage } = sync;
  if (answer._tag === "Compared" && stage._tag === "Compared")
    return compared(turn, sync, stage.parts, answer);
  if (answer._tag === "Fetched" && stage._tag === "Fetched") {
    const put = answer.entries.filter((entry) => entry !== null);
    const next = putSync(turn, { ...sync, stage: { _tag: "Kept" } });
    turn.effects.push({ _tag: "Write", task: expectStep(turn, next), put, drop: [] });
    return null;
  }
  if (answer._tag === "Copied" && stage._tag === "Copied") return advance(turn, sync);
  return { sync, result: "failed" };
}

/** What this process has of the parts that differ. */
export function onOwnHeads(
  turn: StoreTurn,
  sync: Sync,
  lists: ReadonlyArray<ReadonlyArray<EntryHead>>,
): Converged | null {
  const { stage } = sync;
  if (stage._tag !== "Heads") return null;
  const wants: EntryHead[] = [];
  const gives: EntryHead[] = [];
  for (const [i, theirs] of stage.theirs.entries()) {
    const ours = lists[i] ?? [];
    if (sync.why._tag !== "Offer") wants.push(...later(turn, theirs, ours));
    if (sync.why._tag !== "Pull") gives.push(...later(turn, ours, theirs));
  }
  return advance(turn, { ...sync, wants, gives });
}

/** This process has what it wanted. */
export function onOwnWritten(turn: StoreTurn, sync: Sync): Converged | null {
  return sync.stage._tag === "Kept" ? advance(turn, sync) : null;
}

/** What is to be given. */
export function onOwnEntries(
  turn: StoreTurn,
  sync: Sync,
  read: ReadonlyArray<Entry | null>,
): Converged | null {
  if (sync.stage._tag !== "Read") return null;
  const entries = read.filter((entry) => entry !== null);
  if (entries.length === 0) return advance(turn, sync);
  const asked: StoreCall = { _tag: "Copy", standing: standing(turn, sync), entries };
  askOther(turn, sync, { _tag: "Copied" }, asked, entries);
  return null;
}

/** The next step: to fetch what is wanted, to give what is lacking, to compare what is left. */
function advance(turn: StoreTurn, sync: Sync): Converged | null {
  const [wanted, wants] = batch(sync.wants);
  if (wanted.length > 0) {
    const names = wanted.map(({ id, key }) => ({ id, key }));
    const stage: Stage = { _tag: "Fetched", names };
    const asked: StoreCall = { _tag: "Fetch", standing: standing(turn, sync), names };
    askOther(turn, { ...sync, wants }, stage, asked, wanted);
    return null;
  }
  const [given, gives] = batch(sync.gives);
  if (given.length > 0) {
    const next = putSync(turn, { ...sync, gives, stage: { _tag: "Read" } });
    const names = given.map(({ id, key }) => ({ id, key }));
    turn.effects.push({ _tag: "Read", task: expectStep(turn, next), names, settled: true });
    return null;
  }
  const arcs = sync.left.slice(0, partsMax);
  if (arcs.length === 0) return { sync, result: "done" };
  const next = putSync(turn, { ...sync, left: sync.left.slice(partsMax), stage: { _tag: "Digests", arcs } });
  turn.effects.push({ _tag: "Digests", task: expectStep(turn, next), arcs });
  return null;
}

function compared(
  turn: StoreTurn,
  sync: Sync,
  parts: ReadonlyArray<ComparedPart>,
  answer: Compared,
): Converged | null {
  if (answer.parts.length !== parts.length) return { sync, result: "failed" };
  // An owner that can't say who keeps the parts is not through with fetching them, maybe from here: that comes first.
  if (isOfferToOwner(sync) && answer.holders === null) return { sync, result: "failed" };
  const { space } = turn.state.settings;
  const smaller: Arc[] = [];
  const arcs: Arc[] = [];
  const theirs: Array<ReadonlyArray<EntryHead>> = [];
  for (const [i, difference] of answer.parts.entries()) {
    const part = parts[i] as ComparedPart;
    if (!isAnswerTo(space, part, difference)) return { sync, result: "failed" };
    const { start, end } = part;
    if (difference._tag === "Split") smaller.push(...split(space, { start, end }, partsMax));
    if (difference._tag !== "Listed") continue;
    arcs.push({ start, end });
    theirs.push(difference.heads);
  }
  const { holders } = answer;
  // The smaller ones first: then few are left at any time, whatever the other side says.
  const left = [...smaller, ...sync.left];
  if (arcs.length === 0) return advance(turn, { ...sync, left, holders });
  const next = putSync(turn, { ...sync, left, holders, stage: { _tag: "Heads", arcs, theirs } });
  turn.effects.push({ _tag: "Listing", task: expectStep(turn, next), arcs });
  return null;
}

/** Whether the rule allows to say so of the part: else the other side could have us list, or split, for ever. */
function isAnswerTo(space: Space, part: ComparedPart, { _tag }: Difference): boolean {
  if (_tag === "Listed") return isListed(space, part, part.digest.entries);
  return _tag === "Same" || arcLength(space, part) > 1n;
}

/** Those of `ones` that are to take the place of what `others` has, and are not tombstones that nobody needs. */
function later(
  { wall, state }: StoreTurn,
  ones: ReadonlyArray<EntryHead>,
  others: ReadonlyArray<EntryHead>,
): ReadonlyArray<EntryHead> {
  const known = new Map(others.map((head) => [nameText(head), head]));
  return ones.filter((head) => {
    const other = known.get(nameText(head));
    return (other === undefined || supersedes(head, other)) && !expired(head, wall, state.settings);
  });
}

function isOfferToOwner({ why }: Sync): boolean {
  return why._tag === "Offer" && why.to === "owner";
}

/** As many as one call carries, and the rest. */
function batch(
  heads: ReadonlyArray<EntryHead>,
): readonly [ReadonlyArray<EntryHead>, ReadonlyArray<EntryHead>] {
  let bytes = 0;
  let length = 0;
  for (const { valueBytes } of heads) {
    bytes += valueBytes;
    if (length > 0 && (bytes > batchBytes || length === batchEntries)) break;
    length += 1;
  }
  return [heads.slice(0, length), heads.slice(length)];
}

/** In whose name: who offers has none, and who waits for others to come back may be wrong in having one. */
function standing({ state }: StoreTurn, { why, peer }: Sync): Standing | null {
  if (why._tag === "Offer" || (why._tag === "Pull" && isReturning(state, why.pull))) return null;
  return standingOf(state, why.node, peer);
}

function askOther(
  turn: StoreTurn,
  sync: Sync,
  stage: Stage,
  asked: StoreCall,
  values: ReadonlyArray<EntryHead> = [],
): void {
  const { rid, peer } = putSync(turn, { ...sync, stage });
  const bytes = values.reduce((sum, { valueBytes }) => sum + valueBytes, 0);
  call(turn, peer, asked, { _tag: "SyncStep", sync: rid }, bytes);
}

function putSync(turn: StoreTurn, sync: Sync): Sync {
  set(turn, { syncs: pending.replace(turn.state.syncs, sync) });
  return sync;
}

function expectStep(turn: StoreTurn, { rid }: Sync): number {
  return expect(turn, { _tag: "SyncStep", sync: rid });
}
