import type { Arc, Entry, EntryName, Space } from "@chordnet/core";
import { compareNames, LateMap } from "@chordnet/core";
import { type Slices, slicesOf } from "./slices.js";
import { stretches } from "./stretch.js";

/** Entries in memory, in the order of the circle: a sorted array for each slice of it. */
export class Shelf {
  readonly #ring: Space;
  readonly #slices: Slices;
  /** Of the slices that hold something: most nodes keep little. */
  readonly #boards = new LateMap<number, Entry[]>();

  constructor(ring: Space) {
    this.#ring = ring;
    this.#slices = slicesOf(ring);
  }

  get(name: EntryName): Entry | null {
    const board = this.#boards.get(this.#slices.at(name.id)) ?? [];
    const entry = board[placeOf(board, name)];
    return entry !== undefined && compareNames(entry, name) === 0 ? entry : null;
  }

  /** Puts an entry in the place of the one with its name; null: takes that away. */
  set(name: EntryName, entry: Entry | null): void {
    const slice = this.#slices.at(name.id);
    const board = this.#boards.get(slice) ?? [];
    const place = placeOf(board, name);
    const there = board[place];
    const taken = there !== undefined && compareNames(there, name) === 0 ? 1 : 0;
    if (entry === null) board.splice(place, taken);
    else board.splice(place, taken, entry);
    if (board.length === 0) this.#boards.delete(slice);
    else this.#boards.set(slice, board);
  }

  /** What lies in the arc behind `after`, clockwise. Not to be changed meanwhile. */
  *list(arc: Arc, after: EntryName | null): Iterable<Entry> {
    for (const { from, to } of stretches(this.#ring, arc, after)) {
      const [first, last] = [this.#slices.at(from.id), this.#slices.at(to)];
      for (let slice = first; slice <= last; slice += 1) {
        const board = this.#boards.get(slice);
        if (board === undefined) continue;
        for (let place = slice === first ? placeOf(board, from) : 0; place < board.length; place += 1) {
          const entry = board[place] as Entry;
          if (entry.id > to) break;
          yield entry;
        }
      }
    }
  }
}

/** Where on the board the first entry is that does not come before the name. */
function placeOf(board: ReadonlyArray<Entry>, name: EntryName): number {
  let [low, high] = [0, board.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareNames(board[middle] as Entry, name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
