import type { Address, Announcement, Arc, Arcs, Config, Id } from "@chordnet/core";
import { formatId, processAddress } from "@chordnet/core";
import { onAborted } from "./aborts.js";
import type { HandoverRange } from "./api.js";
import { Ending } from "./ending.js";
import type { Exchanges } from "./exchange/exchanges.js";
import type { RangeSubject } from "./exchange/message.js";
import type { Serving } from "./exchange/serving.js";
import { Trouble } from "./exchange/trouble.js";
import type { Handlers, TimedHandover } from "./handler.js";
import { keyId } from "./key.js";
import type { Clock, Logger } from "./ports.js";
import type { Tenures } from "./tenure.js";

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
  /** Aborted when this life is over. */
  readonly over: AbortSignal;
  randomName(): string;
  /** The process that owns the point, and where its range begins. Rejects with a `ChordNetError`. */
  ownerOf(point: Id, timeoutMs: number): Promise<{ readonly owner: Address; readonly start: Id }>;
}

/** Keys `(start, end]` that changed hands, and the process at the other side. */
interface Passed extends Arc {
  readonly peer: Address;
  readonly epoch: number;
}

/** What another owns now, and has not taken yet. */
interface Owed extends Passed {
  asked: boolean;
}

interface Pull extends Passed {
  readonly done: Promise<void>;
}

type Gained = Extract<Announcement, { readonly _tag: "RangeGained" }>;
type Lost = Extract<Announcement, { readonly _tag: "RangeLost" }>;

/** The other side of these acts is alive, and has what its application kept for the range. */
const handed: ReadonlySet<Gained["reason"]> = new Set(["join", "leave", "merge"]);

const restMs = 20;
const restMsMax = 1_000;

/**
 * What the application keeps for a range follows the range. The ring moves the token alone; then the new owner pulls
 * from the old one, and handles no request for those keys before it has it all, or its time is over. The old owner
 * keeps its copy until it is told that it is not needed. So whatever is interrupted begins again, from a copy that is
 * whole.
 */
export class Handovers {
  readonly #ports: HandoversPorts;
  readonly #pulls = new Set<Pull>();
  readonly #owed = new Set<Owed>();
  /** By the end of each, which is a node's id: what it claimed when its lease ran out. */
  readonly #lapsed = new Map<Id, Omit<Passed, "peer">>();
  #paid: () => void = () => undefined;

  constructor(ports: HandoversPorts) {
    this.#ports = ports;
  }

  /**
   * Called at once for each announcement: no request for the keys is handled in between. What was lost and came back is
   * owed to nobody.
   */
  gained({ start, end, peer, reason, epoch }: Gained): void {
    const { arcs, handlers } = this.#ports;
    for (const owed of this.#owed) if (arcs.overlap(owed, { start, end })) this.#settle(owed);
    const { handover } = handlers;
    const lapsed = this.#lapsed.get(end);
    this.#lapsed.delete(end);
    if (handover === null) return;
    if (lapsed !== undefined && !arcs.covers({ start, end }, lapsed)) void this.#offerAll(lapsed, handover);
    if (peer === null || !handed.has(reason) || this.#isSelf(peer.address)) return;
    this.#begin({ start, end, epoch, peer: processAddress(peer.address) }, handover, reason);
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
    const owed = this.#owe(passed, handover);
    // Who has a handover asks as soon as it claims. One of another ring may have claimed all along; and one that has
    // none says so when it is offered something: who leaves need not wait for it.
    const { clock, config } = this.#ports;
    clock.after(config.ring.intervalMs, () => {
      if (this.#owed.has(owed) && !owed.asked) void this.#offer(owed, handover);
    });
  }

  /** Null where the application has all that it is to have for this key. */
  pending(key: Id): Promise<unknown> | null {
    if (this.#pulls.size === 0) return null;
    const pulls = [...this.#pulls].filter((pull) => this.#ports.arcs.has(pull, key));
    return pulls.length === 0 ? null : Promise.all(pulls.map(({ done }) => done));
  }

  /** When all that is being pulled is there, or its time over. */
  async pulled(): Promise<void> {
    await Promise.all([...this.#pulls].map(({ done }) => done));
  }

  /** When everybody has taken what this node has lost. */
  async taken(): Promise<void> {
    while (this.#owed.size > 0) {
      await new Promise<void>((resolve) => {
        this.#paid = resolve;
      });
    }
  }

  /**
   * The new owner asks for what is kept for its range, or says that it has it. Rejects with what the application
   * throws.
   */
  async serve(serving: Serving, from: Address, subject: RangeSubject): Promise<void> {
    const { handlers, tenures, arcs } = this.#ports;
    const { handover } = handlers;
    if (handover === null) throw new Trouble("no-handler", "nothing is handed over here");
    const { start, end, epoch } = subject;
    const passed = { start, end, epoch, peer: from };
    if (subject._tag === "Offer") {
      this.#begin(passed, handover, "merge");
      await serving.respond(nothing);
      return;
    }
    // What came back to this node meanwhile is neither for the one that had it, nor to be dropped.
    const ours = tenures.claimed().some((claimed) => arcs.overlap(claimed, passed));
    if (subject._tag === "Give") {
      if (ours) throw new Trouble("not-owner", "the range is this node's own");
      for (const owed of this.#owed) if (owed.peer === from && arcs.overlap(owed, passed)) owed.asked = true;
      await this.#quiet(passed, handover);
      const range = this.#range(passed, serving.gone);
      await serving.respond(handover.give(range));
      return;
    }
    if (!ours) await handover.given(this.#range(passed, serving.gone));
    await serving.respond(nothing);
    for (const owed of this.#owed) {
      if (owed.peer === from && arcs.covers(passed, owed)) this.#settle(owed);
    }
  }

  #owe(passed: Passed, { timeoutMs }: TimedHandover): Owed {
    const owed: Owed = { ...passed, asked: false };
    this.#owed.add(owed);
    this.#ports.clock.after(timeoutMs, () => this.#settle(owed));
    return owed;
  }

  #settle(owed: Owed): void {
    if (this.#owed.delete(owed)) this.#paid();
  }

  #settleWithin(arc: Arc): void {
    for (const owed of this.#owed) if (this.#ports.arcs.covers(arc, owed)) this.#settle(owed);
  }

  /** Once at a time: it may have been gained, and offered besides. */
  #begin(passed: Passed, handover: TimedHandover, reason: Gained["reason"]): void {
    const { arcs } = this.#ports;
    if ([...this.#pulls].some((pull) => pull.peer === passed.peer && arcs.covers(pull, passed))) return;
    const done = this.#within(handover.timeoutMs, passed, (late) =>
      this.#pull(passed, handover, reason, late),
    ).then(() => void this.#pulls.delete(pull));
    const pull: Pull = { ...passed, done };
    this.#pulls.add(pull);
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
          this.#owe(passed, handover);
          await this.#offer(passed, handover);
        }
        if (whole) return;
        end = start;
      }
    } catch (error) {
      logger.warn("what was kept for another ring's keys is offered to nobody", error);
    }
  }

  /** Whoever takes nothing, or is gone, is not waited for. */
  async #offer(passed: Passed, { timeoutMs }: TimedHandover): Promise<void> {
    const heard = await this.#within(timeoutMs, passed, (late) => this.#ask("Offer", passed, late, finished));
    if (!heard) this.#settleWithin(passed);
  }

  async #pull(
    passed: Passed,
    handover: TimedHandover,
    reason: Gained["reason"],
    late: Ending,
  ): Promise<void> {
    const range = this.#range(passed, late);
    await this.#ask("Give", passed, late, (chunks) =>
      Promise.resolve(handover.take({ ...range, reason, chunks })),
    );
    await this.#within(handover.timeoutMs, passed, (again) => this.#ask("Taken", passed, again, finished));
  }

  /**
   * Tries again what is interrupted, until its time is over, or the other side is dead or has nothing to say. Gives
   * whether it was done.
   */
  async #within(
    timeoutMs: number,
    { peer }: Passed,
    attempt: (late: Ending) => Promise<void>,
  ): Promise<boolean> {
    const { clock, logger, over } = this.#ports;
    const late = new Ending();
    const giveUp = (): void => late.end(new Trouble("timeout", "the handover's time is over"));
    const stop = clock.after(timeoutMs, giveUp);
    const forget = onAborted(over, giveUp);
    let done = false;
    for (let failures = 0; !late.over; failures += 1) {
      try {
        await attempt(late);
        done = true;
        break;
      } catch (error) {
        if (error instanceof Trouble && final.has(error.reason)) break;
        logger.warn("a handover was interrupted", { peer, failures, error });
        if (error instanceof Trouble && error.detail === "refused") break;
        await this.#rest(Math.min(restMs * 2 ** failures, restMsMax), late);
      }
    }
    stop();
    forget();
    return done;
  }

  /** Asks the other side, and lets its response be consumed, which may take no longer than the signal says. */
  async #ask(
    tag: RangeSubject["_tag"],
    { start, end, epoch, peer }: Passed,
    late: Ending,
    consume: (response: AsyncIterableIterator<Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const { exchanges, randomName } = this.#ports;
    const subject = { _tag: tag, start, end, epoch };
    const asked = { id: randomName(), subject, relayed: false, timeoutMs: Number.POSITIVE_INFINITY };
    const asking = exchanges.ask(peer, asked, nothing);
    const forget = late.onEnd(() => asking.cancel(late.reason));
    try {
      await late.or(consume(await asking.begun));
    } finally {
      forget();
      asking.cancel();
    }
  }

  /**
   * Nothing is being done any more for keys of the range, here, and all of it has come. What takes too long does not
   * count.
   */
  async #quiet(passed: Passed, { timeoutMs }: TimedHandover): Promise<void> {
    const { tenures, clock, arcs } = this.#ports;
    const pulls = [...this.#pulls].filter((pull) => arcs.overlap(pull, passed)).map(({ done }) => done);
    await new Promise<void>((resolve) => {
      const stop = clock.after(timeoutMs / 2, () => {
        tenures.revoke(passed);
        resolve();
      });
      void Promise.all([...pulls, tenures.ended(passed)]).then(() => {
        stop();
        resolve();
      });
    });
  }

  #rest(ms: number, late: Ending): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#ports.clock.after(ms, () => {
        forget();
        resolve();
      });
      const forget = late.onEnd(() => {
        stop();
        resolve();
      });
    });
  }

  #range(passed: Passed, { signal }: Ending): HandoverRange {
    const { config, arcs } = this.#ports;
    return {
      from: formatId(config.space, passed.start),
      to: formatId(config.space, passed.end),
      epoch: passed.epoch,
      peer: passed.peer,
      signal,
      has: (key) => arcs.has(passed, keyId(config, key)),
    };
  }

  #isSelf(address: Address): boolean {
    return processAddress(address) === this.#ports.self;
  }
}

/** The other side hands nothing over, or owns the range itself again. */
const final: ReadonlySet<Trouble["reason"]> = new Set(["no-handler", "unsupported", "not-owner"]);

const nothing = new Uint8Array(0);

async function finished(response: AsyncIterableIterator<Uint8Array>): Promise<void> {
  await response.next();
}
