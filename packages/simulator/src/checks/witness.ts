import type { Event, Millis, NodeState, ProcessState } from "@chordnet/core";
import { isMember, processAddress, step } from "@chordnet/core";
import type { Host } from "../simulation/host.js";
import { boundFlaw } from "./bounds.js";
import { Claims } from "./claims.js";
import type { Population } from "./ring-check.js";
import { listFlaw, movesRing, RingCheck } from "./ring-check.js";
import type { Broken, Violation, ViolationKind } from "./violation.js";

/** What is looked at after every event. */
export type CheckName =
  /** Nobody claims what another claims, and epochs rise. Costs next to nothing where no claim changes. */
  | "claims"
  /** Everything that a node keeps is within its bound. */
  | "bounds"
  /** Successor lists are in order, without duplicates. */
  | "lists"
  /**
   * There is one ring, in order, and everybody has a successor that is alive. Costs as much as there are nodes, when
   * lists change.
   */
  | "ring"
  /** Nobody sends anything to itself. Takes every 16th step of a node again, by itself. */
  | "self";

export const allChecks: ReadonlyArray<CheckName> = ["claims", "bounds", "lists", "ring", "self"];

/** Those whose cost does not grow with the ring. */
export const cheapChecks: ReadonlyArray<CheckName> = ["claims", "bounds"];

/** How many violations are kept; those after them are only counted. */
const keptMax = 100;

const everySo = 16;

/** Those who are watched, and their clock. */
interface Watched extends Population {
  readonly now: Millis;
}

/** Looks at what every event changed, and keeps what broke a promise. */
export class Witness {
  readonly violations: Violation[] = [];
  /** How many there were of each kind. */
  readonly counts: Map<ViolationKind, number> = new Map();
  readonly claims: Claims;
  private readonly checks: Readonly<Record<CheckName, boolean>>;
  private readonly watched: Watched;
  private readonly ring: RingCheck;
  private steps = 0;

  constructor(watched: Watched, checks: ReadonlyArray<CheckName>) {
    this.watched = watched;
    this.claims = new Claims(watched.config);
    this.ring = new RingCheck(watched);
    this.checks = asked(checks);
  }

  /** The process took a step. */
  observe(host: Host, before: ProcessState, node: number | null, event: Event): void {
    const { checks } = this;
    const { nodes } = host.state;
    if (checks.self && node !== null && ++this.steps % everySo === 0)
      this.stepAgain(before.nodes[node], event);
    if (before === host.state) return;
    let moved = false;
    let failed = false;
    if (checks.claims && nodes.length > 1) this.claims.release(this.watched.now, host, this.tell);
    for (let i = 0; i < nodes.length; i++) {
      const [was, is] = [before.nodes[i] as NodeState, nodes[i] as NodeState];
      if (was === is) continue;
      if (checks.claims) this.claims.observe(this.watched.now, host, i, this.tell);
      if (checks.bounds) this.tellIfBroken(boundFlaw(was, is));
      if (checks.lists && was.pointers.successors !== is.pointers.successors) this.tellIfBroken(listFlaw(is));
      if (!checks.ring) continue;
      moved ||= movesRing(was, is);
      failed ||= isMember(was) && !isMember(is);
    }
    if (moved) this.ring.look(failed || this.isLastWord(event), this.tell);
  }

  /** The process was woken. What was due is done, and nothing is due at once for ever. */
  rest(host: Host): void {
    if (!this.checks.bounds) return;
    const { now } = this.watched;
    const what = host.ticks.flaw(now, host.isDue(now));
    if (what !== null) this.tell({ _tag: "Restless", process: host.url, what });
  }

  /** What comes from a process that is gone was under way when it failed. */
  private isLastWord(event: Event): boolean {
    if (event._tag !== "Received" || event.client) return false;
    const sender = this.watched.hosts.get(processAddress(event.from));
    return sender === undefined || sender.state.incarnation !== event.incarnation;
  }

  /** The process was stopped. */
  unsee(host: Host): void {
    this.claims.unsee(host);
  }

  /** The process is gone. */
  gone(host: Host): void {
    this.claims.gone(this.watched.now, host);
    if (this.checks.ring) this.ring.look(true, this.tell);
  }

  report(at: Millis, broken: Broken): void {
    const count = this.counts.get(broken._tag) ?? 0;
    this.counts.set(broken._tag, count + 1);
    if (this.violations.length < keptMax) this.violations.push({ at, ...broken });
  }

  private readonly tell = (broken: Broken): void => this.report(this.watched.now, broken);

  private tellIfBroken(broken: Broken | null): void {
    if (broken !== null) this.tell(broken);
  }

  private stepAgain(node: NodeState | undefined, event: Event): void {
    if (node === undefined) return;
    for (const effect of step(node, event)[1]) {
      if (effect._tag !== "Send" || effect.to !== node.self.address) continue;
      this.tell({ _tag: "ToItself", node: node.self.address, message: effect.message._tag });
    }
  }
}

/** Looked up after every event: as fields, and not in a set. */
function asked(checks: ReadonlyArray<CheckName>): Readonly<Record<CheckName, boolean>> {
  const is = (check: CheckName): boolean => checks.includes(check);
  return {
    claims: is("claims"),
    bounds: is("bounds"),
    lists: is("lists"),
    ring: is("ring"),
    self: is("self"),
  };
}
