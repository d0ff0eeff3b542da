import type { Config, Millis, Outcome, ProcessState } from "@chordnet/core";
import { Claims } from "./claims.js";
import type { Host } from "./host.js";
import type { Simulation } from "./simulation.js";
import type { Broken, Violation, ViolationKind } from "./violation.js";

/** What is looked at after every event. `claims`: nobody claims what another claims, and epochs rise. */
export type CheckName = "claims";

export const allChecks: ReadonlyArray<CheckName> = ["claims"];

/** So many violations are kept; those after them are counted. */
const keptMax = 100;

/** Looks at what every event changed, and keeps what broke a promise. */
export class Witness {
  readonly violations: Violation[] = [];
  /** How many there were of each kind. */
  readonly counts: Map<ViolationKind, number> = new Map();
  readonly claims: Claims;
  private readonly checks: ReadonlySet<CheckName>;

  constructor(config: Config, checks: ReadonlyArray<CheckName> = allChecks) {
    this.claims = new Claims(config);
    this.checks = new Set(checks);
  }

  /** The process took a step. */
  observe(simulation: Simulation, host: Host, before: ProcessState, _: ReadonlyArray<Outcome>): void {
    const { now } = simulation;
    for (let i = 0; i < host.state.nodes.length; i++) {
      if (host.state.nodes[i] === before.nodes[i]) continue;
      if (this.checks.has("claims")) {
        this.claims.observe(now, host, i, (broken) => this.report(now, broken));
      }
    }
  }

  /** The process was stopped. */
  unsee(host: Host): void {
    this.claims.unsee(host);
  }

  gone(now: Millis, host: Host): void {
    this.claims.gone(now, host);
  }

  report(at: Millis, broken: Broken): void {
    const count = this.counts.get(broken._tag) ?? 0;
    this.counts.set(broken._tag, count + 1);
    if (this.violations.length < keptMax) this.violations.push({ at, ...broken });
  }
}
