import {
  type DialFailure,
  type DialOptions,
  type Driver,
  formatAddress,
  type Listener,
  left,
  parseAddress,
  type RawSocket,
  right,
  type Transport,
  TransportError,
  transportOf,
} from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import { type Host, MemorySocket, type Wire } from "./memory-socket.js";

export interface MemoryOptions {
  /** The node listens at `memory://name`. */
  readonly name: string;
}

/**
 * A network inside this process, with faults to order. Two networks know nothing of each other.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { Network } from "@chordnet/transport-memory";
 *
 * const options = {
 *   incarnation: Date.now(),
 *   versions: [1, 1],
 *   describe: () => new Uint8Array(0),
 *   judge: () => null,
 *   onEvent: () => undefined,
 * };
 * const network = new Network();
 * const a = await network.transport({ name: "a" }).open(options);
 * const client = await network.transport().open(options);
 * assert.deepStrictEqual([a.address, client.address], ["memory://a", null]);
 * network.crash("a"); // without a word
 * const greeted = await client.greet("memory://a");
 * assert.strictEqual(greeted.left.reason, "refused");
 * await client.close();
 * ```
 */
export class Network {
  /** How long bytes written from now on are on their way. */
  delayMs = 0;
  readonly #listeners = new Map<string, { readonly host: Host; onSocket(socket: RawSocket): void }>();
  readonly #cuts: Array<readonly [string, string | null]> = [];
  readonly #sockets = new Set<MemorySocket>();
  readonly #wire: Wire = {
    delayMs: () => this.delayMs,
    connected: (one, other) => this.#connected(one, other),
    gone: (socket) => void this.#sockets.delete(socket),
  };
  #clients = 0;

  /** Without options: for a client, which does not listen. */
  transport(options?: MemoryOptions): Transport {
    return transportOf(this.driver(options));
  }

  /** The byte streams alone: for the conformance suite. */
  driver(options?: MemoryOptions): Driver {
    this.#clients += options === undefined ? 1 : 0;
    const host: Host = { name: options?.name ?? `client ${this.#clients}`, alive: true };
    return {
      scheme,
      canonical,
      dial: (address, dialOptions) => this.#dial(host, address, dialOptions),
      listen: options === undefined ? null : async (onSocket) => this.#listen(host, onSocket),
    };
  }

  /**
   * Silence between `one` and `other`, or between `one` and everybody, until `heal`: connections hang, dials time out.
   */
  cut(one: string, other: string | null = null): void {
    this.#cuts.push([one, other]);
  }

  /** All cuts end; what was on its way arrives. */
  heal(): void {
    this.#cuts.length = 0;
    for (const socket of this.#sockets) socket.wake();
  }

  /** The node dies without a word: its connections end, its name is free, and it can dial no more. */
  crash(name: string): void {
    const listener = this.#listeners.get(name);
    if (listener === undefined) return;
    listener.host.alive = false;
    this.#listeners.delete(name);
    for (const socket of [...this.#sockets]) if (socket.host === listener.host) socket.destroy();
  }

  #listen(host: Host, onSocket: (socket: RawSocket) => void): Listener {
    const address = canonical(`${scheme}://${host.name}`);
    if (address._tag === "Left" || address.right !== `${scheme}://${host.name}`) {
      throw new TransportError("bad-address", `${JSON.stringify(host.name)} can't be a host's name`);
    }
    if (this.#listeners.has(host.name)) {
      throw new TransportError("address-in-use", `${address.right} is in use in this network`);
    }
    const listener = { host, onSocket };
    this.#listeners.set(host.name, listener);
    return {
      address: address.right,
      close: async () => {
        if (this.#listeners.get(host.name) === listener) this.#listeners.delete(host.name);
      },
    };
  }

  async #dial(
    host: Host,
    address: string,
    { timeoutMs, signal }: DialOptions,
  ): Promise<Either<DialFailure, RawSocket>> {
    const name = address.slice(`${scheme}://`.length);
    if (!host.alive) return left({ reason: "unreachable", detail: `${host.name} crashed` });
    if (!this.#connected(host.name, name)) {
      await elapsed(timeoutMs, signal);
      return left({ reason: "timeout", detail: "no connection in time" });
    }
    await Promise.resolve();
    const listener = this.#listeners.get(name);
    if (listener === undefined) return left({ reason: "refused", detail: `nobody listens at ${address}` });
    const [ours, theirs] = MemorySocket.pair(host, listener.host, this.#wire);
    this.#sockets.add(ours).add(theirs);
    listener.onSocket(theirs);
    return right(ours);
  }

  #connected(one: string, other: string): boolean {
    return !this.#cuts.some(
      ([a, b]) =>
        (b === null && (a === one || a === other)) ||
        (a === one && b === other) ||
        (a === other && b === one),
    );
  }
}

const scheme = "memory";

const canonical: Driver["canonical"] = (text) => {
  const parsed = parseAddress(text);
  if (parsed._tag === "Left") return parsed;
  if (parsed.right.scheme !== scheme) return left({ _tag: "OtherScheme", text, expected: scheme });
  if (parsed.right.port !== null || parsed.right.path !== "") return left({ _tag: "Malformed", text });
  return right(formatAddress(parsed.right));
};

const elapsed = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    if (signal.aborted) finish();
    else signal.addEventListener("abort", finish, { once: true });
  });
