import type { Distance, Id, Space } from "./identifier.js";
import { between, inRange } from "./identifier.js";
import type { Address, Peer } from "./peer.js";
import { processAddress } from "./peer.js";

/**
 * A bounded cache of peers that were seen, beside the fingers. It holds hints and no knowledge: a wrong one costs a hop
 * or a timeout, never a wrong answer, since only an owner itself says that it owns. Who follows one into silence, in a
 * lookup of its own, forgets it.
 *
 * @category routing
 */

/** A peer, and the length of the range that it was last seen to claim; 0 where that is not known. */
export interface RouteEntry {
  readonly peer: Peer;
  readonly length: Distance;
}

/** At most `limit` entries, in the order of their identifiers, one for each identifier. */
export interface Routes {
  readonly limit: number;
  readonly entries: ReadonlyArray<RouteEntry>;
}

/** Nobody seen yet, and room for `limit` (at least 1). */
export function emptyRoutes(limit: number): Routes {
  if (!Number.isInteger(limit) || limit < 1)
    throw new RangeError(`limit must be a positive integer, not ${limit}`);
  return { limit, entries: [] };
}

/**
 * With a peer that was just seen; the same value where that is no news. An unknown length (0) does not displace a
 * known one, nor an earlier life of a peer a later. Where there is no room another gives way, chosen by `victim`, any
 * random integer: so nobody can tell whom to displace by what.
 *
 * @example
 * const seen = { id: id(space(8), 5n), address: "memory://a", incarnation: 1 }
 * const one = learn(emptyRoutes(1), { peer: seen, length: 0n }, 0)
 * assert.strictEqual(learn(one, { peer: seen, length: 0n }, 0), one)
 */
export function learn(routes: Routes, entry: RouteEntry, victim: number): Routes {
  const { entries, limit } = routes;
  const place = lowerBound(entries, entry.peer.id);
  const known = entries[place];
  if (known !== undefined && known.peer.id === entry.peer.id) {
    return tellsMore(known, entry) ? { limit, entries: replaced(entries, place, entry) } : routes;
  }
  if (entries.length < limit) return { limit, entries: inserted(entries, place, entry) };
  const out = Math.abs(victim) % entries.length;
  return { limit, entries: inserted(without(entries, out), out < place ? place - 1 : place, entry) };
}

/** Without the node of this address; the same value where it is not there. */
export function forget(routes: Routes, address: Address): Routes {
  return keep(routes, (entry) => entry.peer.address !== address);
}

/** Without all nodes of the process that this address belongs to. */
export function forgetProcess(routes: Routes, address: Address): Routes {
  const process = processAddress(address);
  return keep(routes, ({ peer }) => peer.address !== process && processAddress(peer.address) !== process);
}

/** Who was last seen to claim `target`: the first peer at or after it, if its known range reaches back that far. */
export function ownerHint(routes: Routes, ring: Space, target: Id): RouteEntry | null {
  const { entries } = routes;
  const nearest = entries[lowerBound(entries, target)] ?? entries[0];
  return nearest !== undefined && inRange(ring, target, nearest.peer.id, nearest.length) ? nearest : null;
}

/** The last peer before `target` that lies strictly after `self`; null where there is none between them. */
export function precedingHint(routes: Routes, self: Id, target: Id): RouteEntry | null {
  const { entries } = routes;
  const place = lowerBound(entries, target);
  const nearest = entries[place > 0 ? place - 1 : entries.length - 1];
  return nearest !== undefined && between(self, nearest.peer.id, target) ? nearest : null;
}

/** Whether `learn` would change anything. */
export function isNews({ entries }: Routes, heard: RouteEntry): boolean {
  const known = entries[lowerBound(entries, heard.peer.id)];
  return known === undefined || known.peer.id !== heard.peer.id || tellsMore(known, heard);
}

function tellsMore(known: RouteEntry, heard: RouteEntry): boolean {
  if (known.peer.address !== heard.peer.address) return true;
  if (known.peer.incarnation !== heard.peer.incarnation) {
    return heard.peer.incarnation > known.peer.incarnation;
  }
  return heard.length !== 0n && heard.length !== known.length;
}

/** The place of the first entry whose identifier is not below `target`. */
function lowerBound(entries: ReadonlyArray<RouteEntry>, target: Id): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as RouteEntry).peer.id < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keep(routes: Routes, wanted: (entry: RouteEntry) => boolean): Routes {
  if (routes.entries.every(wanted)) return routes;
  return { limit: routes.limit, entries: routes.entries.filter(wanted) };
}

function inserted(entries: ReadonlyArray<RouteEntry>, place: number, entry: RouteEntry): RouteEntry[] {
  // An array that grows has room for many.
  return entries.slice(0, place).concat(entry, entries.slice(place));
}

function replaced(entries: ReadonlyArray<RouteEntry>, place: number, entry: RouteEntry): RouteEntry[] {
  const copy = entries.slice();
  copy[place] = entry;
  return copy;
}

function without(entries: ReadonlyArray<RouteEntry>, place: number): RouteEntry[] {
  const copy = entries.slice();
  copy.splice(place, 1);
  return copy;
}
