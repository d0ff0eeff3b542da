import type { Address, EntryName, Millis, StoreCommand, StoreOutcome } from "@chordnet/core";
import { owns, processAddress } from "@chordnet/core";
import type { Host } from "../simulation/host.js";
import type { Simulation } from "../simulation/simulation.js";
import type { Stores } from "./stores.js";

/** A command, over all attempts to have it done. */
export interface Attempted {
  readonly asker: Address;
  readonly host: Host;
  readonly name: EntryName;
  readonly request: string;
  readonly command: StoreCommand;
  readonly deadline: Millis;
  done(outcome: StoreOutcome | null): void;
  acknowledged(owner: Address): void;
}

const timeoutIntervals = 20;
const restIntervals = 0.2;
/** An owner that says nothing for so long is looked for anew. */
const patienceIntervals = 5;

export const ignored = (): void => undefined;

/** Who has commands done, as the runtime does: the owner is looked up and asked, again and again. */
export class Attempts {
  /** Not done in time. A change may have been made all the same. */
  failed = 0;
  begun = 0;
  private readonly simulation: Simulation;
  private readonly stores: Stores;

  constructor(simulation: Simulation, stores: Stores) {
    this.simulation = simulation;
    this.stores = stores;
  }

  begin(
    asker: Address,
    name: EntryName,
    command: StoreCommand,
    done: Attempted["done"],
    acknowledged: Attempted["acknowledged"] = ignored,
  ): void {
    const { simulation } = this;
    const host = simulation.hosts.get(asker);
    if (host === undefined) return;
    const deadline = simulation.now + timeoutIntervals * simulation.config.ring.intervalMs;
    const request = `request ${++this.begun}`;
    this.attempt({ asker, host, name, request, command, deadline, done, acknowledged });
  }

  /** Looks up the owner, asks it, and again, until it is done or the time is over: as the runtime does. */
  private attempt(attempted: Attempted): void {
    const { simulation } = this;
    const { intervalMs } = simulation.config.ring;
    const { asker, host, name, request, command, deadline, done } = attempted;
    if (simulation.hosts.get(asker) !== host || simulation.now >= deadline) {
      this.failed++;
      done(null);
      return;
    }
    let over = false;
    const conclude = (outcome: StoreOutcome | null): void => {
      if (over) return;
      over = true;
      if (outcome !== null && isFinal(outcome)) done(outcome);
      else simulation.schedule(restIntervals * intervalMs, () => this.attempt(attempted));
    };
    simulation.find(asker, name.id, deadline - simulation.now, (owner) => {
      if (owner === null) return conclude(null);
      simulation.schedule(patienceIntervals * intervalMs, () => conclude(null));
      const process = processAddress(owner.peer.address);
      this.stores.carry(asker, process, (target) => {
        if (target === null || !claims(simulation, target.host, name))
          return this.answer(process, asker, null, conclude);
        this.stores.command(process, request, name, command, (outcome) => {
          const stands = claims(simulation, target.host, name) ? outcome : null;
          if (stands?._tag === "Stored") attempted.acknowledged(process);
          this.answer(process, asker, stands, conclude);
        });
      });
    });
  }

  private answer(
    from: Address,
    to: Address,
    outcome: StoreOutcome | null,
    conclude: (outcome: StoreOutcome | null) => void,
  ): void {
    this.stores.carry(from, to, () => conclude(outcome));
  }
}

/** Whether a virtual node of the process claims the name at this moment. */
export function claims(simulation: Simulation, host: Host, { id }: EntryName): boolean {
  const at = host.clock(simulation.now);
  return host.state.nodes.some((node) => owns(node, id, at));
}

function isFinal({ _tag }: StoreOutcome): boolean {
  return _tag !== "NotOwner" && _tag !== "NotReady" && _tag !== "Overloaded";
}
