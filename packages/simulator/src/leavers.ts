import type { Address, Millis } from "@chordnet/core";
import type { Host } from "./simulation/host.js";
import type { Simulation } from "./simulation/simulation.js";
import type { Stores } from "./store/stores.js";

/** Processes that leave. As real ones do, each ends when its leave is settled, and others have taken what it kept. */
export class Leavers {
  private readonly simulation: Simulation;
  private readonly stores: Stores | null;
  private readonly timeoutMs: Millis;
  private readonly gone: () => void;
  private readonly leaving = new Map<number, Host>();
  /** Until when those that have left stay to have taken what they kept. */
  private readonly stayUntil = new Map<Host, Millis>();

  /** `gone`: told of each that has ended. */
  constructor(simulation: Simulation, stores: Stores | null, timeoutMs: Millis, gone: () => void) {
    this.simulation = simulation;
    this.stores = stores;
    this.timeoutMs = timeoutMs;
    this.gone = gone;
  }

  leave(leaver: Address): void {
    const { simulation, timeoutMs } = this;
    const host = simulation.hosts.get(leaver);
    if (host === undefined) return;
    const operation = simulation.leave(leaver, timeoutMs);
    this.leaving.set(operation, host);
    if (simulation.settled.has(operation)) this.end(operation);
  }

  /** To be told of all that is settled. */
  settle(operation: number): void {
    if (this.leaving.has(operation)) this.simulation.schedule(0, () => this.end(operation));
  }

  /** Whether some are still there. */
  areLeft(): boolean {
    return [...this.leaving.values()].some((host) => this.isThere(host));
  }

  private end(operation: number): void {
    const host = this.leaving.get(operation);
    if (host === undefined) return;
    const { simulation, stores, stayUntil, timeoutMs } = this;
    const { url } = host.state;
    const until = stayUntil.get(host) ?? simulation.now + timeoutMs;
    stayUntil.set(host, until);
    const owes = stores?.owes(url) === true && simulation.now < until;
    const quarterMs = simulation.config.ring.intervalMs / 4;
    if (owes) return simulation.schedule(quarterMs, () => this.end(operation));
    this.leaving.delete(operation);
    if (!this.isThere(host)) return;
    simulation.kill(url);
    this.gone();
  }

  private isThere(host: Host): boolean {
    return this.simulation.hosts.get(host.state.url) === host;
  }
}
