import type { NodeView } from "./api.js";
import { ranOut } from "./call.js";
import { ChordNetError, isChordNetError } from "./errors/errors.js";

/** What a walk's call is named. */
export const walking = { what: "walk" } as const;

/**
 * The nodes of a ring from `first` on, each asked for the next. Throws `RING_BROKEN` where one that another named as
 * its successor does not answer or is no member, or the way does not lead round once and back: since each step must go
 * forwards and none past the start, it ends. What keeps `first` itself from answering is thrown as it is, and so is a
 * node's want of room, what the caller did, or that the walk's own time is over. `BAD_ADDRESS` where `first` is for
 * clients alone, and the nodes have another scheme.
 */
export async function* walkRing(
  inspect: (address: string) => Promise<NodeView>,
  first: string,
): AsyncIterableIterator<NodeView> {
  const start = await inspect(first);
  if (schemeOf(start.address) !== schemeOf(first)) {
    const reason = `the nodes of its ring talk at addresses such as ${start.address}: begin at one of those`;
    throw new ChordNetError("BAD_ADDRESS", { address: first, reason });
  }
  let node = start;
  for (;;) {
    yield node;
    const next = node.successors[0];
    if (next === undefined && node.id !== start.id) throw broken(node.address, "it knows no successor");
    if (next === undefined || next.id === start.id) return;
    if (!clockwise(node.id, next.id, start.id)) {
      throw broken(node.address, `its successor ${next.address} is out of order`);
    }
    const here = node.address;
    node = await inspect(next.address).catch((error: unknown) => {
      throw error instanceof ChordNetError && isOfRing(error)
        ? broken(here, `its successor ${next.address} does not answer`, error)
        : error;
    });
  }
}

/** Whether the node fails the ring, and not just us: one that refuses us for want of room may well be in its place. */
function isOfRing(error: ChordNetError): boolean {
  if (ranOut(error, walking)) return false;
  if (isChordNetError(error, "REFUSED")) return ["not-member", "gone"].includes(error.data.reason);
  return error.fault !== "caller";
}

/** Identifiers have the same number of digits, and so compare as text. */
function clockwise(from: string, x: string, to: string): boolean {
  return from < to ? from < x && x < to : x > from || x < to;
}

function schemeOf(address: string): string {
  return address.slice(0, address.indexOf("://"));
}

function broken(at: string, reason: string, cause?: Error): ChordNetError {
  return new ChordNetError("RING_BROKEN", { at, reason }, cause === undefined ? {} : { cause });
}
