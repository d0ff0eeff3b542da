import type { Config, Id, Owner, ProcessState, RingParameters } from "@chordnet/core";
import { configure, minMembersMost, ownDialect } from "@chordnet/core";
import type { Volume } from "@chordnet/storage";
import type { TransportEvent } from "@chordnet/transport";
import { integer } from "../checks.js";
import { randomIncarnation } from "../entropy.js";
import { ChordNetError } from "../errors/errors.js";
import { keepAliveMs } from "../exchange/exchanges.js";
import { encodeHello, judgement, usualFrameBytesMax } from "../hello.js";
import { Links } from "../links/links.js";
import type { Counters } from "../observing/counters.js";
import { flatCounts, noCounts } from "../observing/counters.js";
import { type Clock, OwnClock } from "../ports.js";
import type { Handlers } from "../requests/handler.js";
import type { Service } from "../service.js";
import type { Settings } from "../settings.js";
import type { ValuesStatus } from "../status.js";
import type { Vault } from "../store/vault.js";
import { Ending } from "../waiting/ending.js";
import { Operations } from "./operations.js";
import type { RingNodeObserver } from "./ring-node.js";
import { RingNode } from "./ring-node.js";

/** What the runtime tells the API. */
export interface RuntimeObserver extends RingNodeObserver {
  /** A connection was refused, by us or by them. */
  rejected(event: Extract<TransportEvent, { readonly _tag: "Rejected" }>): void;
}

/** What a member keeps from one life to the next. */
export interface Keeps {
  readonly handlers: Handlers;
  readonly vault: Vault;
}

/** One life of a process: its links, and from `begin` on what it is in a ring. */
export class Runtime {
  readonly incarnation: number;
  readonly counters: Counters;
  readonly startedAt: number;
  /** Its timers end with this life. */
  readonly clock: Clock;
  readonly end: Ending = new Ending();
  /** What the application asks of the machine. */
  readonly operations: Operations;
  readonly #settings: Settings;
  readonly #handlers: Handlers;
  readonly #vault: Vault;
  readonly #observer: RuntimeObserver;
  #links: Links | null = null;
  #node: RingNode | null = null;
  #member = false;
  readonly #ownClock: OwnClock;
  #closing: Promise<void> | null = null;

  /** Starts listening. `above`: the incarnation is to be higher than this. Rejects with a `ChordNetError`. */
  static async open(
    settings: Settings,
    keeps: Keeps,
    observer: RuntimeObserver,
    above = 0,
  ): Promise<Runtime> {
    const runtime = new Runtime(settings, keeps, observer, above);
    const links = await Links.open([settings.transport, ...settings.clientTransports], {
      incarnation: runtime.incarnation,
      limits: settings.linkLimits,
      describe: () => runtime.#describe(),
      judge: ({ payload }) => judgement(payload, runtime.config?.ring ?? null, runtime.address),
      clock: runtime.clock,
      logger: settings.logger,
      counters: runtime.counters,
      observer: {
        engine: () => runtime.#node?.engine ?? null,
        rejected: (event) => observer.rejected(event),
        exchanges: () => runtime.#node?.service.exchanges ?? null,
      },
    });
    runtime.#links = links;
    const { mute } = links;
    if (mute === null) return runtime;
    await links.close();
    throw new ChordNetError("BAD_OPTION", {
      option: mute === 0 ? "transport" : `clientTransports[${mute - 1}]`,
      received: "one that only dials",
      allowed: "one that listens, since others must be able to dial a member",
    });
  }

  private constructor(
    settings: Settings,
    { handlers, vault }: Keeps,
    observer: RuntimeObserver,
    above: number,
  ) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#vault = vault;
    this.#observer = observer;
    this.#ownClock = new OwnClock(settings.clock);
    this.clock = this.#ownClock;
    this.operations = new Operations(this.clock);
    this.incarnation = Math.max(randomIncarnation(settings.random, settings.clock.wall()), above + 1);
    this.counters = noCounts();
    this.startedAt = settings.clock.now();
  }

  /** The advertised URL. */
  get address(): string {
    return this.#links?.address ?? "";
  }

  /** The ring's parameters with all that follows from them; null before `begin`. */
  get config(): Config | null {
    return this.#node?.config ?? null;
  }

  /** The same after `begin`. Throws `NOT_MEMBER` before. */
  get known(): Config {
    return this.#begun().config;
  }

  get state(): ProcessState | null {
    return this.#node?.state ?? null;
  }

  /**
   * A lookup's answer where the first node owns the key and knows it at once; null: `operations` are to be asked.
   * `now` and `wall`: the clocks, which are not asked again.
   */
  ownAnswer(target: Id, now: number, wall: number): Owner | null {
    return this.#node?.ownAnswer(target, now, wall) ?? null;
  }

  /** Whether an owner counts that somebody else names, and that has not confirmed it. */
  get takesUnconfirmed(): boolean {
    return this.#settings.transport.foreign?.unconfirmed === true;
  }

  get links(): Links {
    return this.#links as Links;
  }

  /**
   * The ring is known from now on: the state machine starts, a member of nothing yet. Rejects with `STORAGE_UNUSABLE`
   * where what was kept for the ring cannot be used.
   */
  async begin(ring: RingParameters): Promise<void> {
    const volume = await this.#vault.open(ring);
    const company = await this.#vault.company();
    if (this.end.over) throw new ChordNetError("CLOSED", { phase: "closed" });
    const { transport, limits, jitter, aloneBySilence, minMembers } = this.#settings;
    // A ring that was joined may have shorter lists than the one that was thought of.
    integer("minMembers", minMembers, 1, minMembersMost(ring));
    const dialect = transport.foreign?.dialect ?? ownDialect;
    const config = configure(ring, { limits, jitter, aloneBySilence, minMembers, dialect });
    this.#node?.close();
    this.links.speak(config);
    const { clock, counters, operations, end, incarnation, links } = this;
    this.#node = new RingNode(ring, config, {
      clock,
      counters,
      operations,
      end,
      incarnation,
      links,
      settings: this.#settings,
      handlers: this.#handlers,
      self: this.address,
      frameBytesMax: this.#frameBytesMax,
      keepAliveMs: keepAliveMs(this.#settings.linkLimits.idleMs),
      observer: this.#observer,
    });
    this.#node.service.commands.begin(volume, company);
  }

  /** What this node does for its keys, after `begin`. Throws `NOT_MEMBER` before. */
  get service(): Service {
    return this.#begun().service;
  }

  /** Where this member's values lie. */
  volume(): Promise<Volume> {
    return this.#vault.open(this.known.ring);
  }

  /** What the store keeps here; null: there is none yet. */
  values(): ValuesStatus | null {
    return this.#node?.service.commands.status() ?? null;
  }

  counts(): Readonly<Record<string, number>> {
    return flatCounts(this.counters);
  }

  /** Whether to tell others in the hello that this node is a member. */
  setMember(member: boolean): void {
    this.#member = member;
  }

  /** Ends at once; what was asked and is not answered fails as closed. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#node?.close();
    this.end.end(new ChordNetError("CLOSED", { phase: "closed" }));
    this.operations.close();
    this.#ownClock.cancelAll();
    await this.links.close();
  }

  #begun(): RingNode {
    if (this.#node === null) throw new ChordNetError("NOT_MEMBER", { phase: "joining" });
    return this.#node;
  }

  get #frameBytesMax(): number {
    return this.#settings.linkLimits.frameBytesMax ?? usualFrameBytesMax;
  }

  #describe(): Uint8Array {
    const { ring = null, dialect = ownDialect } = this.config ?? {};
    const { virtualNodes } = this.#settings;
    const frameBytesMax = this.#frameBytesMax;
    return encodeHello({ ring, member: this.#member, virtualNodes, dialect, frameBytesMax });
  }
}
