import type { Arc, Arcs, Entry, EntryHead, EntryName, Space } from "@chordnet/core";
import { arcsOf, compareNames, distance, supersedes } from "@chordnet/core";
import type { Batch, Page, Piece } from "../storage.js";

/** A volume as plain as can be: a list that is searched. */
export class Model {
  readonly #ring: Space;
  readonly #arcs: Arcs;
  #entries: ReadonlyArray<Entry> = [];

  constructor(ring: Space) {
    this.#ring = ring;
    this.#arcs = arcsOf(ring);
  }

  get all(): ReadonlyArray<Entry> {
    return this.#entries;
  }

  read(name: EntryName): Entry | null {
    return this.#entries.find((entry) => compareNames(entry, name) === 0) ?? null;
  }

  write({ put = [], drop = [] }: Batch): ReadonlyArray<Entry> {
    for (const entry of put) {
      const there = this.read(entry);
      if (there !== null && !supersedes(entry, there)) continue;
      this.#entries = [...this.#entries.filter((each) => each !== there), entry];
    }
    const stands = put.map((entry) => this.read(entry) as Entry);
    for (const head of drop)
      this.#entries = this.#entries.filter(
        (entry) => compareNames(entry, head) !== 0 || entry.fingerprint !== head.fingerprint,
      );
    return stands;
  }

  /** What lies in the arc, clockwise from its start. */
  within(arc: Arc): ReadonlyArray<Entry> {
    const steps = ({ id }: EntryName): bigint => {
      const from = distance(this.#ring, arc.start, id);
      return from === 0n ? this.#ring.size : from;
    };
    return this.#entries
      .filter(({ id }) => this.#arcs.has(arc, id))
      .sort((one, other) => Number(steps(one) - steps(other)) || compareNames(one, other));
  }

  piece(arc: Arc, { after, entriesMax, bytesMax }: Page, sizeOf: (head: EntryHead) => number): Piece<Entry> {
    const all = this.within(arc);
    const behind =
      after === null ? all : all.slice(1 + all.findIndex((each) => compareNames(each, after) === 0));
    let fit = 0;
    for (let bytes = 0; fit < Math.min(behind.length, entriesMax); fit += 1) {
      bytes += sizeOf(behind[fit] as Entry);
      if (fit > 0 && bytes > bytesMax) break;
    }
    return { items: behind.slice(0, fit), more: fit < behind.length };
  }
}
