import type { Address, Millis } from "@chordnet/core";
import type { StoreConditions } from "../schedule/scenario.js";
import type { Dice } from "../simulation/dice.js";
import type { Simulation } from "../simulation/simulation.js";
import { Disk } from "./disk.js";

/** One batch in so many takes `slowTimes` as long. */
const slowEvery = 100;
const slowTimes = 20;

/** The disks of all processes, and how long they take for what they do. */
export class Disks {
  /** The share of batches that is not done. */
  writeLoss: number;
  private readonly simulation: Simulation;
  private readonly dice: Dice;
  private readonly takesMs: StoreConditions["diskMs"];
  private readonly disks = new Map<Address, Disk>();

  constructor(simulation: Simulation, dice: Dice, { diskMs, writeLoss }: StoreConditions) {
    this.simulation = simulation;
    this.dice = dice;
    this.takesMs = diskMs;
    this.writeLoss = writeLoss;
  }

  /** The same in each life of the process. */
  of(url: Address): Disk {
    const disk = this.disks.get(url) ?? new Disk(this.simulation.config.space);
    this.disks.set(url, disk);
    return disk;
  }

  /** One batch after another: `done` when it is this one's turn to have been written. */
  write(disk: Disk, done: () => void): void {
    const { simulation } = this;
    disk.settledAt = Math.max(disk.settledAt, simulation.now) + this.ms();
    simulation.schedule(disk.settledAt - simulation.now, done);
  }

  /** Whether the batch whose turn it is fails. */
  fails(): boolean {
    return this.writeLoss > 0 && this.dice.draw() < this.writeLoss;
  }

  /** `settled`: behind all that is being written. */
  read(disk: Disk, settled: boolean, done: () => void): void {
    const { now } = this.simulation;
    const from = settled ? Math.max(disk.settledAt, now) : now;
    // The same time would not do: what was written then is to be seen.
    this.simulation.schedule(from - now + 0.001 + this.ms() / 10, done);
  }

  private ms(): Millis {
    const [least, most] = this.takesMs;
    const ms = least + this.dice.draw() * (most - least);
    return this.dice.below(slowEvery) === 0 ? slowTimes * ms : ms;
  }
}
