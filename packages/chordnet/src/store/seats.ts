import type { Address, NodeState, ProcessState, StoreHappening } from "@chordnet/core";
import { claim, processAddress, rangeStart } from "@chordnet/core";

type Seated = Extract<StoreHappening, { readonly _tag: "Seated" }>;

/** What the store was told of one virtual node, and from what. */
interface Told {
  readonly successors: NodeState["pointers"]["successors"];
  readonly epoch: number | null;
  readonly length: bigint;
}

/** Finds what has changed of a process's places on the ring since it was looked at last. */
export class Seats {
  #told: ReadonlyArray<Told> = [];

  changed({ url, nodes }: ProcessState, now: number): ReadonlyArray<Seated> {
    const seated: Seated[] = [];
    this.#told = nodes.map((node, index) => {
      const told = this.#told[index];
      const { successors } = node.pointers;
      const token = claim(node, now)?.token ?? null;
      const [epoch, length] = [token?.epoch ?? null, token?.length ?? 0n];
      if (told?.successors === successors && told.epoch === epoch && told.length === length) return told;
      const { self, config } = node;
      const start = rangeStart(config.space, self.id, length);
      seated.push({
        _tag: "Seated",
        node: index,
        claim: epoch === null ? null : { start, end: self.id, epoch },
        near: others(url, successors),
      });
      return { successors, epoch, length };
    });
    return seated;
  }
}

/** The other processes, each once. */
function others(url: Address, successors: Told["successors"]): ReadonlyArray<Address> {
  return [...new Set(successors.map(({ address }) => processAddress(address)))].filter(
    (process) => process !== url,
  );
}
