import type { Exchanges } from "../exchange/exchanges.js";
import type { RangeSubject } from "../exchange/message.js";
import { Trouble } from "../exchange/trouble.js";
import type { Clock, Logger } from "../ports.js";
import { Ending } from "../waiting/ending.js";
import { pause } from "../waiting/pause.js";
import type { Passed } from "./passed.js";

export interface ErrandsPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly exchanges: Exchanges;
  /** The end of this life. */
  readonly end: Ending;
  randomName(): string;
}

const restMs = 20;
const restMsMax = 1_000;

/** What is asked of the process at the other side of a range: again and again, within its time. */
export class Errands {
  readonly #ports: ErrandsPorts;

  constructor(ports: ErrandsPorts) {
    this.#ports = ports;
  }

  /**
   * Tries again what is interrupted, until its time is over, or the other side is dead or has nothing to say. Gives
   * whether it was done.
   */
  async within(
    timeoutMs: number,
    { peer }: Passed,
    attempt: (late: Ending) => Promise<void>,
  ): Promise<boolean> {
    const { clock, logger, end } = this.#ports;
    const late = new Ending();
    const giveUp = (): void => late.end(new Trouble("timeout", "the handover's time is over"));
    const stop = clock.after(timeoutMs, giveUp);
    const forget = end.onEnd(giveUp);
    let done = false;
    for (let failures = 0; !late.over; failures += 1) {
      try {
        await attempt(late);
        done = true;
        break;
      } catch (error) {
        if (error instanceof Trouble && final.has(error.reason)) break;
        // What this node's own end interrupts is no news.
        if (end.over) break;
        logger.warn("a handover was interrupted", { peer, failures, error });
        if (error instanceof Trouble && error.detail === "refused") break;
        await pause(clock, Math.min(restMs * 2 ** failures, restMsMax), late.signal);
      }
    }
    stop();
    forget();
    return done;
  }

  /** Asks the other side, and lets its response be consumed, which may take no longer than the signal says. */
  async ask(
    tag: RangeSubject["_tag"],
    { start, end, epoch, peer }: Passed,
    late: Ending,
    consume: (response: AsyncIterableIterator<Uint8Array>) => Promise<void> = finished,
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
}

/** The other side hands nothing over, or owns the range itself again. */
const final: ReadonlySet<Trouble["reason"]> = new Set(["no-handler", "unsupported", "not-owner"]);

const nothing = new Uint8Array(0);

async function finished(response: AsyncIterableIterator<Uint8Array>): Promise<void> {
  await response.next();
}
