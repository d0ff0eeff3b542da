import type { Address, Millis } from "@chordnet/core";
import type { Dice } from "../simulation/dice.js";
import type { Host } from "../simulation/host.js";
import { latency } from "../simulation/network.js";
import type { Simulation } from "../simulation/simulation.js";

/** Carries what stores say to each other, each way with the network's latency, cuts and losses. */
export class Courier {
  /** What is lost besides, where it is more than what the network loses. */
  loss: number;
  private readonly simulation: Simulation;
  private readonly dice: Dice;

  constructor(simulation: Simulation, dice: Dice, loss: number) {
    this.simulation = simulation;
    this.dice = dice;
    this.loss = loss;
  }

  /** Null: nobody is there, and its port refuses. */
  carry(from: Address, to: Address, arrive: (target: Host | null) => void): void {
    const { simulation } = this;
    if (this.isLost(from, to)) return;
    simulation.schedule(this.travelMs(), () => {
      const host = simulation.hosts.get(to);
      if (host !== undefined) return arrive(host);
      if (!this.isLost(to, from)) simulation.schedule(this.travelMs(), () => arrive(null));
    });
  }

  private isLost(from: Address, to: Address): boolean {
    const { links, now, weather } = this.simulation;
    return links.isCut(from, to, now) || this.dice.draw() < Math.max(weather.loss, this.loss);
  }

  private travelMs(): Millis {
    return latency(this.simulation.weather, this.dice);
  }
}
