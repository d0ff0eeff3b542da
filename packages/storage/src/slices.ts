import type { Arc, Digest, EntryHead, Id, Space } from "@chordnet/core";
import { addDigests, digestOf, emptyDigest } from "@chordnet/core";

/** The circle cut into equal slices: 2^14 of them, or one for each point of a smaller circle. */
export interface Slices {
  readonly count: number;
  /** How many points each has. */
  readonly width: bigint;
  /** The slice in which the point lies. */
  at(point: Id): number;
}

const sliceBits = 14;

export function slicesOf(ring: Space): Slices {
  const bits = Math.min(ring.bits, sliceBits);
  const below = BigInt(ring.bits - bits);
  return { count: 2 ** bits, width: 1n << below, at: (point) => Number(point >> below) };
}

/** Lists what is stored in an arc. */
export type Listing = (arc: Arc) => Iterable<Pick<EntryHead, "fingerprint">>;

/**
 * Keeps the digest of each slice, so that the digest of an arc costs little however much the arc holds: only the slices
 * at its ends, of which it has a part, are listed. A change costs the same, however much there is.
 */
export class SliceDigests {
  readonly #ring: Space;
  readonly #slices: Slices;
  readonly #entries: Uint32Array;
  /** The sums, high halves and low ones: numbers, since a `bigint` for each costs more than the rest. */
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;

  constructor(ring: Space) {
    this.#ring = ring;
    this.#slices = slicesOf(ring);
    this.#entries = new Uint32Array(this.#slices.count);
    this.#high = new Uint32Array(this.#slices.count);
    this.#low = new Uint32Array(this.#slices.count);
  }

  add(head: EntryHead): void {
    this.#change(head, 1);
  }

  remove(head: EntryHead): void {
    this.#change(head, -1);
  }

  /** @param list the same entries that were added and not removed, those in the arc */
  digest({ start, end }: Arc, list: Listing): Digest {
    const { size, mask } = this.#ring;
    const { width, count } = this.#slices;
    let left = start === end ? size : (end - start) & mask;
    if (left === size) return this.#slicesFrom(0, count);
    let digest = emptyDigest;
    for (let before = start; left > 0n; ) {
      const first = ((before + 1n) & mask) as Id;
      const toBorder = width - (first % width);
      const whole = toBorder === width ? left / width : 0n;
      const points = whole > 0n ? whole * width : toBorder < left ? toBorder : left;
      const until = ((before + points) & mask) as Id;
      const part =
        whole > 0n
          ? this.#slicesFrom(this.#slices.at(first), Number(whole))
          : digestOf(list({ start: before, end: until }));
      digest = addDigests(digest, part);
      before = until;
      left -= points;
    }
    return digest;
  }

  #slicesFrom(first: number, count: number): Digest {
    let [entries, high, low] = [0, 0, 0];
    for (let i = first; i < first + count; i += 1) {
      const slice = i % this.#slices.count;
      entries += this.#entries[slice] as number;
      high ^= this.#high[slice] as number;
      low ^= this.#low[slice] as number;
    }
    return { entries, sum: (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0) };
  }

  #change({ id, fingerprint }: EntryHead, by: 1 | -1): void {
    const slice = this.#slices.at(id);
    (this.#entries[slice] as number) += by;
    (this.#high[slice] as number) ^= Number(fingerprint >> 32n);
    (this.#low[slice] as number) ^= Number(fingerprint & 0xffff_ffffn);
  }
}
