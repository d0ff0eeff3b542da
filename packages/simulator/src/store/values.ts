import type { Address, EntryName, Millis, StoreCommand, StoreOutcome } from "@chordnet/core";
import { owns, processAddress, utf8 } from "@chordnet/core";
import type { Host } from "../host.js";
import { idealOwner } from "../ideal.js";
import type { StoreConditions } from "../scenario.js";
import type { Simulation } from "../simulation.js";
import type { Disk } from "./disk.js";
import type { Stores } from "./stores.js";

/** What became of all commands. */
export interface StoreFigures {
  readonly stored: number;
  readonly read: number;
  /** Not done in time. A change may have been made all the same. */
  readonly failed: number;
  /** Bytes of values that were sent from one process to another. */
  readonly bytesSent: number;
  /** Bytes of values that each process keeps in the end. */
  readonly heldBytes: Readonly<Record<Address, number>>;
}

/** What is known of a key from outside. */
interface Known {
  readonly name: EntryName;
  /** The latest change that was acknowledged; null value: it was deleted. */
  acknowledged: { readonly version: number; readonly value: string | null } | null;
  /** Deletes of which it is not known whether they were done: then nothing may be there. */
  openDeletes: number;
  /** What was acknowledged under which version. */
  readonly values: Map<number, string | null>;
}

interface Attempted {
  readonly asker: Address;
  readonly host: Host;
  readonly key: number;
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

/** How long after the last trouble nothing may be out of place. */
export const inPlaceIntervals = 150;

/** Changes and reads during a run. Each is judged when it is answered, and all that is kept in the end. */
export class Values {
  private readonly simulation: Simulation;
  private readonly stores: Stores;
  private readonly conditions: StoreConditions;
  private readonly keys: ReadonlyArray<Known>;
  private requests = 0;
  private stored = 0;
  private read = 0;
  private failed = 0;

  constructor(
    simulation: Simulation,
    stores: Stores,
    conditions: StoreConditions,
    points: ReadonlyArray<EntryName["id"]>,
  ) {
    this.simulation = simulation;
    this.stores = stores;
    this.conditions = conditions;
    this.keys = points.map((id, i) => ({
      name: { id, key: utf8(`key ${i}`) },
      acknowledged: null,
      openDeletes: 0,
      values: new Map(),
    }));
  }

  figures(): StoreFigures {
    const { stored, read, failed } = this;
    const heldBytes = this.living().map(([{ state }, { entries }]) => {
      const bytes = [...entries.values()].reduce((sum, { valueBytes }) => sum + valueBytes, 0);
      return [state.url, bytes] as const;
    });
    return {
      stored,
      read,
      failed,
      bytesSent: this.stores.bytesSent,
      heldBytes: Object.fromEntries(heldBytes),
    };
  }

  /** `acknowledged`: told of the owner, in the moment in which it says that the value is stored. */
  put(asker: Address, key: number, acknowledged: (owner: Address) => void = () => undefined): void {
    const value = `value ${this.requests} of ${key}`;
    this.change(asker, key, { _tag: "Put", value: utf8(value) }, value, acknowledged);
  }

  delete(asker: Address, key: number): void {
    const known = this.known(key);
    known.openDeletes++;
    this.change(asker, key, { _tag: "Delete" }, null);
  }

  get(asker: Address, key: number): void {
    const known = this.known(key);
    const floor = known.acknowledged;
    this.begin(asker, key, { _tag: "Get" }, (outcome) => {
      if (outcome === null) return;
      this.read++;
      const flaw = flawOf(outcome, floor, known);
      if (flaw === null || !this.conditions.spaced) return;
      this.simulation.witness.report(this.simulation.now, { _tag: "StaleValue", key, asker, instead: flaw });
    });
  }

  /** Somebody is gone: where losses come one after another, each acknowledged change is still with somebody. */
  judgeLoss(): void {
    if (!this.conditions.spaced) return;
    this.keys.forEach(({ name, acknowledged }, key) => {
      if (acknowledged === null) return;
      const { version } = acknowledged;
      const isKept = this.living().some(([, disk]) => (disk.read(name)?.version ?? 0) >= version);
      if (!isKept) this.tell({ _tag: "ValueLost", key });
    });
  }

  /** In the ideal ring, long after the last trouble: what is kept where, and what is read. */
  judge(): void {
    this.judgeLoss();
    // A schedule that is being made smaller may leave nobody.
    if (this.simulation.members().length === 0) return;
    this.keys.forEach((_, key) => {
      this.judgePlaces(key);
      this.judgeRead(key);
    });
  }

  private change(
    asker: Address,
    key: number,
    command: StoreCommand,
    value: string | null,
    acknowledged: Attempted["acknowledged"] = () => undefined,
  ): void {
    const known = this.known(key);
    const conclude = (outcome: StoreOutcome | null): void => {
      if (outcome?._tag !== "Stored") return;
      this.stored++;
      const { version } = outcome;
      if (value === null) known.openDeletes--;
      known.values.set(version, value);
      if (version > (known.acknowledged?.version ?? 0)) known.acknowledged = { version, value };
    };
    this.begin(asker, key, command, conclude, acknowledged);
  }

  private begin(
    asker: Address,
    key: number,
    command: StoreCommand,
    done: Attempted["done"],
    acknowledged: Attempted["acknowledged"] = () => undefined,
  ): void {
    const { simulation } = this;
    const host = simulation.hosts.get(asker);
    if (host === undefined) return;
    const deadline = simulation.now + timeoutIntervals * simulation.config.ring.intervalMs;
    const request = `request ${++this.requests}`;
    this.attempt({ asker, host, key, request, command, deadline, done, acknowledged });
  }

  /** Looks up the owner, asks it, and again, until it is done or the time is over: as the runtime does. */
  private attempt(attempted: Attempted): void {
    const { simulation } = this;
    const { intervalMs } = simulation.config.ring;
    const { asker, host, key, request, command, deadline, done } = attempted;
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
    const { name } = this.known(key);
    simulation.find(asker, name.id, deadline - simulation.now, (owner) => {
      if (owner === null) return conclude(null);
      simulation.schedule(patienceIntervals * intervalMs, () => conclude(null));
      const process = processAddress(owner.peer.address);
      this.stores.carry(asker, process, (target) => {
        if (target === null || !this.claims(target.host, name))
          return this.answer(process, asker, null, conclude);
        this.stores.command(process, request, name, command, (outcome) => {
          const stands = this.claims(target.host, name) ? outcome : null;
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

  private claims(host: Host, { id }: EntryName): boolean {
    const at = host.clock(this.simulation.now);
    return host.state.nodes.some((node) => owns(node, id, at));
  }

  private living(): ReadonlyArray<readonly [Host, Disk]> {
    return [...this.simulation.hosts.values()].map((host) => [host, this.stores.keeper(host).disk]);
  }

  private judgePlaces(key: number): void {
    const { simulation, conditions } = this;
    const { name } = this.known(key);
    const members = simulation.members();
    const holders = new Set<Address>();
    const owner = idealOwner(members, name.id);
    const first = members.findIndex(({ self }) => self.address === owner.address);
    for (let i = 0; i < members.length && holders.size < conditions.copies; i++) {
      const { self } = members[(first + i) % members.length] as (typeof members)[number];
      holders.add(processAddress(self.address));
    }
    const prints = new Map<Address, bigint | null>();
    for (const [host, disk] of this.living()) {
      prints.set(host.state.url, disk.read(name)?.fingerprint ?? null);
    }
    const right = prints.get(processAddress(owner.address)) ?? null;
    for (const [holder, print] of prints) {
      const wanted = holders.has(holder) ? right : null;
      if (print === wanted) continue;
      const flaw = !holders.has(holder)
        ? "should have nothing"
        : print === null
          ? "has nothing"
          : "has another";
      this.tell({ _tag: "ReplicasDiffer", key, holder, flaw });
    }
  }

  private judgeRead(key: number): void {
    const known = this.known(key);
    const floor = known.acknowledged;
    const [member] = this.simulation.members();
    if (member === undefined) return;
    const asker = processAddress(member.self.address);
    this.begin(asker, key, { _tag: "Get" }, (outcome) => {
      if (outcome === null) this.tell({ _tag: "ValueUnread", key, instead: "no answer" });
      const flaw = outcome === null ? null : flawOf(outcome, floor, known);
      if (flaw !== null && this.conditions.spaced) this.tell({ _tag: "ValueUnread", key, instead: flaw });
    });
  }

  private tell(broken: Parameters<Simulation["witness"]["report"]>[1]): void {
    this.simulation.witness.report(this.simulation.now, broken);
  }

  private known(key: number): Known {
    return this.keys[key % this.keys.length] as Known;
  }
}

/** What is wrong with a read, by what was acknowledged before it; null: nothing. */
function flawOf(
  outcome: StoreOutcome,
  floor: Known["acknowledged"],
  { values, openDeletes }: Known,
): string | null {
  if (outcome._tag === "Absent") {
    if (floor === null || floor.value === null || openDeletes > 0) return null;
    const deletedSince = [...values].some(([version, value]) => version > floor.version && value === null);
    return deletedSince ? null : "absent";
  }
  if (outcome._tag !== "Found") return outcome._tag;
  if (outcome.version < (floor?.version ?? 0)) return `version ${outcome.version}, not ${floor?.version}`;
  const known = values.get(outcome.version);
  const read = String.fromCharCode(...outcome.value);
  return known === undefined || known === read ? null : `${read}, not ${known}`;
}

function isFinal({ _tag }: StoreOutcome): boolean {
  return _tag !== "NotOwner" && _tag !== "NotReady" && _tag !== "Overloaded";
}
