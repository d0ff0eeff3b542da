import { formatId, idOf, ringOrder } from "./identifiers.js";

/** A node as `chordnet ring --json` prints it. */
export interface RingRow {
  readonly id: string;
  readonly address: string;
  readonly predecessor: Named | null;
  readonly successors: ReadonlyArray<Named>;
  /** The range that it owned when it was asked. */
  readonly claim: { readonly from: string; readonly to: string } | null;
}

export interface Named {
  readonly id: string;
  readonly address: string;
}

/**
 * What keeps a walk round the ring from showing the ideal ring of exactly these nodes: every one there, in order of
 * their ids, each with its true predecessor and the next `min(successors, nodes - 1)` first in its list. Null where
 * nothing does.
 */
export function flaw(
  rows: ReadonlyArray<RingRow>,
  expected: Iterable<string>,
  successors: number,
): string | null {
  const ring = ringOrder(expected);
  const walked = rows.map((row) => row.address);
  const missing = ring.filter((address) => !walked.includes(address));
  if (missing.length > 0) return `missing: ${missing.join(", ")}`;
  const strangers = walked.filter((address) => !ring.includes(address));
  if (strangers.length > 0) return `not expected: ${strangers.join(", ")}`;
  if (rows.length !== ring.length) return `${rows.length} rows for ${ring.length} nodes`;
  const start = ring.indexOf(walked[0] ?? "");
  for (const [i, row] of rows.entries()) {
    const found = flawOf(row, ring, (start + i) % ring.length, successors);
    if (found !== null) return found;
  }
  return null;
}

function flawOf(row: RingRow, ring: ReadonlyArray<string>, place: number, successors: number): string | null {
  const at = (offset: number): string => ring[(place + offset + ring.length) % ring.length] as string;
  if (row.address !== at(0)) return `${row.address} stands where ${at(0)} belongs`;
  const named = [row, ...row.successors, ...(row.predecessor === null ? [] : [row.predecessor])];
  const misnamed = named.find(({ id, address }) => id !== formatId(idOf(address)));
  if (misnamed !== undefined) return `${misnamed.address} is said to have the id ${misnamed.id}`;
  if (ring.length === 1) return null;
  if (row.predecessor?.address !== at(-1)) {
    return `${row.address} has the predecessor ${row.predecessor?.address ?? "none"}, not ${at(-1)}`;
  }
  const least = Math.min(successors, ring.length - 1);
  if (row.successors.length < least) {
    return `${row.address} lists ${row.successors.length} successors, not ${least}`;
  }
  const wrong = row.successors
    .slice(0, successors)
    .findIndex((successor, i) => successor.address !== at(i + 1));
  return wrong < 0 ? null : `successor ${wrong + 1} of ${row.address} is ${row.successors[wrong]?.address}`;
}

/**
 * Who of an ideal ring does not claim just what lies between its predecessor and itself, if somebody does not. While
 * rings merge, pointers may be right before ranges are.
 */
export function unclaimed(rows: ReadonlyArray<RingRow>): string | null {
  const found = rows.find(
    ({ id, predecessor, claim }) => claim?.from !== (predecessor?.id ?? id) || claim.to !== id,
  );
  return found === undefined ? null : `${found.address} does not claim its range`;
}
