import type { Address, Id, Millis, Peer } from "@chordnet/core";
import { processAddress } from "@chordnet/core";
import type { Simulation } from "../simulation/simulation.js";
import type { Answers } from "./answers.js";
import { idealOwner } from "./ideal.js";

/** So many questions are asked in the end, of as many nodes. */
const askedInPeace = 64;

/** What must be so in the ideal ring, when it is left in peace: every lookup is right, and every owner may write. */
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
      this.ask(self.address, keyOf(i), idealOwner(members, keyOf(i)));
    }
  }

  private ask(asker: Address, key: Id, owner: Peer): void {
    const { simulation, answers, timeoutMs } = this;
    const operation = simulation.lookup(processAddress(asker), key, "recursive", timeoutMs);
    simulation.schedule(2 * timeoutMs, () => {
      const { now: at, settled, witness } = simulation;
      const result = settled.get(operation)?.result;
      if (result?._tag !== "Owner" || result.peer.address !== owner.address) {
        const instead = result?._tag === "Owner" ? result.peer.address : (result?._tag ?? "nothing");
        witness.report(at, { _tag: "WrongInPeace", key, asker, instead });
      } else if (answers.refuses(key, result)) {
        witness.report(at, { _tag: "OwnerRefused", key, owner: owner.address });
      }
    });
  }
}
