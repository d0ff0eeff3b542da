import type { Address, Arcs, Config, Id } from "@chordnet/core";
import { LateMap, processAddress } from "@chordnet/core";
import type { Exchanges } from "../exchange/exchanges.js";
import type { RangeSubject } from "../exchange/message.js";
import type { Serving } from "../exchange/serving.js";
import { Trouble } from "../exchange/trouble.js";
import type { Clock, Logger } from "../ports.js";
import type { Handlers, TimedHandover } from "../requests/handler.js";
import type { Tenures } from "../requests/tenure.js";
import type { Ending } from "../waiting/ending.js";
import { Debts, type Owed } from "./debts.js";
import { Errands } from "./errands.js";
import type { Owing } from "./heirs.js";
import type { Gained, Lost, Passed } from "./passed.js";
import { told } from "./passed.js";
import { Pulls } from "./pulls.js";

export interface HandoversPorts {
  readonly clock: Clock;
  readonly config: Config;
  readonly logger: Logger;
  readonly handlers: Handlers;
  readonly tenures: Tenures;
  readonly exchanges: Exchanges;
  readonly arcs: Arcs;
  /** This process's address. */
  readonly self: Address;
  /** The end of this life. */
  readonly end: Ending;
  randomName(): string;
  /** The process that owns the point, and where its range begins. Rejects with a `ChordNetError`. */
  ownerOf(point: Id, timeoutMs: number): Promise<{ readonly owner: Address; readonly start: Id }>;
}

/** The other side of these acts is alive, and has what its application kept for the range. */
const handed: ReadonlySet<Gained["reason"]> = new Set(["join", "leave", "merge"]);

/**
 * What the application keeps for a range follows the range. The ring moves the token alone; then the new owner pulls
 * from the old one, and handles no request for those keys before it has it all, or its time is over. The old owner
 * keeps its copy until it is told that it is not needed. So whatever is interrupted begins again, from a copy that is
 * whole.
 */
export class Handovers implements Owing {
  readonly #ports: HandoversPorts;
  readonly #errands: Errands;
  readonly #pulls: Pulls;
  readonly #debts: Debts;
  /** By the end of each, which is a node's id: what it claimed when its lease ran out. */
  readonly #lapsed = new LateMap<Id, Omit<Passed, "peer">>();

  constructor(ports: HandoversPorts) {
    const { clock, config, arcs } = ports;
    this.#ports = ports;
    this.#errands = new Errands(ports);
    this.#pulls = new Pulls({ clock, config, arcs, errands: this.#errands });
    this.#debts = new Debts(clock, arcs);
  }

  /**
   * Called at once for each announcement: no request for the keys is handled in between. What was lost and came back is
   * owed to nobody.
   */
  gained({ start, end, peer, reason, epoch }: Gained): void {
    const { arcs, handlers } = this.#ports;
    this.#debts.cameBack({ start, end });
    const { handover } = handlers;
    const lapsed = this.#lapsed.get(end);
    this.#lapsed.delete(end);
    if (handover === null) return;
    if (lapsed !== undefined && !arcs.covers({ start, end }, lapsed)) void this.#offerAll(lapsed, handover);
    if (peer === null || !handed.has(reason) || this.#isSelf(peer.address)) return;
    this.#pulls.gained({ start, end, epoch, peer: processAddress(peer.address) }, handover, reason);
  }

  lost({ start, end, peer, reason, epoch }: Lost): void {
    const { handover } = this.#ports.handlers;
    if (reason === "lapse") this.#lapsed.set(end, { start, end, epoch });
    if (handover === null || peer === null || !handed.has(reason) || this.#isSelf(peer.address)) return;
    const passed = { start, end, epoch, peer: processAddress(peer.address) };
    if (reason === "merge") {
      void this.#offerAll(passed, handover);
      return;
    }
    const owed = this.#debts.owe(passed, handover.timeoutMs);
    // Who has a handover asks as soon as it claims. One of another ring may have claimed all along; and one that has
    // none says so when it is offered something: who leaves need not wait for it.
    const { clock, config } = this.#ports;
    clock.after(config.ring.intervalMs, () => {
      if (this.#debts.isIdle(owed)) void this.#offer(owed, handover);
    });
  }

  /** Null where the application has all that it is to have for this key. */
  pending(key: Id): Promise<unknown> | null {
    return this.#pulls.pending(key);
  }

  /** When all that is being pulled is there, or its time over. */
  pulled(): Promise<void> {
    return this.#pulls.allSettled();
  }

  owedTo(): ReadonlyArray<Address> {
    return this.#debts.owedTo();
  }

  writeOff(gone: ReadonlySet<Address>): boolean {
    return this.#debts.writeOffAll(gone);
  }

  /** When everybody has taken what this node has lost. */
  taken(): Promise<void> {
    return this.#debts.paid();
  }

  /**
   * The new owner asks for what is kept for its range, or says that it has it; or another offers what it kept. Rejects
   * with a `Trouble`, or with what the application throws.
   */
  async serve(serving: Serving, from: Address, { _tag, start, end, epoch }: RangeSubject): Promise<void> {
    const { handover } = this.#ports.handlers;
    if (handover === null) throw new Trouble("no-handler", "nothing is handed over here");
    const passed = { start, end, epoch, peer: from };
    switch (_tag) {
      case "Offer":
        this.#pulls.offered(passed, handover);
        return serving.respond(nothing);
      case "Give":
        return this.#give(serving, passed, handover);
      case "Taken":
        return this.#taken(serving, passed, handover);
    }
  }

  async #give(serving: Serving, passed: Passed, handover: TimedHandover): Promise<void> {
    if (this.#isOurs(passed)) throw new Trouble("not-owner", "the range is this node's own");
    this.#debts.asked(passed.peer, passed);
    await this.#quiet(passed, handover);
    await serving.respond(handover.give(told(this.#ports, passed, serving.gone)));
  }

  async #taken(serving: Serving, passed: Passed, handover: TimedHandover): Promise<void> {
    if (!this.#isOurs(passed)) await handover.given(told(this.#ports, passed, serving.gone));
    await serving.respond(nothing);
    this.#debts.taken(passed.peer, passed);
  }

  /** What came back to this node meanwhile is neither for the one that had it, nor to be dropped. */
  #isOurs(passed: Passed): boolean {
    const { arcs, tenures } = this.#ports;
    return tenures.claimed().some((claimed) => arcs.overlap(claimed, passed));
  }

  /**
   * Rings met, or this node lay still while others took its range: those who own it now gained nothing that would make
   * them ask. They may be many: each is looked up, from the far end on.
   */
  async #offerAll(lost: Omit<Passed, "peer">, handover: TimedHandover): Promise<void> {
    const { arcs, logger } = this.#ports;
    try {
      for (let end = lost.end; ; ) {
        const { owner, start } = await this.#ports.ownerOf(end, handover.timeoutMs);
        const whole = !arcs.has({ start: lost.start, end }, start) || start === end;
        const passed = { start: whole ? lost.start : start, end, epoch: lost.epoch, peer: owner };
        if (owner !== this.#ports.self) {
          await this.#offer(this.#debts.owe(passed, handover.timeoutMs), handover);
        }
        if (whole) return;
        end = start;
      }
    } catch (error) {
      logger.warn("what was kept for another ring's keys is offered to nobody", error);
    }
  }

  /** Whoever takes nothing, or is gone, is not waited for. */
  async #offer(owed: Owed, { timeoutMs }: TimedHandover): Promise<void> {
    const errands = this.#errands;
    const heard = await errands.within(timeoutMs, owed, (late) => errands.ask("Offer", owed, late));
    if (!heard) this.#debts.writeOff(owed);
  }

  /**
   * Nothing is being done any more for keys of the range, here, and all of it has come. What takes too long does not
   * count.
   */
  async #quiet(passed: Passed, { timeoutMs }: TimedHandover): Promise<void> {
    const { tenures, clock } = this.#ports;
    await new Promise<void>((resolve) => {
      const stop = clock.after(timeoutMs / 2, () => {
        tenures.revoke(passed);
        resolve();
      });
      void Promise.all([this.#pulls.settled(passed), tenures.ended(passed)]).then(() => {
        stop();
        resolve();
      });
    });
  }

  #isSelf(address: Address): boolean {
    return processAddress(address) === this.#ports.self;
  }
}

const nothing = new Uint8Array(0);
