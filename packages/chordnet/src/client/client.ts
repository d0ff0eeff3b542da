import type { Config, Message, Reply, RequestId, Resolved } from "@chordnet/core";
import { configure, formatId } from "@chordnet/core";
import { canonicalAddress } from "../address.js";
import type { Body, CallOptions, Key, LookupOptions, NodeView, Owner, Trace } from "../api.js";
import type { Call } from "../call.js";
import { beginCall, lookupNames, restOf, statusNames, within } from "../call.js";
import { lookupMode } from "../checks.js";
import { randomName } from "../entropy.js";
import { ChordNetError, isChordNetError } from "../errors/errors.js";
import { Trouble } from "../exchange/trouble.js";
import { learnRing } from "../joining/learning.js";
import { keyId } from "../key.js";
import { LookupsBase } from "../lookups.js";
import type { ConnectOptions } from "../options.js";
import type { Clock, Random } from "../ports.js";
import { newRequest } from "../requests/request.js";
import { begun, Requests, silent } from "../requests/requests.js";
import type { RingStatus, Status } from "../status.js";
import type { Store } from "../store/api.js";
import { Values } from "../store/values.js";
import { nodeView, resolvedView, traceView } from "../views.js";
import { pause } from "../waiting/pause.js";
import type { Client } from "./api.js";
import { ClientLink, silentMs } from "./client-link.js";
import { type ConnectSettings, connectSettings } from "./connect-settings.js";

/** The share of a lookup's time that the asked node has for itself, so that its answer comes in time. */
const shareOfTime = 0.9;

/** After all the nodes to ask have failed. */
const pauseMs = 100;

/**
 * Asks a ring without being a node of it. The nodes given as `via` look up for it: one at a time, the next one when it
 * fails. `ChordNet.connect` makes one.
 */
export class ChordNetClient extends LookupsBase implements Client {
  readonly #link: ClientLink;
  readonly #config: Config;
  readonly #via: ReadonlyArray<string>;
  readonly #scheme: string;
  readonly #random: Random;
  /** Whether a lookup may end with what no owner has confirmed. */
  readonly #unconfirmed: boolean;
  readonly #requests: Requests;
  readonly store: Store;
  #current: number;
  #closing: Promise<void> | null = null;
  protected readonly clock: Clock;
  protected readonly timeoutMs: number;

  /** Learns the ring's parameters from the first node that is a member. Rejects with `NO_SEED` where none is. */
  static async connect(options: ConnectOptions): Promise<ChordNetClient> {
    const settings = connectSettings(options);
    const { via, clock, timeoutMs, explicit } = settings;
    const call = beginCall(clock.now(), "connect", { signal: options.signal }, timeoutMs);
    const link = await ClientLink.open(settings);
    try {
      const lesson = await within(clock, call, learnRing(link, clock, via, explicit));
      if (lesson.ring === null)
        throw lesson.mismatch ?? new ChordNetError("NO_SEED", { seeds: lesson.troubles });
      const config = configure(lesson.ring, { dialect: lesson.dialect });
      link.speak(config, lesson.frameBytesMax);
      return new ChordNetClient(link, config, settings, Math.max(0, via.indexOf(lesson.from ?? "")));
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  private constructor(
    link: ClientLink,
    config: Config,
    { via, transport, clock, timeoutMs, random }: ConnectSettings,
    first: number,
  ) {
    super();
    this.#link = link;
    this.#config = config;
    this.#via = via;
    this.#current = first;
    this.#scheme = transport.scheme;
    this.#unconfirmed = transport.foreign?.unconfirmed ?? true;
    this.clock = clock;
    this.timeoutMs = timeoutMs;
    this.#random = random;
    this.#requests = new Requests({
      clock,
      end: link.end,
      exchanges: link.exchanges,
      // The node that is asked finds the owner, again and again if it must.
      way: async () => ({ to: this.firstNode(), trustedMs: Number.POSITIVE_INFINITY }),
      failed: (_, { to }, { reason, detail }) => {
        // Whether it is busy, or the way to it lost: then this is what finds that out.
        if (detail === silent) this.inspect(to ?? "", { timeoutMs: 2 * silentMs }).catch(() => undefined);
        const gone = reason === "unreachable" || reason === "interrupted";
        if (gone && to === this.firstNode()) this.#current += 1;
      },
      handle: () => Promise.reject(new Trouble("no-handler", "a client has none")),
    });
    this.store = new Values({
      config: () => config,
      randomName: () => randomName(random),
      request: (what, request, options = {}) => this.#requests.request(request, this.#call(what, options)),
    });
  }

  get ring(): RingStatus {
    return this.#config.ring;
  }

  keyId(key: Key): string {
    return formatId(this.#config.space, keyId(this.#config, key));
  }

  async lookup(key: Key, options: LookupOptions = {}): Promise<Owner> {
    const call = this.#call("lookup", options, lookupNames);
    const iterative = options.mode !== undefined && lookupMode("mode", options.mode) === "iterative";
    return (await this.#query(call, key, iterative)).owner;
  }

  async trace(key: Key, options: CallOptions = {}): Promise<Trace> {
    return this.#query(this.#call("trace", options), key, true);
  }

  async inspect(address: string, options: CallOptions = {}): Promise<NodeView> {
    const call = this.#call(`inspect ${address}`, options);
    const reply = await this.#ask(address, call, (rid) => ({ _tag: "Inspect", rid }));
    return nodeView(this.#config, expected(reply, "Inspected", address));
  }

  async status(options: CallOptions & { readonly address?: string | undefined } = {}): Promise<Status> {
    const call = this.#call("status", options, statusNames);
    const address = options.address ?? this.firstNode();
    const reply = await this.#ask(address, call, (rid) => ({ _tag: "Status", rid }));
    return statusOf(expected(reply, "StatusReply", address).json, address);
  }

  async request(key: Key, bytes: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    const request = newRequest(this.#config, this.#random, key, bytes);
    return this.#requests.request(request, this.#call("request", options));
  }

  stream(key: Key, body: Body, options: CallOptions = {}): AsyncIterableIterator<Uint8Array> {
    const request = newRequest(this.#config, this.#random, key, body);
    const call = this.#call("stream", options);
    return begun(() => this.#requests.begin(request, call));
  }

  close(): Promise<void> {
    this.#closing ??= this.#link.close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected firstNode(): string {
    return this.#via[this.#current % this.#via.length] as string;
  }

  /** Asks one node after another until one of them knows, or the time is over. */
  async #query(call: Call, key: Key, trace: boolean): Promise<Trace> {
    const target = keyId(this.#config, key);
    let last: ChordNetError | null = null;
    for (let failures = 1; ; failures += 1) {
      const via = this.firstNode();
      const part = this.#partOf(call);
      try {
        const reply = await this.#link.request(via, part, (rid) => {
          const timeoutMs = Math.max(1, Math.round((part.deadline - this.clock.now()) * shareOfTime));
          return { _tag: "Query", rid, target, timeoutMs, trace };
        });
        const resolved = expected(reply, "Resolved", via);
        return traceView(this.#config, this.#owner(resolved), resolved.trace);
      } catch (error) {
        if (!(error instanceof ChordNetError) || !passes(error)) throw error;
        // What stood in the way says more than that the time is over.
        if (this.clock.now() >= call.deadline) throw last ?? error;
        if (error.code !== "TIMEOUT") last = error;
        if (this.firstNode() === via) this.#current += 1;
        if (failures % this.#via.length === 0) await this.#pause(call, error);
      }
    }
  }

  #owner(resolved: Resolved): Owner {
    const owner = resolvedView(this.#config, resolved);
    if (owner.confirmed || this.#unconfirmed) return owner;
    throw new ChordNetError("UNCONFIRMED", { what: `${owner.address} would be the owner` });
  }

  /** One that hangs must not use up the time of the others. */
  #partOf(call: Call): Call {
    if (this.#via.length === 1) return call;
    const left = call.deadline - this.clock.now();
    return { ...call, deadline: this.clock.now() + Math.min(left, Math.max(1_000, left / 2)) };
  }

  /** Rejects with what went wrong last where there is no time for another try. */
  async #pause(call: Call, last: ChordNetError): Promise<void> {
    const { timeoutMs } = restOf(this.clock, call);
    if (timeoutMs <= pauseMs) throw last;
    await within(this.clock, call, pause(this.clock, pauseMs, this.#link.end.signal));
    if (this.#closing !== null) throw new ChordNetError("CLOSED", { phase: "closed" });
  }

  #ask(address: string, call: Call, make: (rid: RequestId) => Message): Promise<Reply> {
    return this.#link.request(canonicalAddress(address, this.#scheme), call, make);
  }

  #call(what: string, options: CallOptions, names?: ReadonlyArray<string>): Call {
    if (this.#closing !== null) throw new ChordNetError("CLOSED", { phase: "closed" });
    return beginCall(this.clock.now(), what, options, this.timeoutMs, names);
  }
}

function statusOf(json: Uint8Array, address: string): Status {
  try {
    return JSON.parse(new TextDecoder().decode(json)) as Status;
  } catch (cause) {
    const data = { address, reason: "wrong-form", detail: "its status is no JSON" };
    throw new ChordNetError("REFUSED", data, { cause });
  }
}

/** Whether another node, or the same one later, may do better. */
function passes(error: ChordNetError): boolean {
  if (isChordNetError(error, "REFUSED")) return !lasting.has(error.data.reason);
  return error.code === "PEER_UNREACHABLE" || error.code === "TIMEOUT";
}

const lasting: ReadonlySet<string> = new Set(["unsupported", "wrong-form"]);

function expected<T extends Reply["_tag"]>(
  reply: Reply,
  tag: T,
  address: string,
): Extract<Reply, { readonly _tag: T }> {
  if (reply._tag === tag) return reply as Extract<Reply, { readonly _tag: T }>;
  if (reply._tag !== "Refused") {
    throw new ChordNetError("REFUSED", {
      address,
      reason: "wrong-form",
      detail: `it answered with ${reply._tag}`,
    });
  }
  const { code, detail } = reply;
  if (code === "no-owner")
    throw new ChordNetError("NO_OWNER", { attempts: 1, last: detail === "" ? "no-owner" : detail });
  throw new ChordNetError("REFUSED", { address, reason: code, detail });
}
