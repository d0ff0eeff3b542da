import type { Address, Announcement, Config, Id, ProcessState, RequestId } from "@chordnet/core";
import { arcsOf, processAddress } from "@chordnet/core";
import { type Call, within } from "./call.js";
import { ChordNetError } from "./errors/errors.js";
import { Exchanges } from "./exchange/exchanges.js";
import type { ExchangeMessage } from "./exchange/message.js";
import { Handovers } from "./handover/handovers.js";
import { Heirs, type HeirsPorts } from "./handover/heirs.js";
import { peersView } from "./member/view.js";
import type { Counters } from "./observing/counters.js";
import type { Clock, Logger } from "./ports.js";
import type { Held } from "./requests/api.js";
import type { Handlers } from "./requests/handler.js";
import { Handling } from "./requests/handling.js";
import type { FoundOwner } from "./requests/owners.js";
import { Owners } from "./requests/owners.js";
import type { Request } from "./requests/request.js";
import type { Way } from "./requests/requests.js";
import { Requests } from "./requests/requests.js";
import { Tenures } from "./requests/tenure.js";
import { Commands } from "./store/commands.js";
import type { StoreSetup } from "./store/setup.js";
import type { Ending } from "./waiting/ending.js";

export interface ServicePorts {
  readonly clock: Clock;
  readonly config: Config;
  readonly counters: Counters;
  readonly logger: Logger;
  readonly handlers: Handlers;
  readonly store: StoreSetup;
  /** The end of this life. */
  readonly end: Ending;
  /** This process's address. */
  readonly self: Address;
  state(): ProcessState | null;
  /** False, and nothing has been sent, where the peer's queue has no room for it. */
  send(to: Address, message: ExchangeMessage): boolean;
  /** The longest frame that the ring's nodes read. */
  readonly frameBytesMax: number;
  readonly keepAliveMs: number;
  randomRid(): RequestId;
  randomName(): string;
  /** Rejects with a `ChordNetError`. */
  lookup(key: Id, call: Call): Promise<FoundOwner>;
}

/** What a member does for the keys that it owns, and has done by the owners of others. */
export class Service {
  readonly tenures: Tenures;
  readonly requests: Requests;
  readonly exchanges: Exchanges;
  readonly handovers: Handovers;
  readonly commands: Commands;
  readonly #ports: ServicePorts;
  readonly #owners: Owners;

  constructor(ports: ServicePorts) {
    this.#ports = ports;
    const { clock, config, logger, handlers, end } = ports;
    const arcs = arcsOf(config.space);
    this.#owners = new Owners(arcs);
    this.tenures = new Tenures({ clock, config, arcs, state: ports.state });
    this.exchanges = new Exchanges({
      clock,
      send: ports.send,
      frameBytesMax: ports.frameBytesMax,
      keepAliveMs: ports.keepAliveMs,
      randomRid: ports.randomRid,
      serve: (serving, from, client, open) => void handling.serve(serving, from, client, open),
    });
    const { tenures, exchanges } = this;
    this.handovers = new Handovers({
      clock,
      config,
      logger,
      handlers,
      tenures,
      exchanges,
      arcs,
      end,
      self: ports.self,
      randomName: ports.randomName,
      ownerOf: (point, timeoutMs) => this.#ownerOf("handover", point, timeoutMs),
    });
    this.commands = new Commands({
      clock,
      config,
      counters: ports.counters,
      logger,
      setup: ports.store,
      exchanges,
      self: ports.self,
      state: ports.state,
      randomName: ports.randomName,
      ownerOf: (point) => this.#ownerOf("store", point, 10 * config.ring.intervalMs),
    });
    const handling = new Handling({
      clock,
      config,
      logger,
      handlers,
      tenures,
      handovers: this.handovers,
      commands: this.commands,
      relay: (request, timeoutMs, { signal }) => {
        const deadline = clock.now() + timeoutMs;
        return this.requests.begin(request, { what: "request", timeoutMs, deadline, signal });
      },
    });
    this.requests = new Requests({
      clock,
      end,
      exchanges,
      way: (request, call) => this.#way(request, call),
      failed: ({ target }) => this.#owners.drop(target),
      handle: (request, gone) => handling.handle(request, ports.self, gone),
    });
  }

  /**
   * Runs it where this process owns the key. Rejects with `NOT_OWNER` where another does, and when the call is given up
   * before it has begun.
   */
  async withOwnership<A>(key: Id, run: (held: Held) => A | Promise<A>, call: Call): Promise<A> {
    for (;;) {
      const pending = this.handovers.pending(key);
      if (pending !== null) await within(this.#ports.clock, call, pending);
      const tenure = this.tenures.hold(key);
      if (tenure !== null) {
        try {
          return await run({ epoch: tenure.epoch, signal: tenure.ending.signal });
        } finally {
          tenure.end();
        }
      }
      const { to } = await this.#ports.lookup(key, call);
      if (to !== null) throw new ChordNetError("NOT_OWNER", { owner: to });
    }
  }

  announced(node: number, change: Announcement): void {
    if (change._tag === "RangeLost") {
      this.tenures.lost(change);
      this.handovers.lost(change);
    } else if (change._tag === "RangeGained") this.handovers.gained(change);
    this.commands.announced(node, change);
  }

  /**
   * Waits until nothing is being done any more and what was kept here has been taken by its new owners, or until the
   * call is given up. False: some of it is for one that is gone.
   */
  async settled(call: Call, standing: HeirsPorts["standing"]): Promise<boolean> {
    const { clock, logger, end } = this.#ports;
    const { tenures, handovers, commands } = this;
    const heirs = new Heirs({ clock, handovers, values: commands, standing, others: () => this.#others() });
    void heirs.watch();
    const settled = Promise.all([tenures.allEnded(), handovers.taken(), commands.released()]);
    await within(clock, call, end.or(settled)).catch((error: unknown) => {
      if (!end.over) logger.warn("left before all was done", error);
    });
    heirs.stop();
    return !heirs.lost;
  }

  /** The other processes that this one knows. */
  #others(): ReadonlyArray<Address> {
    const { state, clock, config } = this.#ports;
    const now = state();
    const peers = now === null ? [] : peersView(config, now, clock.now());
    return [...new Set(peers.map(({ address }) => processAddress(address)))];
  }

  close(): void {
    this.exchanges.close();
    this.commands.close();
    this.tenures.close();
  }

  async #ownerOf(
    what: string,
    point: Id,
    timeoutMs: number,
  ): Promise<{ readonly owner: Address; readonly start: Id }> {
    const { clock, lookup, self } = this.#ports;
    const call = { what, timeoutMs, deadline: clock.now() + timeoutMs, signal: null };
    const { to, start } = await lookup(point, call);
    return { owner: to ?? self, start };
  }

  async #way(request: Request, call: Call): Promise<Way> {
    if (this.tenures.claims(request.target)) return { to: null, trustedMs: Number.POSITIVE_INFINITY };
    const { clock, lookup } = this.#ports;
    const known = this.#owners.find(request.target, clock.now());
    if (known !== null) return known;
    const found = await lookup(request.target, call);
    if (found.to !== null) this.#owners.add(found, clock.now());
    return found;
  }
}
