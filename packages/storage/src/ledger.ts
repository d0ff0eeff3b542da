import type { Arc, Digest, EntryHead, Space } from "@chordnet/core";
import type { Change } from "./plan.js";
import { type Listing, SliceDigests } from "./slices.js";
import { entryOverheadBytes, type Usage } from "./storage.js";
import { StorageError } from "./storage-error.js";

/** Keeps account of what a volume holds: how much, and the digests of its parts. */
export class Ledger {
  readonly #digests: SliceDigests;
  readonly #quotaBytes: number | null;
  #entries = 0;
  #bytes = 0;

  /** Throws a `RangeError` for a quota that is no positive number. */
  constructor(ring: Space, quotaBytes: number | null) {
    if (quotaBytes !== null && !(quotaBytes > 0))
      throw new RangeError(`quotaBytes must be more than 0, not ${quotaBytes}`);
    this.#digests = new SliceDigests(ring);
    this.#quotaBytes = quotaBytes;
  }

  /**
   * Throws `quota` where the changes would add to what is used, and go past the quota.
   *
   * @param pendingBytes what other changes, admitted but not recorded yet, add
   * @returns what these add
   */
  admit(changes: Iterable<Change>, pendingBytes: number = 0): number {
    let added = 0;
    for (const { before, after } of changes) added += bytesOf(after) - bytesOf(before);
    const quota = this.#quotaBytes;
    const wanted = this.#bytes + pendingBytes + added;
    if (quota !== null && added > 0 && wanted > quota)
      throw new StorageError("quota", `${wanted} bytes wanted, ${quota} allowed`);
    return added;
  }

  record(changes: Iterable<Change>): void {
    for (const { before, after } of changes) {
      if (before !== null) this.#count(before, -1);
      if (after !== null) this.#count(after, 1);
    }
  }

  /** Counts an entry that is there from before. */
  found(head: EntryHead): void {
    this.#count(head, 1);
  }

  digest(arc: Arc, list: Listing): Digest {
    return this.#digests.digest(arc, list);
  }

  usage(): Usage {
    return { entries: this.#entries, bytes: this.#bytes, quotaBytes: this.#quotaBytes };
  }

  #count(head: EntryHead, by: 1 | -1): void {
    this.#entries += by;
    this.#bytes += by * bytesOf(head);
    if (by === 1) this.#digests.add(head);
    else this.#digests.remove(head);
  }
}

function bytesOf(head: EntryHead | null): number {
  return head === null ? 0 : head.key.length + head.valueBytes + entryOverheadBytes;
}
