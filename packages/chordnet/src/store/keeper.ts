import type {
  Address,
  Announcement,
  Company,
  Config,
  EntryName,
  Id,
  ProcessState,
  StoreAnswer,
  StoreCall,
  StoreCommand,
  StoreEffect,
  StoreHappening,
  StoreOutcome,
  StoreState,
  TaskId,
  Told,
} from "@chordnet/core";
import {
  copiesMissing,
  happeningOf,
  initialStore,
  LateMap,
  nextStoreDeadline,
  seatsSince,
  stepStore,
} from "@chordnet/core";
import { StorageError, type Volume } from "@chordnet/storage";
import type { Exchanges } from "../exchange/exchanges.js";
import type { Serving } from "../exchange/serving.js";
import { Faults } from "../member/faults.js";
import type { Counters } from "../observing/counters.js";
import { RareWarning } from "../observing/rare-warning.js";
import type { Clock, Logger } from "../ports.js";
import type { ValuesStatus } from "../status.js";
import { Alarm } from "../waiting/alarm.js";
import { Condition } from "../waiting/condition.js";
import { Calls } from "./calls.js";
import type { StoreSetup } from "./setup.js";
import { VolumeTasks } from "./volume-tasks.js";

export interface KeeperPorts {
  readonly clock: Clock;
  readonly config: Config;
  readonly counters: Counters;
  readonly logger: Logger;
  readonly setup: StoreSetup;
  readonly exchanges: Exchanges;
  /** This process's address. */
  readonly self: Address;
  state(): ProcessState | null;
  randomName(): string;
  /** The process that owns the point, and where its range begins. Rejects with a `ChordNetError`. */
  ownerOf(point: Id): Promise<{ readonly owner: Address; readonly start: Id }>;
}

/** How often the ring is looked at, at the most, where nothing is announced: so many times in an interval. */
const looksPerInterval = 2;

/** Of so many damaged values is told, each by name; whoever has more knows what to do by then. */
const damagedMax = 1_000;

/** Drives the store's state machine: what it wants is done by the storage, and by exchanges with other stores. */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #volume: Volume;
  readonly #faults: Faults;
  readonly #seldom: RareWarning;
  /** Of which damage was told. */
  readonly #damaged = new LateMap<string, true>();
  readonly #tasks: VolumeTasks;
  readonly #alarm: Alarm;
  readonly #calls: Calls;
  readonly #served = new LateMap<number, (answer: StoreAnswer) => void>();
  readonly #commands = new LateMap<number, (outcome: StoreOutcome) => void>();
  #state: StoreState;
  #told: ReadonlyArray<Told> = [];
  #noRoom: ValuesStatus["noRoom"] = null;
  #named = 0;
  #lookedAt: number = Number.NEGATIVE_INFINITY;
  #writtenOff: ReadonlySet<Address> = nobody;
  readonly #released = new Condition(() => this.#closed || this.owedTo().length === 0);
  #closed = false;

  /** `shared`: with whom the ring was when the volume was last in use. */
  constructor(ports: KeeperPorts, volume: Volume, shared: ReadonlyArray<Company>) {
    this.#ports = ports;
    this.#volume = volume;
    const { config, clock, logger, setup, self } = ports;
    this.#calls = new Calls(ports, (happening) => this.#tell(happening));
    this.#faults = new Faults(ports);
    this.#seldom = new RareWarning(logger);
    this.#alarm = new Alarm(clock, () => this.#tell({ _tag: "StoreTicked" }));
    this.#tasks = new VolumeTasks(
      volume,
      (happening) => {
        if (happening._tag === "Written" && happening.stands.length > 0) this.#noRoom = null;
        this.#tell(happening);
      },
      (error) => this.#refused(error),
    );
    const { copies, copiesMin, tombstoneMs, operationsMax, othersGone } = setup;
    const { space, ring } = config;
    const company = othersGone ? [] : shared;
    const { intervalMs } = ring;
    const settings = { space, self, copies, copiesMin, tombstoneMs, operationsMax, company, intervalMs };
    this.#state = initialStore(settings, clock.now());
    this.#seat();
  }

  /** Something changed on the ring. */
  announced(node: number, change: Announcement): void {
    this.#seat();
    const happening = happeningOf(node, change);
    if (happening !== null) this.#tell(happening);
  }

  /**
   * The ring's machine was woken by its timer. Not all that matters is announced: a list may change behind its head. A
   * timer of our own would wake a process that rests once more.
   */
  ticked(): void {
    const { clock, config } = this.#ports;
    const now = clock.now();
    if (now - this.#lookedAt < config.ring.intervalMs / looksPerInterval) return;
    this.#lookedAt = now;
    this.#seat();
  }

  /** Has a command done for a key that is claimed here at this moment. */
  command(request: string, name: EntryName, command: StoreCommand): Promise<StoreOutcome> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve({ _tag: "NotOwner" });
      this.#seat();
      this.#named += 1;
      const operation = this.#named;
      this.#commands.set(operation, resolve);
      this.#tell({ _tag: "Commanded", operation, request, name, command });
    });
  }

  /** Answers another process's store. Rejects with a `Trouble` what is no call. */
  serve(serving: Serving, from: Address): Promise<void> {
    return this.#calls.serve(serving, (call) => this.#called(from, call));
  }

  status(): ValuesStatus {
    const { entries, bytes, quotaBytes } = this.#volume.usage();
    const noRoom = this.#noRoom;
    return { entries, bytes, quotaBytes, copiesMissing: copiesMissing(this.#state), noRoom };
  }

  owedTo(): ReadonlyArray<Address> {
    const owed = this.#state.handed.filter((handed) => handed.owed && !this.#writtenOff.has(handed.to));
    return owed.map(({ to }) => to);
  }

  writeOff(gone: ReadonlySet<Address>): boolean {
    const written = this.owedTo().filter((heir) => gone.has(heir));
    this.#writtenOff = new Set([...this.#writtenOff, ...written]);
    this.#released.check();
    return written.length > 0;
  }

  /** When nobody waits any more for what this process has handed over. */
  released(): Promise<void> {
    return this.#released.holds();
  }

  close(): void {
    this.#closed = true;
    this.#alarm.stop();
    for (const settle of this.#commands.values()) settle({ _tag: "NotOwner" });
    for (const settle of this.#served.values()) settle({ _tag: "Refused", reason: "failed" });
    this.#commands.clear();
    this.#served.clear();
    this.#released.check();
  }

  #called(from: Address, call: StoreCall): Promise<StoreAnswer> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve({ _tag: "Refused", reason: "failed" });
      this.#named += 1;
      const serving = this.#named;
      this.#served.set(serving, resolve);
      this.#tell({ _tag: "Called", serving, from, call });
    });
  }

  /** Tells of what has changed of this process's places on the ring. */
  #seat(): void {
    const state = this.#ports.state();
    if (state === null) return;
    const [told, seated] = seatsSince(this.#told, state, this.#ports.clock.now());
    this.#told = told;
    for (const each of seated) this.#tell(each);
  }

  #tell(happening: StoreHappening): void {
    if (this.#closed) return;
    for (const effect of this.#step(happening)) {
      // Each for itself: those behind it are waited for, too.
      try {
        this.#run(effect);
      } catch (error) {
        this.#faults.caught(`the store's ${effect._tag}`, error);
      }
    }
    this.#released.check();
    if (!this.#closed) this.#alarm.set(this.#faults.dueAt(nextStoreDeadline(this.#state)));
  }

  #step(happening: StoreHappening): ReadonlyArray<StoreEffect> {
    const { clock } = this.#ports;
    try {
      const event = { ...happening, at: clock.now(), wall: clock.wall() };
      const [state, effects] = stepStore(this.#state, event);
      this.#state = state;
      return effects;
    } catch (error) {
      this.#faults.caught(`the store's step for ${happening._tag}`, error);
      return excuse(happening);
    }
  }

  #run(effect: StoreEffect): void {
    switch (effect._tag) {
      case "Call":
        return this.#calls.ask(effect.task, effect.to, effect.call);
      case "Forget":
        return this.#calls.forget(effect.task);
      case "Answer": {
        const settle = this.#served.get(effect.serving);
        this.#served.delete(effect.serving);
        return settle?.(effect.answer);
      }
      case "Settle": {
        const settle = this.#commands.get(effect.operation);
        this.#commands.delete(effect.operation);
        return settle?.(effect.outcome);
      }
      case "Locate":
        return this.#locate(effect.task, effect.point);
      default:
        this.#tasks.run(effect);
    }
  }

  #refused(error: unknown): void {
    if (this.#closed) return;
    const { clock, logger } = this.#ports;
    // Where there is no room each put says so: it is no fault in here, and nobody is to read of each.
    if (error instanceof StorageError && (error.code === "full" || error.code === "quota")) {
      this.#noRoom = { reason: error.code, since: this.#noRoom?.since ?? clock.wall() };
      this.#seldom.tell("the storage has no room", error.code, clock.now(), { reason: error.message });
    } else if (error instanceof StorageError && error.head !== null) this.#tellDamaged(error.message);
    else logger.error("the storage did not do what the store wanted", error);
  }

  /** Once: it is read, and mended from others' copies, as often as somebody asks. */
  #tellDamaged(detail: string): void {
    if (this.#damaged.has(detail) || this.#damaged.size === damagedMax) return;
    this.#damaged.set(detail, true);
    this.#ports.logger.error("what the storage has is damaged", { detail });
  }

  #locate(task: TaskId, point: Id): void {
    this.#ports.ownerOf(point).then(
      ({ owner, start }) => this.#tell({ _tag: "Located", task, owner: { process: owner, start } }),
      () => this.#tell({ _tag: "Located", task, owner: null }),
    );
  }
}

const nobody: ReadonlySet<Address> = new Set();

/** Whoever waits for what a step was to do is told that it did not. */
function excuse(happening: StoreHappening): ReadonlyArray<StoreEffect> {
  if (happening._tag === "Commanded") {
    const outcome = { _tag: "NotReady", reason: "storage" } as const;
    return [{ _tag: "Settle", operation: happening.operation, outcome }];
  }
  if (happening._tag !== "Called") return [];
  return [{ _tag: "Answer", serving: happening.serving, answer: { _tag: "Refused", reason: "failed" } }];
}
