/**
 * A `Map` that is there only while it holds something. A node has dozens that mostly hold nothing, each of which would
 * take 184 bytes. Not so while it is iterated: what is set after it was emptied is not visited any more.
 *
 * @internal
 *
 * @example
 * const map = new LateMap()
 * map.set("a", 1)
 * assert.deepStrictEqual([...map], [["a", 1]])
 * map.delete("a")
 * assert.deepStrictEqual([map.size, map.get("a")], [0, undefined])
 */
export class LateMap<K, V> {
  #map: Map<K, V> | null = null;

  get size(): number {
    return this.#map?.size ?? 0;
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  has(key: K): boolean {
    return this.#map?.has(key) ?? false;
  }

  set(key: K, value: V): void {
    this.#map ??= new Map();
    this.#map.set(key, value);
  }

  delete(key: K): boolean {
    const deleted = this.#map?.delete(key) ?? false;
    if (this.size === 0) this.#map = null;
    return deleted;
  }

  clear(): void {
    this.#map?.clear();
    this.#map = null;
  }

  keys(): IterableIterator<K> {
    return (this.#map ?? nothing).keys();
  }

  values(): IterableIterator<V> {
    return (this.#map ?? nothing).values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return (this.#map ?? nothing)[Symbol.iterator]();
  }
}

const nothing = new Map<never, never>();
