import type { Arc } from "../arc.js";
import type { Address } from "../peer.js";
import { namedMax } from "./call.js";
import { isAsked, isReturning, remember } from "./company.js";
import type { ConvergeResult } from "./converge.js";
import { converge } from "./converge.js";
import type { RangeGained, RangeLost } from "./event.js";
import { parts, without } from "./parts.js";
import { hastenAll } from "./repair.js";
import type { Handed, Piece, Pull, StoreState } from "./state.js";
import { againMs } from "./state.js";
import type { StoreTurn } from "./turn.js";
import { call, claimsAll, count, set, standingOf } from "./turn.js";

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
  const rest = cut(turn.state, turn.state.pieces, arc);
  if (asked === null || (asked.sources.length === 0 && claimsAll(turn.state))) {
    set(turn, { pieces: joined([...rest, { start, end, node, pull: null }]) });
    // Those that keep what that virtual node owned before need not have this.
    hastenAll(turn, node);
    return;
  }
  const number = count(turn);
  const among = asked.sources.length;
  const begun = among > 0;
  const pull: Pull = {
    ...{ start, end, number, node, begun, among },
    ...asked,
    ...{ sync: null, retryAt: turn.at, failures: 0 },
  };
  set(turn, { pieces: [...rest, { start, end, node, pull: number }], pulls: [...turn.state.pulls, pull] });
}

/** Who may have what this process lacks of a range that it gained; null: nobody, it has all of it. */
function sourcesFor(
  state: StoreState,
  event: RangeGained,
): Pick<Pull, "sources" | "giver" | "returning"> | null {
  const { settings, settled } = state;
  const { node, reason, peer } = event;
  const near = state.seats[node]?.near ?? [];
  const left = leftBehind(state, event);
  const other = peer === settings.self ? null : peer;
  if (cameBack(state, event)) return null;
  const from = (...processes: ReadonlyArray<Address>): ReadonlyArray<Address> =>
    withoutSelf(state, [...processes, ...left]);
  switch (reason) {
    case "create":
      return settled ? null : { sources: settings.company, giver: null, returning: true };
    case "join":
    case "leave":
      return { sources: from(...(other === null ? near : [other])), giver: other, returning: false };
    case "merge":
      return { sources: from(...(other === null ? [] : [other]), ...near), giver: null, returning: false };
    default:
      return { sources: from(...near), giver: null, returning: false };
  }
}

/** Whom this process was still to ask when it lost the arc: who has it now may not have got so far either. */
function leftBehind({ settings, handed }: StoreState, arc: Arc): ReadonlyArray<Address> {
  return handed.flatMap((each) => (parts(settings.space, each, arc).inside.length > 0 ? each.sources : []));
}

/** What is lost whole may come back whole, and whoever has it now may ask for it. */
export function onLost(turn: StoreTurn, event: RangeLost): void {
  const { settings, pieces } = turn.state;
  const { start, end, reason, peer, epoch } = event;
  const stays = reason === "lapse" || peer === settings.self;
  const to = stays ? settings.self : reason === "join" || reason === "leave" ? peer : null;
  forget(turn, { start, end });
  const given = pieces.flatMap((piece) => {
    const whole = piece.pull === null;
    // Whoever has it now asks others; who is still to be asked is not forgotten, in case that it comes back.
    if (to === null && whole) return [];
    const sources = sourcesOf(turn.state, piece) ?? [];
    const state = { epoch, whole, sources, lapsed: reason === "lapse", owed: to !== null && !stays };
    const inside = parts(settings.space, piece, { start, end }).inside;
    return inside.map((part): Handed => ({ ...part, ...state, to: to ?? settings.self }));
  });
  set(turn, { handed: [...turn.state.handed, ...given].slice(-handedMax) });
  set(turn, { pieces: cut(turn.state, pieces, { start, end }) });
  dropPulls(turn);
}

/** Somebody else is known at last. */
export function onNear(turn: StoreTurn, node: number, sources: ReadonlyArray<Address>): void {
  if (sources.length === 0) return;
  for (const { number, begun, node: other } of turn.state.pulls) {
    if (!begun && other === node) change(turn, number, (pull) => ({ ...pull, begun: true, sources }));
  }
}

/** It turns out that this process is alone: what it does not know whom to ask for, nobody else has. */
export function onAlone(turn: StoreTurn): void {
  if (!claimsAll(turn.state)) return;
  for (const { number, begun } of turn.state.pulls) {
    if (!begun) change(turn, number, (pull) => ({ ...pull, begun: true }));
  }
  complete(turn);
}

/** Who has to be asked beside this process's own storage; null: it is not known yet. */
export function sourcesOf({ pulls }: StoreState, { pull }: Piece): ReadonlyArray<Address> | null {
  if (pull === null) return [];
  const known = pulls.find(({ number }) => number === pull);
  return known?.begun === true ? known.sources : null;
}

export function isGiver({ pulls }: StoreState, pull: number, source: Address): boolean {
  return pulls.some(({ number, giver }) => number === pull && giver === source);
}

/**
 * The one that handed the range over had not all of it, or is gone: whoever may have kept it is asked, and `others`
 * whom that one was still to ask.
 */
export function askAll(turn: StoreTurn, number: number, others: ReadonlyArray<Address> = []): void {
  change(turn, number, (pull) => {
    const near = turn.state.seats[pull.node]?.near ?? [];
    const sources = withoutSelf(turn.state, [...pull.sources, ...others, ...near]);
    return { ...pull, giver: null, sources, among: sources.length };
  });
}

/** Who has been asked waits itself for others to come back: what they have is wanted here, too. */
export function waitFor(turn: StoreTurn, number: number, company: ReadonlyArray<Address>): void {
  if (company.length === 0) return;
  const { settled, settings } = turn.state;
  const all = settled ? company : [...company, ...settings.company];
  const others = all.filter((process) => process !== settings.self);
  change(turn, number, (pull) => {
    if (pull.returning) return pull;
    const sources = [...new Set([...pull.sources, ...others])];
    return { ...pull, returning: true, sources, among: Math.max(pull.among, sources.length) };
  });
  remember(turn);
}

/** There is no such process any more: it has nothing, unless it is to come back. */
export function giveUp(turn: StoreTurn, number: number, source: Address): void {
  if (isReturning(turn.state, number)) return;
  if (isGiver(turn.state, number, source)) askAll(turn, number);
  change(turn, number, (pull) => ({ ...pull, sources: pull.sources.filter((other) => other !== source) }));
  complete(turn);
}

/** The ring has given it up, and so what it may have had. */
export function giveUpAll(turn: StoreTurn, process: Address): void {
  for (const { number, sources } of turn.state.pulls) {
    if (sources.includes(process)) giveUp(turn, number, process);
  }
}

/** Asks the next source of each. */
export function tendPulls(turn: StoreTurn): void {
  for (const { number, sync, retryAt, sources, start, end, node } of turn.state.pulls) {
    const [source] = sources;
    if (sync !== null || retryAt > turn.at || source === undefined) continue;
    const arc = restOf(turn.state, number) ?? { start, end };
    const begun = converge(turn, source, arc, { _tag: "Pull", pull: number, node });
    change(turn, number, (pull) => ({
      ...pull,
      sync: begun,
      retryAt: begun === null ? turn.at + restMs(turn) : pull.retryAt,
    }));
  }
}

/** A source has been asked for everything, or not. */
export function onPulled(turn: StoreTurn, number: number, source: Address, result: ConvergeResult): void {
  change(turn, number, (pull) => ({ ...pull, sync: null, retryAt: turn.at }));
  const pull = turn.state.pulls.find((each) => each.number === number);
  if (pull === undefined) return;
  const mayAnswer = pull.giver === source && pull.failures + 1 < giverFailuresMax;
  const gone = result === "dead" || (result === "failed" && !isKnown(turn.state, source) && !mayAnswer);
  if (gone && !pull.returning) {
    giveUp(turn, number, source);
  } else if (result !== "done") {
    const sources = [...pull.sources.filter((other) => other !== source), source];
    const failures = pull.failures + 1;
    const retryAt = turn.at + againMs(failures, restMs(turn), turn.state.settings.intervalMs);
    change(turn, number, (waiting) => ({ ...waiting, sources, failures, retryAt }));
  } else {
    release(turn, pull, source);
    const sources = pull.sources.filter((other) => other !== source);
    change(turn, number, (rest) => ({ ...rest, sources, failures: 0 }));
    complete(turn);
  }
}

/** Whether this process had all of an arc when it handed it to that one. */
export function hadAll({ settings, handed }: StoreState, arc: Arc, to: Address): boolean {
  return (
    without(
      settings.space,
      arc,
      handed.filter((each) => each.whole && each.to === to),
    ).length === 0
  );
}

/** Whom this process was still to ask for what it handed to that one: they are that one's to ask now. */
export function stillToAsk({ handed }: StoreState, to: Address): ReadonlyArray<Address> {
  const left = handed.flatMap((each) => (each.to === to ? each.sources : []));
  return [...new Set(left)].filter((source) => source !== to).slice(0, namedMax);
}

/** Who owns the arcs now has all that was here of them: to whomever they were handed, it is owed no more. */
export function onReleased(turn: StoreTurn, arcs: ReadonlyArray<Arc>): void {
  const { space } = turn.state.settings;
  const handed = turn.state.handed.flatMap((each) => {
    if (!each.owed) return [each];
    const paid = arcs.flatMap((arc) => parts(space, each, arc).inside);
    const rest = without(space, each, arcs);
    return [
      ...rest.map((arc) => ({ ...each, ...arc })),
      ...paid.map((arc) => ({ ...each, ...arc, owed: false })),
    ];
  });
  set(turn, { handed });
}

const handedMax = 256;

/** Who leaves is not in the ring any more, which would tell that it is gone; and may be the only one that has it. */
const giverFailuresMax = 3;

/** Nobody else had it in between. */
function cameBack(state: StoreState, { start, end, reason, peer, epoch }: RangeGained): boolean {
  const { settings, handed } = state;
  const { self } = settings;
  const handedOver = (reason === "join" || reason === "leave") && peer === self;
  const own = handed.filter(({ to, whole, lapsed, epoch: was }) => {
    if (to !== self || !whole) return false;
    return lapsed ? reason === "lapse" && was === epoch : handedOver;
  });
  return without(settings.space, { start, end }, own).length === 0;
}

/** Another has it or had it: what was known of it before does not count any more. */
function forget(turn: StoreTurn, arc: Arc): void {
  const { settings, handed } = turn.state;
  set(turn, { handed: cutAll(settings.space, handed, arc) });
}

/** Of what is still to be pulled: a part that was handed on meanwhile is for its new owner to release. */
function release(turn: StoreTurn, { node, number }: Pull, source: Address): void {
  const standing = standingOf(turn.state, node, source);
  if (standing === null) return;
  for (const { pull, start, end } of turn.state.pieces) {
    if (pull !== number) continue;
    call(turn, source, { _tag: "Release", standing, arc: { start, end } }, { _tag: "Nothing" });
  }
}

/** What nobody else has more of is this process's own to answer for. */
function complete(turn: StoreTurn): void {
  const done = turn.state.pulls.filter((pull) => isAsked(turn.state, pull));
  if (done.length === 0) return;
  const numbers = new Set(done.map(({ number }) => number));
  const pieces = turn.state.pieces.map((piece) =>
    piece.pull !== null && numbers.has(piece.pull) ? { ...piece, pull: null } : piece,
  );
  const pulls = turn.state.pulls.filter(({ number }) => !numbers.has(number));
  set(turn, { pieces: joined(pieces), pulls, settled: turn.state.settled || pulls.length === 0 });
  remember(turn);
  for (const { node } of done) hastenAll(turn, node);
}

/** What is left to be pulled, where that is one piece: the rest is another's by now. */
function restOf({ pieces }: StoreState, number: number): Arc | null {
  const [rest, ...others] = pieces.filter(({ pull }) => pull === number);
  return rest === undefined || others.length > 0 ? null : { start: rest.start, end: rest.end };
}

function dropPulls(turn: StoreTurn): void {
  const wanted = new Set(turn.state.pieces.map(({ pull }) => pull));
  set(turn, { pulls: turn.state.pulls.filter(({ number }) => wanted.has(number)) });
}

function withoutSelf({ settings }: StoreState, processes: ReadonlyArray<Address>): ReadonlyArray<Address> {
  return [...new Set(processes)].filter((process) => process !== settings.self);
}

function change(turn: StoreTurn, number: number, how: (pull: Pull) => Pull): void {
  set(turn, { pulls: turn.state.pulls.map((pull) => (pull.number === number ? how(pull) : pull)) });
}

function cut({ settings }: StoreState, pieces: ReadonlyArray<Piece>, arc: Arc): ReadonlyArray<Piece> {
  return cutAll(settings.space, pieces, arc);
}

function cutAll<A extends Arc>(
  space: StoreState["settings"]["space"],
  arcs: ReadonlyArray<A>,
  knife: Arc,
): A[] {
  return arcs.flatMap((each) => parts(space, each, knife).outside.map((rest) => ({ ...each, ...rest })));
}

/** Pieces that lie side by side and are alike are one. */
function joined(pieces: ReadonlyArray<Piece>): ReadonlyArray<Piece> {
  for (const piece of pieces) {
    const next = pieces.find(
      (other) => other !== piece && other.start === piece.end && isAlike(piece, other),
    );
    if (next === undefined) continue;
    const both = { ...piece, end: next.end };
    return joined([...pieces.filter((other) => other !== piece && other !== next), both]);
  }
  return pieces;
}

function isAlike(one: Piece, other: Piece): boolean {
  return one.node === other.node && one.pull === other.pull;
}

function isKnown({ seats }: StoreState, process: Address): boolean {
  return seats.some(({ near }) => near.includes(process));
}

function restMs({ state }: StoreTurn): number {
  return state.settings.intervalMs / 4;
}
