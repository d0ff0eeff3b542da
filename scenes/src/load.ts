import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Answered, Lookup } from "./lookup-log.js";
import { Pace } from "./pace.js";

/** Whoever can put a lookup to one node: the one thing the load needs of the library. */
export interface Asker {
  /** Settles within `timeoutMs`; rejects with an error that has a `code`. */
  lookup(keyId: bigint, timeoutMs: number): Promise<Answered>;
  close(): Promise<void>;
}

export interface LoadOptions {
  /** Over all nodes together. */
  readonly ratePerSecond: number;
  readonly nextKey: () => bigint;
  /** Deadlines, given to the lookups in turn. */
  readonly timeoutsMs: ReadonlyArray<number>;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

/** What a load came to. */
export interface Tally {
  readonly from: number;
  readonly to: number;
  readonly lookups: ReadonlyArray<Lookup>;
  /** Sent, and neither answered nor failed long past the deadline. */
  readonly lost: number;
  /** Not sent since the harness itself was late: the machine's shortcoming. */
  readonly skipped: number;
}

/** How far past its deadline a lookup may settle: the harness shares two cores with the nodes. */
export const graceMs = 250;

const tickMs = 5;

/** Puts lookups to all the nodes it was given, in turn, at a steady rate, and logs each. */
export class Load {
  readonly #options: LoadOptions;
  readonly #now: () => number;
  readonly #askers = new Map<string, Asker>();
  readonly #retired: Asker[] = [];
  readonly #lookups: Lookup[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #pace: Pace;
  #from = 0;
  #sent = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#now = options.now ?? ((): number => performance.now());
    this.#pace = new Pace(options.ratePerSecond, this.#now);
  }

  get lookups(): ReadonlyArray<Lookup> {
    return this.#lookups;
  }

  /** From now on this node is asked as well. */
  add(via: string, asker: Asker): void {
    this.remove(via);
    this.#askers.set(via, asker);
  }

  /** It is asked nothing more; what it was asked still counts. */
  remove(via: string): void {
    const asker = this.#askers.get(via);
    if (asker === undefined) return;
    this.#askers.delete(via);
    this.#retired.push(asker);
  }

  start(): void {
    this.begin();
    this.#timer = setInterval(() => this.tick(), tickMs);
  }

  /** As `start`, for who calls `tick` himself. */
  begin(): void {
    this.#from = this.#now();
    this.#pace.begin();
  }

  /** Sends what is due. */
  tick(): void {
    for (let due = this.#pace.due(); due > 0; due -= 1) this.#send();
  }

  /** Sends nothing more, waits until all is answered or long past its deadline, and closes the askers. */
  async stop(): Promise<Tally> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    const to = this.#now();
    const patienceMs = Math.max(...this.#options.timeoutsMs) + 2 * graceMs;
    const expired = new AbortController();
    const expiry = delay(patienceMs, undefined, { signal: expired.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#pending), expiry]);
    expired.abort();
    const lost = this.#pending.size;
    await Promise.allSettled([...this.#askers.values(), ...this.#retired].map((asker) => asker.close()));
    return { from: this.#from, to, lookups: [...this.#lookups], lost, skipped: this.#pace.skipped };
  }

  #send(): void {
    const vias = [...this.#askers];
    const chosen = vias[this.#sent % vias.length];
    if (chosen === undefined) return;
    const timeouts = this.#options.timeoutsMs;
    // Nodes and deadlines are combined in every way, also where their numbers share a divisor.
    const turn = this.#sent + Math.floor(this.#sent / vias.length);
    const timeoutMs = timeouts[turn % timeouts.length] as number;
    this.#sent += 1;
    const done: Promise<void> = this.#ask(chosen[0], chosen[1], this.#options.nextKey(), timeoutMs).finally(
      () => this.#pending.delete(done),
    );
    this.#pending.add(done);
  }

  async #ask(via: string, asker: Asker, keyId: bigint, timeoutMs: number): Promise<void> {
    this.#lookups.push(await ask(via, asker, keyId, timeoutMs, this.#now));
  }
}

/** Puts each of these keys to one node, so many at a time. */
export async function askAll(
  via: string,
  asker: Asker,
  keys: ReadonlyArray<bigint>,
  timeoutMs: number,
  inFlight = 16,
): Promise<Tally> {
  const from = performance.now();
  const waiting = [...keys];
  const lookups: Lookup[] = [];
  let lost = 0;
  const worker = async (): Promise<void> => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      const patience = new AbortController();
      const silence = delay(timeoutMs + 2 * graceMs, null, { signal: patience.signal }).catch(() => null);
      const lookup = await Promise.race([ask(via, asker, key, timeoutMs), silence]);
      patience.abort();
      if (lookup === null) lost += 1;
      else lookups.push(lookup);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { from, to: performance.now(), lookups, lost, skipped: 0 };
}

/** One lookup, logged; never rejects. */
export async function ask(
  via: string,
  asker: Asker,
  keyId: bigint,
  timeoutMs: number,
  now: () => number = () => performance.now(),
): Promise<Lookup> {
  const sentAt = now();
  try {
    const outcome = await asker.lookup(keyId, timeoutMs);
    return { via, keyId, sentAt, timeoutMs, settledAt: now(), outcome };
  } catch (error) {
    return { via, keyId, sentAt, timeoutMs, settledAt: now(), outcome: failure(error) };
  }
}

function failure(error: unknown): Lookup["outcome"] {
  const message = error instanceof Error ? error.message : String(error);
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return { _tag: "Failed", code: typeof code === "string" && code !== "" ? code : null, message };
}
