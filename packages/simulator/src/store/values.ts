import type { Address, EntryName, Millis, StoreCommand, StoreOutcome } from "@chordnet/core";
import { copiesMissing, processAddress, utf8 } from "@chordnet/core";
import { idealOwner } from "../checks/ideal.js";
import type { StoreConditions } from "../schedule/scenario.js";
import type { Host } from "../simulation/host.js";
import type { Simulation } from "../simulation/simulation.js";
import type { Attempted } from "./attempts.js";
import { Attempts, claims, ignored } from "./attempts.js";
import { underWay } from "./bounds.js";
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
  acknowledged: { readonly version: number; readonly value: string | null; readonly at: Millis } | null;
  /** Deletes of which it is not known whether they were done: then nothing may be there. */
  openDeletes: number;
  /** What was acknowledged under which version. */
  readonly values: Map<number, string | null>;
}

/** How long it may take until an owner knows that somebody is gone, or has missed something. */
const knownIntervals = 20;

/** How long after the last trouble nothing may be out of place. */
export const inPlaceIntervals = 150;

/** Changes and reads during a run. Each is judged when it is answered, and all that is kept in the end. */
export class Values {
  private readonly simulation: Simulation;
  private readonly stores: Stores;
  private readonly conditions: StoreConditions;
  private readonly keys: ReadonlyArray<Known>;
  private readonly attempts: Attempts;
  private lostAt = Number.NEGATIVE_INFINITY;
  private stored = 0;
  private read = 0;

  constructor(
    simulation: Simulation,
    stores: Stores,
    conditions: StoreConditions,
    points: ReadonlyArray<EntryName["id"]>,
  ) {
    this.simulation = simulation;
    this.stores = stores;
    this.attempts = new Attempts(simulation, stores);
    this.conditions = conditions;
    this.keys = points.map((id, i) => ({
      name: { id, key: utf8(`key ${i}`) },
      acknowledged: null,
      openDeletes: 0,
      values: new Map(),
    }));
  }

  figures(): StoreFigures {
    const { stored, read } = this;
    const heldBytes = this.living().map(([{ state }, { entries }]) => {
      const bytes = [...entries.values()].reduce((sum, { valueBytes }) => sum + valueBytes, 0);
      return [state.url, bytes] as const;
    });
    return {
      stored,
      read,
      failed: this.attempts.failed,
      bytesSent: this.stores.bytesSent,
      heldBytes: Object.fromEntries(heldBytes),
    };
  }

  /** `acknowledged`: told of the owner, in the moment in which it says that the value is stored. */
  put(asker: Address, key: number, acknowledged: Attempted["acknowledged"] = ignored): void {
    const value = `value ${this.attempts.begun} of ${key}`;
    this.change(asker, key, { _tag: "Put", value: utf8(value) }, value, acknowledged);
  }

  delete(asker: Address, key: number): void {
    const known = this.known(key);
    known.openDeletes++;
    this.change(asker, key, { _tag: "Delete" }, null);
  }

  get(asker: Address, key: number): void {
    this.judgeTold(key);
    const known = this.known(key);
    const floor = known.acknowledged;
    this.attempts.begin(asker, known.name, { _tag: "Get" }, (outcome) => {
      if (outcome === null) return;
      this.read++;
      const flaw = flawOf(outcome, floor, known);
      if (flaw === null || !this.conditions.spaced) return;
      this.simulation.witness.report(this.simulation.now, { _tag: "StaleValue", key, asker, instead: flaw });
    });
  }

  /** Somebody is gone: where losses come one after another, each acknowledged change is still with somebody. */
  judgeLoss(): void {
    this.lostAt = this.simulation.now;
    if (!this.conditions.spaced) return;
    this.keys.forEach(({ name, acknowledged }, key) => {
      if (acknowledged === null || this.isForgotten(key)) return;
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

  /** In the ideal ring, long after the last command: nothing is under way, and each store knows of all copies. */
  judgeRest(): void {
    const living = this.living();
    const missing = Math.max(0, this.conditions.copies - living.length);
    for (const [host] of living) {
      const { state, served } = this.stores.keeper(host);
      const what = underWay(state, served.size);
      if (what !== null) this.tell({ _tag: "Unsettled", process: host.url, what });
      const told = copiesMissing(state);
      if (told !== null && told !== missing)
        this.tell({ _tag: "CopiesMistold", owner: host.url, told, missing });
    }
  }

  /** An owner that says that no copy is missing is right, but for what is on its way, or just lost. */
  private judgeTold(key: number): void {
    const { simulation, conditions } = this;
    const { name, acknowledged } = this.known(key);
    const since = simulation.now - knownIntervals * simulation.config.ring.intervalMs;
    if (!conditions.spaced || acknowledged === null || acknowledged.at > since || this.lostAt > since) return;
    const owner = [...simulation.hosts.values()].find((host) => claims(simulation, host, name));
    if (owner === undefined || copiesMissing(this.stores.keeper(owner).state) !== 0) return;
    const kept = this.living().filter(([, disk]) => (disk.read(name)?.version ?? 0) >= acknowledged.version);
    const missing = conditions.copies - kept.length;
    if (missing > 0 && !this.isForgotten(key))
      this.tell({ _tag: "CopiesMistold", owner: owner.url, told: 0, missing });
  }

  private change(
    asker: Address,
    key: number,
    command: StoreCommand,
    value: string | null,
    acknowledged: Attempted["acknowledged"] = ignored,
  ): void {
    const known = this.known(key);
    const from = known.acknowledged?.version ?? 0;
    const conclude = (outcome: StoreOutcome | null): void => {
      if (outcome?._tag !== "Stored") return;
      this.stored++;
      const { version } = outcome;
      if (value === null) known.openDeletes--;
      if (version <= from && this.conditions.spaced)
        this.tell({ _tag: "VersionFell", key, from, to: version });
      known.values.set(version, value);
      if (version > (known.acknowledged?.version ?? 0))
        known.acknowledged = { version, value, at: this.simulation.now };
    };
    this.attempts.begin(asker, known.name, command, conclude, acknowledged);
  }

  /** It was deleted, or may have been, and the tombstone kept long enough. */
  private isForgotten(key: number): boolean {
    const { acknowledged, openDeletes } = this.known(key);
    if (acknowledged === null) return false;
    const { value, at } = acknowledged;
    const keptMs = this.simulation.now - at;
    return (value === null || openDeletes > 0) && keptMs > this.conditions.tombstoneMs / 2;
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
    this.attempts.begin(asker, known.name, { _tag: "Get" }, (outcome) => {
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
