import type { Address, Id, Millis } from "@chordnet/core";
import { processAddress } from "@chordnet/core";
import type { Simulation } from "../simulation/simulation.js";
import type { Answers } from "./answers.js";
import { flaw, idealOwner } from "./ideal.js";

/** How many questions are asked in the end, of as many nodes. */
const askedInPeace = 64;

/**
 * What must be so in the ideal ring, when it is left in peace: every lookup is right, and every owner may write.
 *
 * A ring may be ideal while a node still waits in vain for what was lost before, and a range then changes hands once
 * more. So an answer by somebody else counts as right as well, if it has a later epoch, and the ring is ideal again.
 * That its owner held the key at that moment is checked with every answer.
 */
export class InPeace {
  private readonly simulation: Simulation;
  private readonly answers: Answers;
  private readonly timeoutMs: Millis;

  constructor(simulation: Simulation, answers: Answers, timeoutMs: Millis) {
    this.simulation = simulation;
    this.answers = answers;
    this.timeoutMs = timeoutMs;
  }

  askAround(keyOf: (number: number) => Id): void {
    const members = this.simulation.members();
    const first = members[0];
    if (first === undefined) return;
    for (let i = 0; i < askedInPeace; i++) {
      const { self } = members[Math.floor((i * members.length) / askedInPeace)] ?? first;
      this.ask(self.address, keyOf(i));
    }
  }

  private ask(asker: Address, key: Id): void {
    const { simulation, answers, timeoutMs } = this;
    const members = simulation.members();
    const owner = idealOwner(members, key);
    const epoch = members.find(({ self }) => self === owner)?.ownership.acknowledged?.epoch ?? 0;
    const operation = simulation.lookup(processAddress(asker), key, "recursive", timeoutMs);
    simulation.schedule(2 * timeoutMs, () => {
      const { now: at, settled, witness } = simulation;
      const result = settled.get(operation)?.result;
      const moved = result?._tag === "Owner" && result.epoch > epoch && flaw(simulation) === null;
      if (result?._tag !== "Owner" || (result.peer.address !== owner.address && !moved)) {
        const instead = result?._tag === "Owner" ? result.peer.address : (result?._tag ?? "nothing");
        witness.report(at, { _tag: "WrongInPeace", key, asker, instead });
      } else if (answers.refuses(key, result)) {
        witness.report(at, { _tag: "OwnerRefused", key, owner: owner.address });
      }
    });
  }
}
