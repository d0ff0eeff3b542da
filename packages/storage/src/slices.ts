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
  /** Null as long as nothing was ever added: most nodes keep nothing. */
  #sums: Sums | null = null;

  constructor(ring: Space) {
    this.#ring = ring;
    this.#slices = slicesOf(ring);
  }

  add(head: EntryHead): void {
    this.#change(head, 1);
  }

  remove(head: EntryHead): void {
    this.#change(head, -1);
  }

  /** @param list the same entries that were added and not removed, those in the arc */
  digest({ start, end }: Arc, list: Listing): Digest {
    if (this.#sums === null) return emptyDigest;
    const { size, mask } = this.#ring;
    const { width, count } = this.#slices;
    let left = start === end ? size : (end - start) & mask;
    if (left === size) return this.#slicesFrom(this.#sums, 0, count);
    let digest = emptyDigest;
    for (let before = start; left > 0n; ) {
      const first = ((before + 1n) & mask) as Id;
      const toBorder = width - (first % width);
      const whole = toBorder === width ? left / width : 0n;
      const points = whole > 0n ? whole * width : toBorder < left ? toBorder : left;
      const until = ((before + points) & mask) as Id;
      const part =
        whole > 0n
          ? this.#slicesFrom(this.#sums, this.#slices.at(first), Number(whole))
          : digestOf(list({ start: before, end: until }));
      digest = addDigests(digest, part);
      before = until;
      left -= points;
    }
    return digest;
  }

  #slicesFrom(sums: Sums, first: number, count: number): Digest {
    let [entries, high, low] = [0, 0, 0];
    for (let i = first; i < first + count; i += 1) {
      const slice = i % this.#slices.count;
      entries += sums.entries[slice] as number;
      high ^= sums.high[slice] as number;
      low ^= sums.low[slice] as number;
    }
    return { entries, sum: (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0) };
  }

  #change({ id, fingerprint }: EntryHead, by: 1 | -1): void {
    this.#sums ??= noSums(this.#slices.count);
    const slice = this.#slices.at(id);
    (this.#sums.entries[slice] as number) += by;
    (this.#sums.high[slice] as number) ^= Number(fingerprint >> 32n);
    (this.#sums.low[slice] as number) ^= Number(fingerprint & 0xffff_ffffn);
  }
}

/** Of each slice. The sums in high halves and low ones: numbers, since a `bigint` for each costs more than the rest. */
interface Sums {
  readonly entries: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

function noSums(count: number): Sums {
  return { entries: new Uint32Array(count), high: new Uint32Array(count), low: new Uint32Array(count) };
}
