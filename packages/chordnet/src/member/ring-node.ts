import type {
  Address,
  Announcement,
  Birth,
  Config,
  Dropped,
  Id,
  Message,
  Owner,
  ProcessState,
  RingParameters,
  Settled,
  StatusAsked,
} from "@chordnet/core";
import {
  bornProcess,
  OwnAnswers,
  PromptAnswers,
  processAddress,
  processAt,
  rangeStart,
} from "@chordnet/core";
import type { Call } from "../call.js";
import { randomName, randomRequestId, randomSeed } from "../entropy.js";
import { frameCodec } from "../exchange/wire.js";
import type { Links } from "../links/links.js";
import type { Counters } from "../observing/counters.js";
import type { Clock } from "../ports.js";
import type { Handlers } from "../requests/handler.js";
import type { FoundOwner } from "../requests/owners.js";
import { Service } from "../service.js";
import type { Settings } from "../settings.js";
import type { Ending } from "../waiting/ending.js";
import type { Outside } from "./engine.js";
import { Engine } from "./engine.js";
import type { Operations } from "./operations.js";

/** What a process in a ring tells, and asks, of whom it belongs to. */
export interface RingNodeObserver {
  announced(node: number, change: Announcement): void;
  /** The bytes that a `Status` message is answered with. */
  statusJson(): Uint8Array;
}

export interface RingNodePorts {
  readonly settings: Settings;
  readonly handlers: Handlers;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly links: Links;
  readonly operations: Operations;
  /** The end of this life. */
  readonly end: Ending;
  /** This process's address. */
  readonly self: string;
  readonly incarnation: number;
  /** The longest frame that this process reads. */
  readonly frameBytesMax: number;
  readonly keepAliveMs: number;
  readonly observer: RingNodeObserver;
}

/**
 * What a process is in one ring, from when its parameters are known: its state machine, a member of nothing at first;
 * and what it does for its keys.
 */
export class RingNode implements Outside {
  /** The ring's parameters with all that follows from them. */
  readonly config: Config;
  readonly engine: Engine;
  readonly service: Service;
  readonly #ports: RingNodePorts;
  readonly #own = new OwnAnswers();
  #closed = false;

  constructor(ring: RingParameters, config: Config, ports: RingNodePorts) {
    this.config = config;
    this.#ports = ports;
    const { clock, counters, end, self, frameBytesMax, keepAliveMs, links, operations } = ports;
    const { logger, random, recorder, store } = ports.settings;
    const birth = this.#birth(ring);
    recorder?.born(birth);
    const state = bornProcess(birth, config);
    const prompt = new PromptAnswers(config.space, frameCodec(config));
    this.engine = new Engine(state, this, { clock, logger, counters, recorder, prompt });
    operations.begin(this.engine);
    this.service = new Service({
      clock,
      config,
      counters,
      logger,
      store,
      end,
      self,
      frameBytesMax,
      keepAliveMs,
      handlers: ports.handlers,
      state: () => this.state,
      send: (to, message) => links.exchange(to, message),
      randomRid: () => randomRequestId(random),
      randomName: () => randomName(random),
      lookup: (key, call) => this.#wayTo(key, call),
    });
  }

  /** As it is now, though nothing may have happened since the machine slept; null after `close`. */
  get state(): ProcessState | null {
    const { clock } = this.#ports;
    return this.#closed ? null : processAt(this.engine.state, clock.now(), clock.wall());
  }

  /** As `OwnAnswers` of its first virtual node; null after `close`. */
  ownAnswer(target: Id, now: number, wall: number): Owner | null {
    const first = this.#closed ? undefined : this.engine.state.nodes[0];
    return first === undefined ? null : this.#own.answer(first, target, now, wall);
  }

  close(): void {
    this.service.close();
    this.engine.close();
    this.#closed = true;
  }

  #birth(ring: RingParameters): Birth {
    const { clock, incarnation, self, settings } = this.#ports;
    const { limits, dialect } = this.config;
    const { jitter, aloneBySilence, minMembers, virtualNodes, random } = settings;
    return {
      ...{ url: self, incarnation, virtualNodes, ring, limits, jitter, aloneBySilence, minMembers, dialect },
      seed: randomSeed(random),
      at: clock.now(),
      wall: clock.wall(),
    };
  }

  #wayTo(target: Id, call: Call): Promise<FoundOwner> {
    const { operations, self, settings, clock } = this.#ports;
    return new Promise((resolve, reject) => {
      const found = (owner: Owner): void => {
        const to = processAddress(owner.peer.address);
        const end = owner.peer.id;
        const start = rangeStart(this.config.space, end, owner.length);
        resolve({ to: to === self ? null : to, trustedMs: owner.leaseMs, start, end });
      };
      const asked = { call, stop: null, resolve: found, reject };
      operations.lookUp(target, settings.lookupMode, asked, clock.now(), clock.wall());
    });
  }

  send(node: number, to: Address, message: Message): void {
    this.#ports.links.send(node, to, message);
  }

  settled(effect: Settled): void {
    this.#ports.operations.settle(effect);
  }

  announced(node: number, change: Announcement): void {
    const { counters, observer } = this.#ports;
    if (change._tag === "PeerEvicted") counters.evictions += 1;
    this.service.announced(node, change);
    observer.announced(node, change);
  }

  suspected(process: Address): void {
    this.#ports.links.renew(process);
  }

  statusAsked(node: number, { to, rid }: StatusAsked): void {
    this.send(node, to, { _tag: "StatusReply", rid, json: this.#ports.observer.statusJson() });
  }

  ticked(): void {
    this.service.commands.ticked();
  }

  dropped({ from, message, reason }: Dropped): void {
    const { counters, settings } = this.#ports;
    counters.dropped[reason] = (counters.dropped[reason] ?? 0) + 1;
    settings.logger.debug("message dropped", { from, message, reason });
  }
}
