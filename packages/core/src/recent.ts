/**
 * A map from texts as a value, which keeps what was put down latest. What is put down must not copy all that was
 * before, as a copied `Map` does: the entries lie in a fixed number of short lists, by a hash of their keys, and only
 * one of those is made anew.
 *
 * An entry is a value, and some numbers, as many for each entry of a map. The numbers of a list lie in one column: as
 * fields of objects each would take three times as much.
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
  /** As many as a power of two. */
  readonly lists: ReadonlyArray<List<A>>;
}

/** At one place of each column what belongs together. */
interface List<A> {
  readonly keys: ReadonlyArray<string>;
  readonly values: ReadonlyArray<A>;
  /** Of each entry the number of its put, and its own. */
  readonly numbers: ReadonlyArray<number>;
}

const noList: List<never> = { keys: [], values: [], numbers: [] };

/** The lists of all maps that hold nothing: a node has several maps, and most of them never hold anything. */
const noLists = {
  few: new Array<List<never>>(16).fill(noList),
  many: new Array<List<never>>(64).fill(noList),
};

/** Nothing yet, and room for `limit` (at least 1). */
export function empty<A>(limit: number): Recent<A> {
  return { limit, size: 0, puts: 0, lists: limit < 512 ? noLists.few : noLists.many };
}

/** What an entry is read as: from its value, and its numbers, which stand among others' from `at` to before `end`. */
export type Read<A, B> = (value: A, numbers: ReadonlyArray<number>, at: number, end: number) => B;

/** What was put down last under this key. */
export function get<A, B>({ lists }: Recent<A>, key: string, read: Read<A, B>): B | undefined {
  const list = lists[hash(key) & (lists.length - 1)] as List<A>;
  const place = list.keys.indexOf(key);
  return place < 0 ? undefined : readAt(list, place, read);
}

/**
 * With this under that key, as the latest of all. Where there is no room the eighth that was put down longest ago
 * gives way, so that not every one that follows has to look for the oldest.
 *
 * @example
 * const one = recent.put(recent.empty(1), "a", "A", [])
 * assert.strictEqual(recent.get(recent.put(one, "b", "B", []), "a", (value) => value), undefined)
 * assert.strictEqual(recent.get(one, "a", (value) => value), "A")
 */
export function put<A>(map: Recent<A>, key: string, value: A, numbers: ReadonlyArray<number>): Recent<A> {
  const { limit, size, puts, lists } = map;
  const which = hash(key) & (lists.length - 1);
  const known = lists[which] as List<A>;
  const found = known.keys.indexOf(key);
  const place = found < 0 ? known.keys.length : found;
  const row = [puts, ...numbers];
  const changed = lists.slice();
  changed[which] = {
    keys: spliced(known.keys, place, [key]),
    values: spliced(known.values, place, [value]),
    numbers: spliced(known.numbers, place * row.length, row),
  };
  const next = { limit, size: found < 0 ? size + 1 : size, puts: puts + 1, lists: changed };
  return next.size > limit ? withoutOldest(next) : next;
}

/** All of them, in no order that means anything. */
export function entries<A, B>({ lists }: Recent<A>, read: Read<A, B>): (readonly [key: string, entry: B])[] {
  return lists.flatMap((list) => list.keys.map((key, place) => [key, readAt(list, place, read)] as const));
}

/**
 * With what is made of each value, as late as it was.
 *
 * @example
 * const one = recent.mapped(recent.put(recent.empty(1), "a", 1, []), (value) => value + 1)
 * assert.strictEqual(recent.get(one, "a", (value) => value), 2)
 */
export function mapped<A>(map: Recent<A>, of: (value: A) => A): Recent<A> {
  return { ...map, lists: map.lists.map((list) => ({ ...list, values: list.values.map(of) })) };
}

/** The latest are put down once more, in a map that is empty. */
function withoutOldest<A>(map: Recent<A>): Recent<A> {
  const { size, limit } = map;
  return entries(map, (...read: Parameters<Read<A, unknown>>) => read)
    .sort(([, one], [, other]) => putOf(one) - putOf(other))
    .slice(size - limit + (limit >>> 3))
    .reduce((kept, [key, read]) => put(kept, key, read[0], read[1].slice(read[2], read[3])), empty<A>(limit));
}

function putOf([, numbers, at]: Parameters<Read<unknown, unknown>>): number {
  return numbers[at - 1] as number;
}

/** A copy with others from there on. Nothing is pushed to one: an array that grows has room for many. */
function spliced<B>(list: ReadonlyArray<B>, at: number, others: ReadonlyArray<B>): ReadonlyArray<B> {
  return list.slice(0, at).concat(others, list.slice(at + others.length));
}

function readAt<A, B>({ keys, values, numbers }: List<A>, place: number, read: Read<A, B>): B {
  const width = numbers.length / keys.length;
  return read(values[place] as A, numbers, place * width + 1, (place + 1) * width);
}

/** The last letters are those in which texts differ. Whoever makes many fall into one list makes it a longer one. */
function hash(key: string): number {
  let mixed = 0;
  for (let i = Math.max(0, key.length - 8); i < key.length; i++)
    mixed = Math.imul(mixed, 31) + key.charCodeAt(i);
  return mixed ^ (mixed >>> 5) ^ (mixed >>> 10);
}
