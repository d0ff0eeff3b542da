import { rangeStart } from "../identifier.js";
import type { Epoch, Millis } from "../message.js";
import { claim } from "../ownership.js";
import type { Address } from "../peer.js";
import { processAddress } from "../peer.js";
import type { ProcessState } from "../process.js";
import type { NodeState } from "../state.js";
import type { Seated } from "./event.js";

/** What a store was told of a virtual node's place on the ring. */
export interface Told {
  readonly successors: NodeState["pointers"]["successors"];
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
    const { successors } = node.pointers;
    const token = claim(node, at)?.token ?? null;
    const [epoch, length] = [token?.epoch ?? null, token?.length ?? 0n];
    if (known?.successors === successors && known.epoch === epoch && known.length === length) return known;
    const { self, config } = node;
    const start = rangeStart(config.space, self.id, length);
    const own = epoch === null ? null : { start, end: self.id, epoch };
    seated.push({ _tag: "Seated", node: index, claim: own, near: others(url, successors) });
    return { successors, epoch, length };
  });
  return [told, seated];
}

/** The other processes, each once. */
function others(url: Address, successors: Told["successors"]): ReadonlyArray<Address> {
  const processes = new Set(successors.map(({ address }) => processAddress(address)));
  processes.delete(url);
  return [...processes];
}
