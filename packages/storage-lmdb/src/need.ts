import type { Change } from "@chordnet/storage";

/** A tree of LMDB's file: how deep it is, and how many pages it has of each kind. */
export interface Tree {
  readonly treeDepth: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** LMDB's file, in pages. */
export interface Pages {
  readonly pageBytes: number;
  /** Up to the last one that was ever used: LMDB never gives any back. */
  readonly used: number;
  readonly heads: Tree;
  readonly values: Tree;
  /** LMDB's list of the pages that are free. */
  readonly free: Tree;
  /** What else there is: notes, and the table of tables. */
  readonly others: ReadonlyArray<Tree>;
}

const headerPages = 2;
/** Of an entry in a page, at most, beside its key and value: its place on the circle, its head, what LMDB adds. */
const rowBytes = 128;
/** A value that is larger than this part of a page may get pages of its own. */
const apartFrom = 1 / 4;
/** In the list of free pages. */
const placeBytes = 8;
/** As much of that list as LMDB changes in a commit: it loads 50,000 places, or a few more. */
const listPagesMost = 256;
/** For what is not counted: the table of tables, and what LMDB begins anew when the list grows while it is written. */
const slack = 8;

/** How many pages within the file are free. The latest of them can be used two commits later only. */
export function freeWithin({ used, heads, values, free, others }: Pages): number {
  return [heads, values, free, ...others].reduce((left, tree) => left - pagesOf(tree), used - headerPages);
}

/**
 * How many pages a commit takes, at most: free ones, or such as were never used. LMDB changes none in place, but copies
 * each that changes, and those above it.
 */
export function pagesNeeded(
  changes: Iterable<Change>,
  noteBytes: number,
  { pageBytes, heads, values, free }: Pages,
): number {
  const apart = (bytes: number): number =>
    bytes > pageBytes * apartFrom ? Math.ceil((bytes + rowBytes) / pageBytes) : 0;
  const sum = { entries: 0, headBytes: 0, valueBytes: 0, apart: 0, freed: 0 };
  for (const { name, before, after } of changes) {
    sum.entries += 1;
    sum.freed += apart(before?.valueBytes ?? 0);
    if (after === null) continue;
    sum.headBytes += name.key.length + rowBytes;
    if (after.value === null) continue;
    const own = apart(after.valueBytes);
    sum.apart += own;
    sum.valueBytes += name.key.length + rowBytes + (own > 0 ? 0 : after.valueBytes);
  }
  const trees =
    copied(heads, sum.entries, sum.headBytes / pageBytes) +
    copied(values, sum.entries, sum.valueBytes / pageBytes);
  const note = noteBytes === 0 ? 0 : 2 + Math.ceil((noteBytes + rowBytes) / pageBytes);
  const listed = Math.ceil(((trees + sum.apart + sum.freed) * placeBytes) / pageBytes);
  const list = 2 * free.treeDepth + Math.min(2 * pagesOf(free), listPagesMost) + listed;
  return trees + sum.apart + note + list + slack;
}

/** @param added how many pages what is new would fill */
function copied(tree: Tree, entries: number, added: number): number {
  const leaves = Math.min(entries, tree.treeLeafPageCount);
  const branches = Math.min(leaves * Math.max(0, tree.treeDepth - 1), tree.treeBranchPageCount);
  // Each may take another with it: a new one where it is full and cut in two, its neighbour where it is merged with it.
  const touched = 2 * (leaves + branches);
  if (added === 0) return touched;
  // What is cut is half full at least; above two new leaves there may be one, and one is a new root.
  return touched + Math.ceil(1.5 * Math.min(entries, 4 * added)) + 1;
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: Tree): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}
