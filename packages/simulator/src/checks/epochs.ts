import type { Address, Distance, Epoch, Id, Space } from "@chordnet/core";
import { rangeStart } from "@chordnet/core";
import type { Broken } from "./violation.js";

/**
 * For every point of the circle the epoch that it was claimed under last, and by whom: arcs that tile the circle, in
 * order, each from behind the end of the one before. What is claimed anew is painted over them, and must have a higher
 * epoch.
 */
export class Epochs {
  private readonly space: Space;
  private readonly arcs: Arc[];

  constructor(space: Space) {
    this.space = space;
    this.arcs = [{ end: space.mask as Id, epoch: 0, owner: "" }];
  }

  /** The range of that length that ends at `end` is claimed; gives the first key for which that breaks the order. */
  paint(end: Id, length: Distance, epoch: Epoch, owner: Address): Broken | null {
    const { size, mask } = this.space;
    if (length === size) return this.paintArc(0n as Id, { end: mask as Id, epoch, owner });
    const first = ((rangeStart(this.space, end, length) + 1n) & mask) as Id;
    if (first <= end) return this.paintArc(first, { end, epoch, owner });
    const found = this.paintArc(first, { end: mask as Id, epoch, owner });
    return this.paintArc(0n as Id, { end, epoch, owner }) ?? found;
  }

  private paintArc(first: Id, painted: Arc): Broken | null {
    const { arcs } = this;
    const from = this.place(first);
    const to = this.place(painted.end);
    let broken: Broken | null = null;
    for (let i = from; i <= to && broken === null; i++) {
      const { epoch, owner: last } = arcs[i] as Arc;
      const start = i === 0 ? 0n : (arcs[i - 1] as Arc).end + 1n;
      const found = { key: (start > first ? start : first) as Id, from: last, to: painted.owner };
      if (painted.epoch < epoch) broken = { _tag: "EpochFell", ...found };
      else if (painted.epoch === epoch && last !== painted.owner) broken = { _tag: "EpochShared", ...found };
    }
    const [head, tail] = [arcs[from] as Arc, arcs[to] as Arc];
    const start = from === 0 ? 0n : (arcs[from - 1] as Arc).end + 1n;
    const parts = [painted];
    if (start < first) parts.unshift({ ...head, end: (first - 1n) as Id });
    if (tail.end > painted.end) parts.push(tail);
    arcs.splice(from, to - from + 1, ...parts);
    return broken;
  }

  /** The arc that holds the point. */
  private place(point: Id): number {
    let low = 0;
    let high = this.arcs.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.arcs[middle] as Arc).end < point) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Arc {
  readonly end: Id;
  readonly epoch: Epoch;
  readonly owner: Address;
}
