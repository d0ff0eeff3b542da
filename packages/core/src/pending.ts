import { checkInteger } from "./integer.js";

/**
 * Requests that wait for their answers, as a value: an immutable trie keyed by the slot that a request's number names.
 * A message costs one step of the node, and so must not copy everything that is in flight.
 *
 * Meant to be imported whole: `import * as pending from "./pending.js"`.
 *
 * @category pending requests
 */

/** What every entry tells: the number that names it, and when to give up waiting. */
export interface Expiring {
  readonly rid: number;
  readonly expiresAt: number;
}

/**
 * At most `limit` entries. An entry's slot is the low 16 bits of its number; the upper 32 are random, so that
 * who was not asked does not hit it by chance.
 */
export interface Pending<A extends Expiring> {
  readonly limit: number;
  readonly size: number;
  /**
   * No entry expires before this; `Infinity` where there is none. Exact after `expire`, and always while no more than
   * 16 were pending at once.
   */
  readonly earliest: number;
  /** Slots from here on were never used. */
  readonly unused: number;
  /** The first of the freed slots, each of which names the next; `none` where there are none. */
  readonly freed: number;
  /** How far a slot is shifted to give its place in the root. */
  readonly shift: number;
  readonly root: Trie<A>;
}

interface Trie<A> extends ReadonlyArray<Trie<A> | A | number> {}

const limitMax = 65_536;

const none = -1;
/** Few enough that copying the way to a slot is cheap, many enough that the way is short. */
const fanoutBits = 4;
const fanoutMask = (1 << fanoutBits) - 1;

/**
 * Nothing pending, and room for `limit` (1 to 65,536). Throws a `RangeError` for another limit.
 *
 * @example
 * assert.strictEqual(pending.empty(8).size, 0)
 */
export function empty<A extends Expiring>(limit: number): Pending<A> {
  checkInteger("limit", limit, 1, limitMax);
  return vacant(limit);
}

/**
 * The number for the next entry, made from 32 random bits; null where there is no room. It stands until something is
 * inserted or removed.
 *
 * @example
 * const none = pending.empty(1)
 * const rid = pending.nextRid(none, 7) ?? assert.fail()
 * const one = pending.insert(none, { rid, expiresAt: 10 }) ?? assert.fail()
 * assert.strictEqual(pending.nextRid(one, 8), null)
 * assert.strictEqual(pending.get(one, rid)?.expiresAt, 10)
 */
export function nextRid<A extends Expiring>(p: Pending<A>, random32: number): number | null {
  return p.size < p.limit ? (random32 >>> 0) * 65_536 + nextSlot(p) : null;
}

/** With this entry, whose number `nextRid` gave; null where there is no room, or the number is not the next. */
export function insert<A extends Expiring>(p: Pending<A>, entry: A): Pending<A> | null {
  const slot = entry.rid & 0xffff;
  if (p.size >= p.limit || slot !== nextSlot(p)) return null;
  const reused = p.freed !== none;
  const outgrown = slot >>> p.shift > fanoutMask;
  const shift = outgrown ? p.shift + fanoutBits : p.shift;
  return {
    limit: p.limit,
    size: p.size + 1,
    earliest: Math.min(entry.expiresAt, p.earliest),
    unused: reused ? p.unused : p.unused + 1,
    freed: reused ? (at(p, slot) as number) : none,
    shift,
    root: put(outgrown ? [p.root] : p.root, shift, slot, entry),
  };
}

/** The entry of this number, if it is pending. */
export function get<A extends Expiring>(p: Pending<A>, rid: number): A | undefined {
  const found = at(p, rid & 0xffff);
  return typeof found === "object" && found.rid === rid ? found : undefined;
}

/** With this entry in place of the one of its number, the same value where there is none. */
export function replace<A extends Expiring>(p: Pending<A>, entry: A): Pending<A> {
  if (get(p, entry.rid) === undefined) return p;
  const earliest = Math.min(entry.expiresAt, p.earliest);
  return { ...p, earliest, root: put(p.root, p.shift, entry.rid & 0xffff, entry) };
}

/** Without the entry of this number; the same value where there is none. */
export function remove<A extends Expiring>(p: Pending<A>, rid: number): Pending<A> {
  if (get(p, rid) === undefined) return p;
  if (p.size === 1) return vacant(p.limit);
  const slot = rid & 0xffff;
  return {
    limit: p.limit,
    size: p.size - 1,
    earliest: earliestWithout(p, slot),
    unused: p.unused,
    freed: slot,
    shift: p.shift,
    root: put(p.root, p.shift, slot, p.freed),
  };
}

/** Few are looked through, so that no timer is set for what was answered; among many that would cost too much. */
function earliestWithout<A extends Expiring>({ root, shift, earliest }: Pending<A>, slot: number): number {
  if (shift > 0 || (root[slot] as A).expiresAt > earliest) return earliest;
  let next = Number.POSITIVE_INFINITY;
  for (let i = 0; i < root.length; i++) {
    const entry = root[i] as A | number;
    if (i !== slot && typeof entry === "object" && entry.expiresAt < next) next = entry.expiresAt;
  }
  return next;
}

/**
 * Those that are due (`expiresAt <= at`), the earliest first, and what remains. The same value where none is due
 * and the earliest is known exactly.
 */
export function expire<A extends Expiring>(
  p: Pending<A>,
  at: number,
): readonly [ReadonlyArray<A>, Pending<A>] {
  if (at < p.earliest) return [[], p];
  const due: A[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const entry of entries(p)) {
    if (entry.expiresAt <= at) due.push(entry);
    else if (entry.expiresAt < next) next = entry.expiresAt;
  }
  due.sort((a, b) => a.expiresAt - b.expiresAt);
  let rest = p;
  for (const entry of due) rest = remove(rest, entry.rid);
  return [due, { ...rest, earliest: next }];
}

/** All that are pending, in the order of their slots. */
export function entries<A extends Expiring>(p: Pending<A>): ReadonlyArray<A> {
  const found: A[] = [];
  collect(p.root, p.shift, found);
  return found;
}

function vacant<A extends Expiring>(limit: number): Pending<A> {
  return { limit, size: 0, earliest: Number.POSITIVE_INFINITY, unused: 0, freed: none, shift: 0, root: [] };
}

/** Freed slots first: so the trie stays as small as the most that were ever pending at once. */
function nextSlot<A extends Expiring>(p: Pending<A>): number {
  return p.freed === none ? p.unused : p.freed;
}

function at<A extends Expiring>(p: Pending<A>, slot: number): A | number | undefined {
  if (slot >= p.unused) return undefined;
  let node = p.root;
  for (let shift = p.shift; shift > 0; shift -= fanoutBits) {
    node = node[(slot >>> shift) & fanoutMask] as Trie<A>;
  }
  return node[slot & fanoutMask] as A | number;
}

function put<A>(node: Trie<A>, shift: number, slot: number, value: A | number): Trie<A> {
  const place = (slot >>> shift) & fanoutMask;
  // Mostly nothing else is pending, and an array that grows has room for many.
  if (shift === 0 && place === 0 && node.length <= 1) return [value];
  const copy = node.slice();
  copy[place] =
    shift === 0 ? value : put((node[place] as Trie<A> | undefined) ?? [], shift - fanoutBits, slot, value);
  return copy;
}

function collect<A>(node: Trie<A>, shift: number, into: A[]): void {
  for (const child of node) {
    if (shift > 0) collect(child as Trie<A>, shift - fanoutBits, into);
    else if (typeof child === "object") into.push(child as A);
  }
}
