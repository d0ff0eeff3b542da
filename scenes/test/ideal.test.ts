import { describe, expect, it } from "vitest";
import type { RingRow } from "../src/ideal.js";
import { flaw, unclaimed } from "../src/ideal.js";
import { formatId, idOf, ringOrder } from "../src/identifiers.js";

const ring = ringOrder(Array.from({ length: 5 }, (_, i) => `tcp://127.0.0.1:${7000 + i}`));
const named = (address: string): { id: string; address: string } => ({
  id: formatId(idOf(address)),
  address,
});

function idealRows(nodes: ReadonlyArray<string>, successors: number): RingRow[] {
  const at = (i: number): string => nodes[(i + nodes.length) % nodes.length] as string;
  return nodes.map((address, i) => ({
    ...named(address),
    predecessor: named(at(i - 1)),
    successors: Array.from({ length: Math.min(successors, nodes.length - 1) }, (_, j) =>
      named(at(i + j + 1)),
    ),
    claim: { from: formatId(idOf(at(i - 1))), to: formatId(idOf(address)) },
  }));
}

function changed(place: number, change: Partial<RingRow>): RingRow[] {
  return idealRows(ring, 3).map((row, i) => (i === place ? { ...row, ...change } : row));
}

describe("flaw", () => {
  it("finds none in an ideal ring, wherever the walk began", () => {
    const rows = idealRows(ring, 3);
    expect(flaw(rows, ring, 3)).toBeNull();
    expect(flaw([...rows.slice(2), ...rows.slice(0, 2)], ring, 3)).toBeNull();
  });

  it("finds none in rings of one, whatever it lists, and of two", () => {
    const [one] = ring as [string];
    expect(flaw([{ ...named(one), predecessor: null, successors: [], claim: null }], [one], 8)).toBeNull();
    expect(flaw(idealRows(ring.slice(0, 2), 8), ring.slice(0, 2), 8)).toBeNull();
  });

  it("misses nodes, and strangers", () => {
    expect(flaw(idealRows(ring.slice(1), 3), ring, 3)).toMatch(/^missing: /);
    expect(flaw(idealRows(ring, 3), ring.slice(1), 3)).toMatch(/^not expected: /);
    expect(flaw([...idealRows(ring, 3), ...idealRows(ring, 3).slice(0, 1)], ring, 3)).toMatch(/6 rows/);
  });

  it("finds nodes out of order", () => {
    const [first, second, third, ...rest] = idealRows(ring, 3) as [RingRow, RingRow, RingRow, ...RingRow[]];
    expect(flaw([first, third, second, ...rest], ring, 3)).toMatch(/stands where/);
  });

  it("finds a wrong or missing predecessor", () => {
    expect(flaw(changed(2, { predecessor: named(ring[0] as string) }), ring, 3)).toMatch(
      /has the predecessor/,
    );
    expect(flaw(changed(2, { predecessor: null }), ring, 3)).toMatch(/none/);
  });

  it("finds a list that is short, or names others than the next", () => {
    expect(flaw(changed(1, { successors: [named(ring[2] as string)] }), ring, 3)).toMatch(/lists 1/);
    const skipping = [2, 3, 0].map((i) => named(ring[i] as string));
    expect(flaw(changed(1, { successors: skipping }), ring, 3)).toMatch(/^successor 3 /);
  });

  it("looks no further than it is told", () => {
    const skipping = [2, 4, 0].map((i) => named(ring[i] as string));
    expect(flaw(changed(1, { successors: skipping }), ring, 1)).toBeNull();
  });

  it("finds an id that is not its address's", () => {
    expect(flaw(changed(3, { id: formatId(1n) }), ring, 3)).toMatch(/is said to have the id/);
  });
});

describe("unclaimed", () => {
  it("finds who claims too little, too much, or nothing", () => {
    const [first, second] = idealRows(ring, 3) as [RingRow, RingRow];
    expect(unclaimed(idealRows(ring, 3))).toBeNull();
    const wrong = [null, { from: first.id, to: first.id }, { from: second.id, to: second.id }];
    for (const claim of wrong) expect(unclaimed(changed(1, { claim }))).toMatch(/^tcp:\S+ does not claim/);
  });

  it("takes one that is alone for the owner of everything", () => {
    const [one] = ring as [string];
    const id = formatId(idOf(one));
    const alone = { ...named(one), predecessor: null, successors: [] };
    expect(unclaimed([{ ...alone, claim: { from: id, to: id } }])).toBeNull();
    expect(unclaimed([{ ...alone, claim: null }])).not.toBeNull();
  });
});
