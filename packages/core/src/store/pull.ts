import type { Arc } from "../arc.js";
import type { Id } from "../identifier.js";
import type { Address } from "../peer.js";
import type { Awaited } from "./call.js";
import { awaitedMax } from "./call.js";
import { awaitedAtFirst, awaitedOf, awaitedTogether, isAsked, isReturning, remember } from "./company.js";
import type { ConvergeResult } from "./converge.js";
import { converge } from "./converge.js";
import type { RangeGained, RangeLost } from "./event.js";
import { awaitedOfHanded, cameBack, forget, leftBehind, noteLost } from "./handed.js";
import { partsInside, partsOutside, without } from "./parts.js";
import { placed } from "./pieces.js";
import { hastenAll } from "./repair.js";
import type { Piece, Pull, StoreState } from "./state.js";
import { againMs } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { call, claimsAll, count, has, set, standingOf } from "./turn.js";

/**
 * Whoever comes to own keys has to have what was acknowledged for them, before it answers from what it has alone. Who
 * handed the range over alive had it all; from the dead, those that kept it have it: any majority of them had each
 * entry, so all that are alive are asked.
 */
export function onGained(turn: StoreTurn, event: RangeGained): void {
  const { start, end, node } = event;
  const arc = { start, end };
  const asked = sourcesFor(turn.state, event);
  forget(turn, arc);
  set(turn, { pieces: partsOutside(turn.state.settings.space, turn.state.pieces, arc) });
  if (asked === null || (isNobody(asked) && claimsAll(turn.state))) {
    placed(turn, { start, end, node, pull: null });
    // Those that keep what that virtual node owned before need not have this.
    hastenAll(turn, node);
    return;
  }
  beginPull(turn, { start, end, node }, asked);
  complete(turn);
}

/** Whom a pull asks: more would be for one that names whomever it likes. */
const sourcesMax = 512;

/** Who is to be asked for what this process lacks. */
type Asked = Pick<Pull, "sources" | "giver" | "beyond">;

const nobody: Asked = { sources: [], giver: null, beyond: [] };

/** Who may have what this process lacks of a range that it gained; null: nobody, it has all of it. */
function sourcesFor(state: StoreState, event: RangeGained): Asked | null {
  const { node, reason, peer } = event;
  if (cameBack(state, event)) return null;
  const near = state.seats[node]?.near ?? [];
  const left = leftBehind(state, event);
  const behind = left.flatMap(({ returning, others }) => (returning ? [] : others));
  const beyond = left.filter(({ returning }) => returning);
  const other = peer === state.settings.self ? null : peer;
  const from = (...processes: ReadonlyArray<Address>): ReadonlyArray<Address> =>
    withoutSelf(state, [...processes, ...behind]);
  switch (reason) {
    case "create":
      return isFirst(state) ? null : { ...nobody, beyond: awaitedAtFirst(state, event) };
    case "join":
    case "leave":
      return { sources: from(...(other === null ? near : [other])), giver: other, beyond };
    case "merge":
      return { sources: from(...(other === null ? [] : [other]), ...near), giver: null, beyond };
    case "failure":
    case "gap":
    case "lapse":
      return { sources: from(...near), giver: null, beyond };
  }
}

/** Whether its storage remembers nothing: it never was in a ring with it. */
function isFirst({ settings }: StoreState): boolean {
  return settings.company.length === 0;
}

function isNobody({ sources, beyond }: Asked): boolean {
  return sources.length === 0 && beyond.length === 0;
}

/** From now on the sources are asked for what lies in the arc. */
function beginPull(turn: StoreTurn, { start, end, node }: Omit<Piece, "pull">, asked: Asked): void {
  const { sources, beyond } = asked;
  // With nobody to ask it has begun all the same, where it is known whom to await.
  const begun = sources.length > 0 || beyond.length > 0;
  add(turn, { start, end, node, begun, spare: 0, returning: false, asked: [], ...asked });
}

function add(turn: StoreTurn, wanted: Omit<Pull, "id" | "sync" | "retryAt" | "failures">): void {
  const id = count(turn);
  const pull: Pull = { ...wanted, id, sync: null, retryAt: turn.at, failures: 0 };
  set(turn, { pulls: [...turn.state.pulls, pull] });
  placed(turn, { start: wanted.start, end: wanted.end, node: wanted.node, pull: id });
}

/** All that are there have been asked: from now on it is waited for those that are to come back. */
function awaitOthers(
  turn: StoreTurn,
  node: number,
  { start, end, others, spare }: Awaited,
  asked: ReadonlyArray<Address>,
): void {
  const sources = withoutSelf(turn.state, others);
  const begun = spare !== null;
  if (begun && sources.length <= spare) wholeNow(turn, { start, end, node }, asked);
  else
    add(turn, { start, end, node, begun, spare, sources, returning: true, asked, giver: null, beyond: [] });
}

/** Nobody is awaited for the piece any more. Those that were asked before are told: they may still await the same. */
function wholeNow(
  turn: StoreTurn,
  { start, end, node }: Omit<Piece, "pull">,
  asked: ReadonlyArray<Address>,
): void {
  placed(turn, { start, end, node, pull: null });
  for (const source of asked) release(turn, node, source, { start, end }, true);
}

/** Another has it: nobody is asked any more for what was still missing of it. */
export function onLost(turn: StoreTurn, event: RangeLost): void {
  noteLost(turn, event);
  set(turn, { pieces: partsOutside(turn.state.settings.space, turn.state.pieces, event) });
  dropPulls(turn);
}

/** Somebody else is known at last: pulls that had nobody to ask begin. */
export function onNear(turn: StoreTurn, node: number, sources: ReadonlyArray<Address>): void {
  if (sources.length === 0) return;
  for (const { id, begun, returning, node: other } of turn.state.pulls) {
    if (begun || returning || other !== node) continue;
    change(turn, id, (pull) => ({ ...pull, begun: true, sources }));
  }
}

/** It turns out that this process is alone: what it does not know whom to ask for, nobody else has. */
export function onAlone(turn: StoreTurn): void {
  if (!claimsAll(turn.state)) return;
  for (const { id, begun, returning } of turn.state.pulls) {
    if (!begun && !returning) change(turn, id, (pull) => ({ ...pull, begun: true }));
  }
  complete(turn);
}

/** Who has to be asked for a key beside this process's own storage; null: it is not known. */
export function sourcesOf(state: StoreState, { pull }: Piece, key: Id): ReadonlyArray<Address> | null {
  if (pull === null) return [];
  const known = state.pulls.find(({ id }) => id === pull);
  const beyond = known?.beyond.filter((arc) => has(state, arc, key)) ?? [];
  if (known?.begun !== true || beyond.some(({ spare }) => spare === null)) return null;
  return withoutSelf(state, [...known.sources, ...beyond.flatMap(({ others }) => others)]);
}

function isGiver({ pulls }: StoreState, pull: number, source: Address): boolean {
  return pulls.some(({ id, giver }) => id === pull && giver === source);
}

/** The one that handed the range over had not all of it, or is gone: whoever may have kept it is asked. */
function askAll(turn: StoreTurn, id: number): void {
  change(turn, id, (pull) => {
    const near = turn.state.seats[pull.node]?.near ?? [];
    return { ...pull, giver: null, sources: withoutSelf(turn.state, [...pull.sources, ...near]) };
  });
}

/**
 * Who was asked has not been through all of it itself. Whom it was still to ask is asked here, too, and whom that one
 * was still to ask, and so on: a range may go through several hands before any of them has all of it. For whom they
 * wait to come back is waited for here, when the others have been asked.
 */
export function onIncomplete(
  turn: StoreTurn,
  id: number,
  source: Address,
  awaited: ReadonlyArray<Awaited>,
): void {
  const named = awaited.flatMap((each) => (each.returning ? [] : each.others));
  const returning = awaited.filter((each) => each.returning);
  change(turn, id, (pull) => {
    if (pull.returning) return pull;
    const others = named.filter((other) => !pull.asked.includes(other));
    const sources = withoutSelf(turn.state, [...pull.sources, ...others]);
    const room = Math.max(sourcesMax - pull.asked.length, pull.sources.length);
    return {
      ...pull,
      sources: sources.slice(0, room),
      beyond: awaitedTogether(turn.state, pull.beyond, returning),
    };
  });
  if (isGiver(turn.state, id, source)) askAll(turn, id);
}

/** There is no such process any more: it has nothing, unless it is to come back. */
export function giveUp(turn: StoreTurn, id: number, source: Address): void {
  if (isReturning(turn.state, id)) return;
  if (isGiver(turn.state, id, source)) askAll(turn, id);
  change(turn, id, (pull) => withoutSource(pull, source));
  complete(turn);
}

/** The source has been asked, or is gone: it is not asked again, not even where another names it as one to be asked. */
function withoutSource(pull: Pull, source: Address): Pull {
  const sources = pull.sources.filter((other) => other !== source);
  return { ...pull, sources, asked: pull.returning ? pull.asked : [...new Set([...pull.asked, source])] };
}

/** The ring has given it up, and so what it may have had. */
export function giveUpAll(turn: StoreTurn, process: Address): void {
  for (const { id, sources } of turn.state.pulls) {
    if (sources.includes(process)) giveUp(turn, id, process);
  }
}

/** Asks the next source of each. */
export function tendPulls(turn: StoreTurn): void {
  for (const { id, sync, retryAt, sources, start, end, node } of turn.state.pulls) {
    const [source] = sources;
    if (sync !== null || retryAt > turn.at || source === undefined) continue;
    const arc = restOf(turn.state, id) ?? { start, end };
    const begun = converge(turn, source, arc, { _tag: "Pull", pull: id, node });
    change(turn, id, (pull) => ({
      ...pull,
      sync: begun,
      retryAt: begun === null ? turn.at + restMs(turn) : pull.retryAt,
    }));
  }
}

/** A source has been asked for everything, or not. */
export function onPulled(turn: StoreTurn, id: number, source: Address, result: ConvergeResult): void {
  change(turn, id, (pull) => ({ ...pull, sync: null, retryAt: turn.at }));
  const pull = turn.state.pulls.find((each) => each.id === id);
  if (pull === undefined) return;
  const mayAnswer = pull.failures + 1 < failuresMax;
  const gone = result === "dead" || (result === "failed" && !isKnown(turn.state, source) && !mayAnswer);
  if (gone && !pull.returning) {
    giveUp(turn, id, source);
  } else if (result !== "done") {
    const sources = [...pull.sources.filter((other) => other !== source), source];
    const failures = pull.failures + 1;
    const retryAt = turn.at + againMs(failures, restMs(turn), turn.state.settings.intervalMs);
    change(turn, id, (waiting) => ({ ...waiting, sources, failures, retryAt }));
  } else {
    // Who waits for others to come back has been handed nothing, and asks in nobody's name.
    if (!pull.returning) releaseAll(turn, pull, source);
    change(turn, id, (rest) => ({ ...withoutSource(rest, source), failures: 0 }));
    complete(turn);
  }
}

/** What this process has not been through of the arcs: of what is its own, and of what it handed to that one. */
export function awaitedBy(state: StoreState, arcs: ReadonlyArray<Arc>, to: Address): ReadonlyArray<Awaited> {
  const { settings, pieces, pulls } = state;
  const own = pulls.flatMap((pull) => {
    const open = pieces.filter(({ pull: id }) => id === pull.id);
    return open.flatMap((piece) => awaitedOf(state, pull, piece));
  });
  const awaited = arcs.flatMap((arc) => partsInside(settings.space, own, arc));
  return [...awaited, ...awaitedOfHanded(state, arcs, to)].slice(0, awaitedMax);
}

/**
 * A source that no list names is given up after so many failures. Not sooner: who leaves is in no list any more, and
 * may be the only one that has it.
 */
const failuresMax = 3;

/** Of what is still to be pulled: a part that was handed on meanwhile is for its new owner to release. */
function releaseAll(turn: StoreTurn, { node, id }: Pull, source: Address): void {
  for (const { pull, start, end } of turn.state.pieces) {
    if (pull === id) release(turn, node, source, { start, end }, false);
  }
}

function release(turn: StoreTurn, node: number, source: Address, arc: Arc, whole: boolean): void {
  const standing = standingOf(turn.state, node, source);
  if (standing !== null) call(turn, source, { _tag: "Release", standing, arc, whole }, { _tag: "Nothing" });
}

/** What nobody else has more of is this process's own to answer for; but for what those that were asked await. */
function complete(turn: StoreTurn): void {
  const done = turn.state.pulls.filter(isAsked);
  if (done.length === 0) return;
  const ids = new Set(done.map(({ id }) => id));
  const { pieces } = turn.state;
  set(turn, {
    pieces: pieces.filter(({ pull }) => pull === null || !ids.has(pull)),
    pulls: turn.state.pulls.filter(({ id }) => !ids.has(id)),
  });
  for (const pull of done) {
    for (const piece of pieces) if (piece.pull === pull.id) goBeyond(turn, piece, pull);
  }
  remember(turn);
  for (const { node } of done) hastenAll(turn, node);
}

/** All have been asked for the piece: what they await is awaited now. */
function goBeyond(turn: StoreTurn, { start, end, node }: Piece, { beyond, asked, returning }: Pull): void {
  const { settings } = turn.state;
  const told = partsInside(settings.space, beyond, { start, end });
  // Where nobody that was asked knows who kept it, this process's own storage may.
  const unknown = told.filter(({ spare }) => spare === null);
  const own = unknown.flatMap((arc) => awaitedAtFirst(turn.state, arc));
  const awaited = awaitedTogether(turn.state, told, own);
  for (const arc of without(settings.space, { start, end }, awaited))
    wholeNow(turn, { ...arc, node }, returning ? asked : []);
  for (const each of awaited) awaitOthers(turn, node, each, asked);
}

/** What is left to be pulled, where that is one piece: the rest is another's by now. */
function restOf({ pieces }: StoreState, id: number): Arc | null {
  const [rest, ...others] = pieces.filter(({ pull }) => pull === id);
  return rest === undefined || others.length > 0 ? null : { start: rest.start, end: rest.end };
}

function dropPulls(turn: StoreTurn): void {
  const wanted = new Set(turn.state.pieces.map(({ pull }) => pull));
  set(turn, { pulls: turn.state.pulls.filter(({ id }) => wanted.has(id)) });
}

function withoutSelf({ settings }: StoreState, processes: ReadonlyArray<Address>): ReadonlyArray<Address> {
  return [...new Set(processes)].filter((process) => process !== settings.self);
}

function change(turn: StoreTurn, id: number, how: (pull: Pull) => Pull): void {
  set(turn, { pulls: turn.state.pulls.map((pull) => (pull.id === id ? how(pull) : pull)) });
}

function isKnown({ seats }: StoreState, process: Address): boolean {
  return seats.some(({ near }) => near.includes(process));
}

function restMs({ state }: StoreTurn): number {
  return state.settings.intervalMs / 4;
}
