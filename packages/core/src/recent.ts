/**
 * A map from texts as a value, which keeps what was put down latest. A message that tells something of one peer must
 * not copy what is known of all others, as a copied `Map` does: the entries lie in a fixed number of short lists, by
 * a hash of their keys, and only one of those is made anew.
 *
 * Meant to be imported whole: `import * as recent from "./recent.js"`.
 *
 * @category bounded maps
 */

/** At most `limit` entries. */
export interface Recent<A> {
  readonly limit: number;
  readonly size: number;
  /** How often anything was put down: what has a lower number is older. */
  readonly puts: number;
  readonly lists: ReadonlyArray<ReadonlyArray<Entry<A>>>;
}

interface Entry<A> {
  readonly key: string;
  readonly value: A;
  readonly put: number;
}

const listCount = 32;
const listMask = 31;
const noLists: ReadonlyArray<ReadonlyArray<never>> = Array.from({ length: listCount }, () => []);

/** Nothing yet, and room for `limit` (at least 1). */
export function empty<A>(limit: number): Recent<A> {
  return { limit, size: 0, puts: 0, lists: noLists };
}

/** What was put down last under this key. */
export function get<A>({ lists }: Recent<A>, key: string): A | undefined {
  const list = lists[listOf(key)] as ReadonlyArray<Entry<A>>;
  const place = placeIn(list, key);
  return place < 0 ? undefined : (list[place] as Entry<A>).value;
}

/**
 * With this under that key, as the latest of all. Where there is no room the eighth that was put down longest ago
 * gives way, so that not every one that follows has to look for the oldest.
 *
 * @example
 * const one = recent.put(recent.empty(1), "a", 1)
 * assert.strictEqual(recent.get(recent.put(one, "b", 2), "a"), undefined)
 * assert.strictEqual(recent.get(one, "a"), 1)
 */
export function put<A>(map: Recent<A>, key: string, value: A): Recent<A> {
  const { limit, size, puts, lists } = map;
  const which = listOf(key);
  const known = lists[which] as ReadonlyArray<Entry<A>>;
  const place = placeIn(known, key);
  const entry = { key, value, put: puts };
  // Not pushed to a copy: an array that grows has room for many.
  const list = place < 0 ? known.concat(entry) : known.slice();
  if (place >= 0) list[place] = entry;
  const changed = lists.slice();
  changed[which] = list;
  const next = { limit, size: place < 0 ? size + 1 : size, puts: puts + 1, lists: changed };
  return next.size > limit ? withoutOldest(next) : next;
}

/** All of them, in no order that means anything. */
export function entries<A>({ lists }: Recent<A>): ReadonlyArray<readonly [key: string, value: A]> {
  return lists.flat().map(({ key, value }) => [key, value]);
}

/**
 * With what is made of each value, as late as it was.
 *
 * @example
 * const one = recent.mapped(recent.put(recent.empty(1), "a", 1), (value) => value + 1)
 * assert.strictEqual(recent.get(one, "a"), 2)
 */
export function mapped<A>(map: Recent<A>, of: (value: A) => A): Recent<A> {
  return {
    ...map,
    lists: map.lists.map((list) => list.map((entry) => ({ ...entry, value: of(entry.value) }))),
  };
}

function withoutOldest<A>({ limit, puts, lists }: Recent<A>): Recent<A> {
  const latest = lists.flat().sort((a, b) => b.put - a.put);
  const size = limit - (limit >>> 3);
  const oldest = latest[size - 1] as Entry<A>;
  return { limit, size, puts, lists: lists.map((list) => list.filter((entry) => entry.put >= oldest.put)) };
}

function placeIn(list: ReadonlyArray<Entry<unknown>>, key: string): number {
  for (let i = 0; i < list.length; i++) if ((list[i] as Entry<unknown>).key === key) return i;
  return -1;
}

/**
 * The last letters are those in which addresses differ. Whoever makes many fall into one list makes it a longer
 * one.
 */
function listOf(key: string): number {
  let hash = 0;
  for (let i = Math.max(0, key.length - 8); i < key.length; i++)
    hash = Math.imul(hash, 31) + key.charCodeAt(i);
  return (hash ^ (hash >>> 5) ^ (hash >>> 10)) & listMask;
}
