import type { EntryHead } from "@chordnet/core";
import type { Page, Piece } from "./storage.js";

/**
 * Cuts a piece out of what is listed: the page's bounds, for every storage.
 *
 * @param sizeOf what an item counts for against `bytesMax`
 */
export function cutPiece<A extends EntryHead>(
  listed: Iterable<A>,
  page: Page,
  sizeOf: (item: A) => number,
): Piece<A> {
  const items: A[] = [];
  let bytes = 0;
  for (const item of listed) {
    bytes += sizeOf(item);
    if (items.length > 0 && (items.length >= page.entriesMax || bytes > page.bytesMax))
      return { items, more: true };
    items.push(item);
  }
  return { items, more: false };
}

export const headSize = ({ key }: EntryHead): number => key.length;

export const entrySize = ({ key, valueBytes }: EntryHead): number => key.length + valueBytes;
