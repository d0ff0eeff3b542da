import type { Announcement, Birth, Config, Id, Owner, ProcessState, RingParameters } from "@chordnet/core";
import {
  bornProcess,
  configure,
  minMembersMost,
  ownAnswer,
  ownDialect,
  processAddress,
  rangeStart,
} from "@chordnet/core";
import type { Volume } from "@chordnet/storage";
import type { TransportEvent } from "@chordnet/transport";
import type { Call } from "./call.js";
import { integer } from "./checks.js";
import type { Counters } from "./counters.js";
import { flatCounts, noCounts } from "./counters.js";
import { Engine } from "./engine.js";
import { randomIncarnation, randomName, randomRequestId, randomSeed } from "./entropy.js";
import { ChordNetError } from "./errors.js";
import { encodeHello, judgement, usualFrameBytesMax } from "./hello.js";
import { Links } from "./links.js";
import { Operations } from "./operations.js";
import type { Clock, OwnClock } from "./ports.js";
import { ownClock } from "./ports.js";
import type { Handlers } from "./requests/handler.js";
import type { FoundOwner } from "./requests/owners.js";
import { Service } from "./service.js";
import type { Settings } from "./settings.js";
import type { ValuesStatus } from "./status.js";
import type { Vault } from "./store/vault.js";

/** What the runtime tells the API. */
export interface RuntimeObserver {
  announced(node: number, change: Announcement): void;
  /** A connection was refused, by us or by them. */
  rejected(event: Extract<TransportEvent, { readonly _tag: "Rejected" }>): void;
  /** The bytes that a `Status` message is answered with. */
  statusJson(): Uint8Array;
}

/** What a member keeps from one life to the next. */
export interface Keeps {
  readonly handlers: Handlers;
  readonly vault: Vault;
}

/**
 * One life of a process: its links, and from `begin` on its state machine.
 */
export class Runtime {
  readonly incarnation: number;
  readonly counters: Counters;
  readonly startedAt: number;
  /** Its timers end with this life. */
  readonly clock: Clock;
  /** What the application asks of the machine. */
  readonly operations: Operations;
  readonly #settings: Settings;
  readonly #handlers: Handlers;
  readonly #vault: Vault;
  readonly #observer: RuntimeObserver;
  #links: Links | null = null;
  #engine: Engine | null = null;
  #service: Service | null = null;
  #config: Config | null = null;
  #member = false;
  readonly #ownClock: OwnClock;
  readonly #over = new AbortController();
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
      judge: ({ payload }) => judgement(payload, runtime.#config?.ring ?? null, runtime.address),
      clock: runtime.clock,
      logger: settings.logger,
      counters: runtime.counters,
      observer: {
        received: (node, from, incarnation, client, message) =>
          runtime.#engine?.receive(node, from, incarnation, client, message),
        sendFailed: (node, to, message, reason) =>
          runtime.#engine?.tell(node, { _tag: "SendFailed", to, message, reason }),
        disconnected: (process) => runtime.#engine?.tell(null, { _tag: "Disconnected", process }),
        rejected: (event) => observer.rejected(event),
        exchange: {
          received: (...message) => runtime.#service?.exchanges.receive(...message),
          sendFailed: (...failure) => runtime.#service?.exchanges.sendFailed(...failure),
          unsupported: (...refusal) => runtime.#service?.exchanges.unsupported(...refusal),
          disconnected: (...end) => runtime.#service?.exchanges.disconnected(...end),
          drained: () => runtime.#service?.exchanges.drained(),
        },
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
    this.#ownClock = ownClock(settings.clock);
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
    return this.#config;
  }

  /** The same after `begin`. */
  get known(): Config {
    if (this.#config === null) throw new ChordNetError("NOT_MEMBER", { phase: "joining" });
    return this.#config;
  }

  /** Aborted when this life ends. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  get state(): ProcessState | null {
    return this.#engine?.state ?? null;
  }

  /**
   * A lookup's answer where the first node owns the key and knows it at once; null: `operations` are to be asked.
   * `now`: by this life's clock, which is not asked again.
   */
  ownAnswer(target: Id, now: number): Owner | null {
    const node = this.#engine?.state.nodes[0];
    return node === undefined ? null : ownAnswer(node, target, now, this.clock.wall());
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
    if (this.over.aborted) throw new ChordNetError("CLOSED", { phase: "closed" });
    const { transport, limits, jitter, aloneBySilence, minMembers, virtualNodes, random, logger, recorder } =
      this.#settings;
    const { clock, counters, incarnation } = this;
    const dialect = transport.foreign?.dialect ?? ownDialect;
    // A ring that was joined may have shorter lists than the one that was thought of.
    integer("minMembers", minMembers, 1, minMembersMost(ring));
    const config = configure(ring, { limits, jitter, aloneBySilence, minMembers, dialect });
    const birth: Birth = {
      url: this.address,
      incarnation,
      virtualNodes,
      seed: randomSeed(random),
      at: clock.now(),
      wall: clock.wall(),
      ring,
      limits: config.limits,
      jitter,
      aloneBySilence,
      minMembers,
      dialect,
    };
    recorder?.born(birth);
    this.#engine?.close();
    this.#service?.close();
    this.#config = config;
    this.links.speak(config);
    const state = bornProcess(birth, config);
    this.#engine = new Engine(state, this.#outside(), { clock, logger, counters, recorder });
    this.operations.begin(this.#engine);
    this.#service = new Service({
      clock,
      config,
      counters,
      logger,
      handlers: this.#handlers,
      store: this.#settings.store,
      over: this.over,
      self: this.address,
      state: () => this.state,
      send: (to, message) => this.links.exchange(to, message),
      frameBytesMax: this.#frameBytesMax,
      randomRid: () => randomRequestId(random),
      randomName: () => randomName(random),
      lookup: (key, call) => this.#wayTo(key, call),
    });
    this.#service.commands.begin(volume, company);
  }

  /** What this node does for its keys, after `begin`. */
  get service(): Service {
    if (this.#service === null) throw new ChordNetError("NOT_MEMBER", { phase: "joining" });
    return this.#service;
  }

  /** Where this member's values lie. */
  volume(): Promise<Volume> {
    return this.#vault.open(this.known.ring);
  }

  /** What the store keeps here; null: there is none yet. */
  values(): ValuesStatus | null {
    return this.#service?.commands.status() ?? null;
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

  #wayTo(target: Id, call: Call): Promise<FoundOwner> {
    return new Promise((resolve, reject) => {
      const found = (owner: Owner): void => {
        const to = processAddress(owner.peer.address);
        const end = owner.peer.id;
        const start = rangeStart(this.known.space, end, owner.length);
        resolve({ to: to === this.address ? null : to, trustedMs: owner.leaseMs, start, end });
      };
      this.operations.lookUp(target, this.#settings.lookupMode, call, found, reject);
    });
  }

  async #close(): Promise<void> {
    this.#service?.close();
    this.#engine?.close();
    this.#engine = null;
    this.#over.abort();
    this.operations.close();
    this.#ownClock.cancelAll();
    await this.links.close();
  }

  #outside(): ConstructorParameters<typeof Engine>[1] {
    const { counters } = this;
    return {
      send: (node, to, message) => this.links.send(node, to, message),
      settled: (effect) => this.operations.settle(effect),
      announced: (node, change) => {
        if (change._tag === "PeerEvicted") counters.evictions += 1;
        this.#service?.announced(node, change);
        this.#observer.announced(node, change);
      },
      suspected: (process) => this.links.renew(process),
      statusAsked: (node, { to, rid }) => {
        this.links.send(node, to, { _tag: "StatusReply", rid, json: this.#observer.statusJson() });
      },
      ticked: () => this.#service?.commands.ticked(),
      dropped: ({ from, message, reason }) => {
        counters.dropped[reason] = (counters.dropped[reason] ?? 0) + 1;
        this.#settings.logger.debug("message dropped", { from, message, reason });
      },
    };
  }

  get #frameBytesMax(): number {
    return this.#settings.linkLimits.frameBytesMax ?? usualFrameBytesMax;
  }

  #describe(): Uint8Array {
    const { ring = null, dialect = ownDialect } = this.#config ?? {};
    const { virtualNodes } = this.#settings;
    const frameBytesMax = this.#frameBytesMax;
    return encodeHello({ ring, member: this.#member, virtualNodes, dialect, frameBytesMax });
  }
}
