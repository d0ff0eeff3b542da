import { advance, distance, idOf, ringOrder } from "./identifiers.js";
import type { Random } from "./random.js";

/** Every node's id, the key just before it (still its own) and the one just behind it (its successor's). */
export function borderKeys(addresses: Iterable<string>): ReadonlyArray<bigint> {
  return [...addresses].flatMap((address) => {
    const id = idOf(address);
    return [advance(id, -1n), id, advance(id, 1n)];
  });
}

/** `count` keys spread evenly over the range that ends at `address`, its own id the first. */
export function keysOwnedBy(
  addresses: Iterable<string>,
  address: string,
  count: number,
): ReadonlyArray<bigint> {
  const ring = ringOrder(addresses);
  const before = ring.at(ring.indexOf(address) - 1) ?? address;
  const id = idOf(address);
  const length = before === address ? 1n << 160n : distance(idOf(before), id);
  return Array.from({ length: count }, (_, i) => advance(id, -((length - 1n) * BigInt(i)) / BigInt(count)));
}

/**
 * Keys for a load. Most come again and again, since only answers for one key can contradict each other: `hot` ones
 * (whose owner is about to change), borders, a pool of random ones; and some that nobody asked before.
 */
export function keySource(
  random: Random,
  addresses: Iterable<string>,
  hot: ReadonlyArray<bigint>,
): () => bigint {
  const borders = borderKeys(addresses);
  const pool = Array.from({ length: 64 }, () => random.id());
  return () => {
    const share = random.next();
    if (share < 0.3 && hot.length > 0) return random.pick(hot);
    if (share < 0.6) return random.pick(borders);
    return share < 0.9 ? random.pick(pool) : random.id();
  };
}
