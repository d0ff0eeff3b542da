import type {
  Address,
  Config,
  Distance,
  Epoch,
  Id,
  Incarnation,
  Millis,
  NodeState,
  Owner,
  Peer,
} from "@chordnet/core";
import { claim, claimUntil, distance, inRange } from "@chordnet/core";
import type { Host } from "../simulation/host.js";
import { Epochs } from "./epochs.js";
import type { Broken } from "./violation.js";

/** How long it is remembered what was claimed: longer than any lookup takes. */
const memoryMs = 120_000;

/**
 * Every claim of every node, looked at when it changes, and remembered for a while: so that an answer can be judged by
 * what was true when it was given. The claims that run are kept in the order of their ends; as they are disjoint, one
 * that changes can meet only those that end inside it, and the next one behind it.
 */
export class Claims {
  private readonly config: Config;
  private readonly epochs: Epochs;
  private readonly running: Held[] = [];
  private readonly spans = new Map<Address, Span[]>();

  constructor(config: Config) {
    this.config = config;
    this.epochs = new Epochs(config.space);
  }

  /** Something happened to this virtual node: only it can have begun to claim. */
  observe(now: Millis, host: Host, index: number, report: (broken: Broken) => void): void {
    const node = host.state.nodes[index] as NodeState;
    const held = host.held[index] ?? newlyHeld(host, node);
    host.held[index] = held;
    if (held.ownership === node.ownership) return;
    const unseen = held.ownership === null;
    held.ownership = node.ownership;
    const own = claim(node, host.clock(now));
    if (own === null) return this.end(held, now);
    const { length, epoch } = own.token;
    const { span } = held;
    const until = host.timeOf(claimUntil(node.ownership), now);
    const ran = span !== null && span.until > now && span.epoch === epoch;
    if (ran && span.length === length) span.until = until;
    else {
      this.end(held, now);
      this.begin(held, { incarnation: held.peer.incarnation, from: now, until, length, epoch }, now);
    }
    if (ran && span.length >= length && !unseen) return;
    this.meet(held, length, now, report);
    const disorder = this.epochs.paint(held.peer.id, length, epoch, held.peer.address);
    if (disorder !== null) report(disorder);
  }

  /**
   * What one virtual node gave to another within a step, it gave before that took it: who claims less is looked at
   * first.
   */
  release(now: Millis, host: Host, report: (broken: Broken) => void): void {
    for (let i = 0; i < host.held.length; i++) {
      const [node, held] = [host.state.nodes[i] as NodeState, host.held[i]];
      if (held?.span == null || held.ownership === node.ownership) continue;
      const length = claim(node, host.clock(now))?.token.length ?? 0n;
      if (length < held.span.length) this.observe(now, host, i, report);
    }
  }

  /** The process was stopped, or its clock jumped: what it claims is looked at as if it were new. */
  unsee(host: Host): void {
    for (const held of host.held) if (held !== undefined) held.ownership = null;
  }

  /** The process is gone, and what it claimed. */
  gone(now: Millis, host: Host): void {
    for (const held of host.held) if (held !== undefined) this.end(held, now);
  }

  /** Since when the answer was true, if at some instant between question and answer it was. */
  since({ peer, epoch }: Owner, key: Id, askedAt: Millis, answeredAt: Millis): Millis | null {
    const spans = this.spans.get(peer.address) ?? [];
    const span = spans.find(
      (each) =>
        each.incarnation === peer.incarnation &&
        each.epoch === epoch &&
        each.from <= answeredAt &&
        each.until >= askedAt &&
        inRange(this.config.space, key, peer.id, each.length),
    );
    return span?.from ?? null;
  }

  private meet(held: Held, length: Distance, now: Millis, report: (broken: Broken) => void): void {
    const { space } = this.config;
    const { id, address } = held.peer;
    const { running } = this;
    const place = this.place(id);
    for (let i = 1; i < running.length; i++) {
      const other = running[(place - i + running.length) % running.length] as Held;
      if (distance(space, other.peer.id, id) >= length) break;
      if (counts(other, now)) report({ _tag: "Overlap", a: address, b: other.peer.address });
    }
    for (let i = 1; i < running.length; i++) {
      const other = running[(place + i) % running.length] as Held;
      if (!counts(other, now)) continue;
      const inside = inRange(space, id, other.peer.id, other.span?.length ?? 0n);
      const told = distance(space, other.peer.id, id) < length;
      if (inside && !told) report({ _tag: "Overlap", a: address, b: other.peer.address });
      break;
    }
  }

  private begin(held: Held, span: Span, now: Millis): void {
    held.span = span;
    this.running.splice(this.place(held.peer.id), 0, held);
    const { address } = held.peer;
    const spans = (this.spans.get(address) ?? []).filter(({ until }) => until > now - memoryMs);
    this.spans.set(address, [...spans, span]);
  }

  private end(held: Held, now: Millis): void {
    if (held.span === null) return;
    held.span.until = Math.min(held.span.until, now);
    held.span = null;
    const place = this.running.indexOf(held, this.place(held.peer.id));
    this.running.splice(place, 1);
  }

  /** Of the first that ends at or behind the point. */
  private place(point: Id): number {
    let low = 0;
    let high = this.running.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.running[middle] as Held).peer.id < point) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What a virtual node was seen to claim last. */
export interface Held {
  readonly host: Host;
  readonly peer: Peer;
  /** As it was looked at; null: it has to be looked at again. */
  ownership: NodeState["ownership"] | null;
  span: Span | null;
}

/** A claim that did not change but in how long it runs. */
interface Span {
  readonly incarnation: Incarnation;
  readonly from: Millis;
  readonly length: Distance;
  readonly epoch: Epoch;
  until: Millis;
}

function newlyHeld(host: Host, { self }: NodeState): Held {
  return { host, peer: self, ownership: null, span: null };
}

/** A process that is stopped can't answer anybody, so what it claims is nobody's problem. */
function counts({ host, span }: Held, now: Millis): boolean {
  return span !== null && span.until > now && !host.isStopped(now);
}
