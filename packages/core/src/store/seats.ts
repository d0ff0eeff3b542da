import type { Announcement } from "../effect.js";
import { rangeStart } from "../identifier.js";
import type { Epoch, Millis } from "../message.js";
import { claim } from "../ownership.js";
import type { Address } from "../peer.js";
import { processAddress, virtualIndex } from "../peer.js";
import type { ProcessState } from "../process.js";
import type { NodeState } from "../state.js";
import type { Evicted, RangeGained, RangeLost, Seated } from "./event.js";

/** What a store was told of a virtual node's place on the ring. */
export interface Told {
  readonly near: ReadonlyArray<Address>;
  readonly epoch: Epoch | null;
  readonly length: bigint;
}

/** What a store has to be told of a process's places on the ring, since it was told `before`: that, and what is new. */
export function seatsSince(
  before: ReadonlyArray<Told>,
  { url, nodes }: ProcessState,
  at: Millis,
): readonly [ReadonlyArray<Told>, ReadonlyArray<Seated>] {
  const seated: Seated[] = [];
  const told = nodes.map((node, index) => {
    const known = before[index];
    const token = claim(node, at)?.token ?? null;
    const [epoch, length] = [token?.epoch ?? null, token?.length ?? 0n];
    const near = nearOf(url, nodes, node);
    if (known?.epoch === epoch && known.length === length && isSame(known.near, near)) return known;
    const { self, config } = node;
    const start = rangeStart(config.space, self.id, length);
    const own = epoch === null ? null : { start, end: self.id, epoch };
    seated.push({ _tag: "Seated", node: index, claim: own, near });
    return { near, epoch, length };
  });
  return [told, seated];
}

/** What a store has to be told of what a virtual node announced; null: nothing. */
export function happeningOf(node: number, change: Announcement): RangeGained | RangeLost | Evicted | null {
  switch (change._tag) {
    case "RangeGained":
    case "RangeLost": {
      const { _tag, start, end, reason, epoch } = change;
      const peer = change.peer === null ? null : processAddress(change.peer.address);
      return { _tag, node, start, end, reason, peer, epoch };
    }
    case "PeerEvicted":
      // Who leaves is there until others have taken what it had.
      if (change.reason === "left") return null;
      return { _tag: "Evicted", process: processAddress(change.peer.address) };
    default:
      return null;
  }
}

/**
 * The other processes behind a virtual node, each once, nearest first. Where its list ends among virtual nodes of its
 * own process, these know who comes next.
 */
function nearOf(url: Address, nodes: ProcessState["nodes"], node: NodeState): ReadonlyArray<Address> {
  const near = new Set<Address>();
  const seen = new Set<NodeState>();
  for (let at: NodeState | undefined = node; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    let last: NodeState | undefined;
    for (const { address } of at.pointers.successors) {
      const process = processAddress(address);
      if (process === url) last = nodes[virtualIndex(address) ?? 0];
      else near.add(process);
    }
    at = near.size < node.config.ring.successors ? last : undefined;
  }
  return [...near];
}

function isSame(one: ReadonlyArray<Address>, other: ReadonlyArray<Address>): boolean {
  return one.length === other.length && one.every((address, i) => address === other[i]);
}
