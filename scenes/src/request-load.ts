import { performance } from "node:perf_hooks";
import { tcp } from "@chordnet/transport-tcp";
import type { ChordNetClient } from "chordnet";
import { ChordNet, isChordNetError } from "chordnet";
import { Pace } from "./pace.js";

/** One request that a client put to the ring. */
export interface Asked {
  readonly serial: number;
  readonly key: string;
  readonly sentAt: number;
  readonly settledAt: number;
  readonly timeoutMs: number;
  readonly outcome: Acknowledged | Failed;
}

interface Acknowledged {
  readonly _tag: "Acknowledged";
  readonly count: number;
  /** Whether the owner had the entry. */
  readonly warm: boolean;
}

interface Failed {
  readonly _tag: "Failed";
  /** Null: no error of the library's. */
  readonly code: string | null;
  readonly message: string;
}

export interface RequestLoadOptions {
  readonly ratePerSecond: number;
  readonly keys: ReadonlyArray<string>;
  /** Deadlines, given to the requests in turn. */
  readonly timeoutsMs: ReadonlyArray<number>;
}

const clientCount = 4;
const tickMs = 5;

/** Puts requests to a ring at a steady rate, by clients that know all its addresses, as applications would. */
export class RequestLoad {
  readonly #options: RequestLoadOptions;
  readonly #clients: ReadonlyArray<ChordNetClient>;
  readonly #pace: Pace;
  readonly #pending = new Set<Promise<void>>();
  readonly #asked: Asked[] = [];
  #sent = 0;
  #timer: NodeJS.Timeout | null = null;

  static async open(addresses: ReadonlyArray<string>, options: RequestLoadOptions): Promise<RequestLoad> {
    const clients = Array.from({ length: clientCount }, (_, i) => {
      const first = Math.floor((i * addresses.length) / clientCount);
      const via = [...addresses.slice(first), ...addresses.slice(0, first)];
      return ChordNet.connect({ transport: tcp(), via });
    });
    return new RequestLoad(options, await Promise.all(clients));
  }

  private constructor(options: RequestLoadOptions, clients: ReadonlyArray<ChordNetClient>) {
    this.#options = options;
    this.#clients = clients;
    this.#pace = new Pace(options.ratePerSecond, () => performance.now());
  }

  get skipped(): number {
    return this.#pace.skipped;
  }

  start(): void {
    this.#pace.begin();
    this.#timer = setInterval(() => {
      for (let due = this.#pace.due(); due > 0; due -= 1) this.#send();
    }, tickMs);
  }

  /** Sends nothing more; all that were sent, each with what became of it. */
  async stop(): Promise<ReadonlyArray<Asked>> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all(this.#pending);
    return this.#asked;
  }

  /** Asks for each of the keys once more, a few at a time. */
  async askAll(): Promise<ReadonlyArray<Asked>> {
    const keys = [...this.#options.keys];
    const asked: Asked[] = [];
    const worker = async (): Promise<void> => {
      for (let key = keys.pop(); key !== undefined; key = keys.pop()) asked.push(await this.#ask(key));
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    return asked;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }

  #send(): void {
    const { keys } = this.#options;
    const key = keys[(this.#sent * 7919) % keys.length] as string;
    const done: Promise<void> = this.#ask(key).then((asked) => {
      this.#asked.push(asked);
      this.#pending.delete(done);
    });
    this.#pending.add(done);
  }

  async #ask(key: string): Promise<Asked> {
    const { timeoutsMs } = this.#options;
    const serial = this.#sent;
    this.#sent += 1;
    const timeoutMs = timeoutsMs[serial % timeoutsMs.length] as number;
    const client = this.#clients[Math.floor(serial / timeoutsMs.length) % clientCount] as ChordNetClient;
    const sentAt = performance.now();
    const outcome = await client
      .request(key, Buffer.from(String(serial)), { timeoutMs })
      .then(acknowledged, failed);
    return { serial, key, sentAt, settledAt: performance.now(), timeoutMs, outcome };
  }
}

function acknowledged(bytes: Uint8Array): Acknowledged {
  const { count, warm } = JSON.parse(Buffer.from(bytes).toString()) as Acknowledged;
  return { _tag: "Acknowledged", count, warm };
}

function failed(error: unknown): Failed {
  const message = error instanceof Error ? error.message : String(error);
  return { _tag: "Failed", code: isChordNetError(error) ? error.code : null, message };
}
