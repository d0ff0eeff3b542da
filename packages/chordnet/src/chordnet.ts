import { formatId } from "@chordnet/core";
import { canonicalAddress } from "./address.js";
import type { Body, CallOptions, Key, LookupOptions, NodeView, Owner, PeerInfo, Trace } from "./api.js";
import type { Call } from "./call.js";
import { beginCall, lookupNames } from "./call.js";
import { callable, lookupMode } from "./checks.js";
import { ChordNetClient } from "./client/client.js";
import { randomName } from "./entropy.js";
import { ChordNetError } from "./errors/errors.js";
import type { EventName, Events } from "./events/events.js";
import { eventName } from "./events/events.js";
import { Watches } from "./events/watching.js";
import type { Handover } from "./handover/api.js";
import { LookupsBase } from "./lookups.js";
import type { Departure, Member, Phase, Range, Seeds } from "./member/api.js";
import { inspectNode, MemberLookups, ownerShown, traceShown } from "./member/lookups.js";
import { MemberLife } from "./member/member.js";
import type { Runtime } from "./member/runtime.js";
import { ownsKey, peersView, rangesView } from "./member/view.js";
import { timed } from "./observing/timing.js";
import type { ChordNetOptions, ConnectOptions } from "./options.js";
import type { Clock } from "./ports.js";
import type { Held, RequestHandler, StreamHandler } from "./requests/api.js";
import { newRequest } from "./requests/request.js";
import { begun } from "./requests/requests.js";
import type { Settings } from "./settings.js";
import { settings } from "./settings.js";
import type { Status } from "./status.js";
import type { MemberStore } from "./store/api.js";
import { MemberValues } from "./store/held.js";

/** Deadlines where neither the call nor the options say. */
const enterTimeoutMs = 10_000;
const leaveTimeoutMs = 5_000;

/**
 * A node of a ring: found one or join one, ask who owns a key, leave. It lives once. Everything it rejects with is a
 * `ChordNetError`.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { ChordNet } from "chordnet";
 * import { Network } from "@chordnet/transport-memory";
 *
 * const network = new Network();
 * const ring = new ChordNet({ transport: network.transport({ name: "a" }) });
 * await ring.create();
 * const owner = await ring.lookup("user:42");
 * assert.deepStrictEqual([owner.address, owner.self], ["memory://a", true]);
 * await ring.leave();
 * ```
 */
export class ChordNet extends LookupsBase implements Member {
  readonly #settings: Settings;
  readonly #life: MemberLife;
  readonly #lookups: MemberLookups;
  readonly store: MemberStore;
  readonly #watches = new Watches();
  protected readonly clock: Clock;
  protected readonly timeoutMs: number;

  /** Checks the options and does nothing else. Throws `BAD_OPTION`. */
  constructor(options: ChordNetOptions) {
    super();
    this.#settings = settings(options);
    this.clock = this.#settings.clock;
    this.timeoutMs = this.#settings.timeoutMs;
    this.#life = new MemberLife(this.#settings, () => this.#watches.check());
    this.#lookups = new MemberLookups(this.#settings, () => this.#life.member());
    const { random } = this.#settings;
    this.store = new MemberValues({
      member: () => this.#life.member(),
      call: (what, options) => this.#call(what, options, this.timeoutMs),
      config: () => this.#life.member().known,
      randomName: () => randomName(random),
      request: async (what, request, options) =>
        this.#timed(what, () =>
          this.#life.member().service.requests.request(request, this.#call(what, options, this.timeoutMs)),
        ),
    });
  }

  /** One who asks a ring without being a member: for commands, short-lived processes, browsers. */
  static connect(options: ConnectOptions): Promise<ChordNetClient> {
    return ChordNetClient.connect(options);
  }

  get id(): string {
    const { id } = this.#life;
    if (id === null) throw new ChordNetError("NOT_MEMBER", { phase: this.phase });
    return id;
  }

  get address(): string {
    const runtime = this.#life.runtime;
    if (runtime === null) throw new ChordNetError("NOT_MEMBER", { phase: this.phase });
    return runtime.address;
  }

  get phase(): Phase {
    return this.#life.phase;
  }

  async create(options?: CallOptions): Promise<void> {
    const call = this.#call("create", options, enterTimeoutMs);
    await this.#timed("create", () => this.#life.enter({ _tag: "Create" }, call));
  }

  async join(seeds: Seeds, options?: CallOptions): Promise<void> {
    const call = this.#joinCall("join", options);
    await this.#timed("join", () => this.#life.enter({ _tag: "Join", seeds, orCreate: false }, call));
  }

  async joinOrCreate(seeds: Seeds, options?: CallOptions): Promise<void> {
    const call = this.#joinCall("joinOrCreate", options);
    await this.#timed("join", () => this.#life.enter({ _tag: "Join", seeds, orCreate: true }, call));
  }

  lookup(key: Key, options?: LookupOptions): Promise<Owner> {
    try {
      const asked = this.#lookups.target(key);
      const now = this.clock.now();
      const call =
        options === undefined ? null : beginCall(now, "lookup", options, this.timeoutMs, lookupNames);
      const mode = options?.mode;
      const chosen = mode === undefined ? this.#settings.lookupMode : lookupMode("mode", mode);
      return this.#lookups.find(asked, call, now, chosen, ownerShown);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  trace(key: Key, options?: CallOptions): Promise<Trace> {
    try {
      const asked = this.#lookups.target(key);
      const now = this.clock.now();
      const call = beginCall(now, "trace", options, this.timeoutMs);
      return this.#lookups.find(asked, call, now, "iterative", traceShown);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  keyId(key: Key): string {
    const { runtime, target } = this.#lookups.target(key);
    return formatId(runtime.known.space, target);
  }

  async inspect(address: string, options?: CallOptions): Promise<NodeView> {
    const runtime = this.#life.member();
    const asked = canonicalAddress(address, this.#settings.transport.scheme);
    return inspectNode(runtime, asked, this.#call(`inspect ${asked}`, options, this.timeoutMs));
  }

  async request(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<Uint8Array> {
    const { known, service } = this.#life.member();
    const request = newRequest(known, this.#settings.random, key, bytes);
    const call = this.#call("request", options, this.timeoutMs);
    return this.#timed("request", () => service.requests.request(request, call));
  }

  stream(key: Key, body: Body, options?: CallOptions): AsyncIterableIterator<Uint8Array> {
    const { known, service } = this.#life.member();
    const request = newRequest(known, this.#settings.random, key, body);
    const call = this.#call("stream", options, this.timeoutMs);
    return begun(() => service.requests.begin(request, call));
  }

  onRequest(handler: RequestHandler): () => void {
    return this.#life.handlers.onRequest(handler);
  }

  onStream(handler: StreamHandler): () => void {
    return this.#life.handlers.onStream(handler);
  }

  onHandover(handover: Handover): () => void {
    return this.#life.handlers.onHandover(handover);
  }

  async withOwnership<A>(key: Key, run: (held: Held) => A | Promise<A>, options?: CallOptions): Promise<A> {
    callable("run", run);
    const { target } = this.#lookups.target(key);
    const call = this.#call("withOwnership", options, this.timeoutMs);
    return this.#confirming("nothing is one node's alone here").service.withOwnership(target, run, call);
  }

  watch(key: Key, listener: (owner: Owner | null) => void): () => void {
    const { runtime, target } = this.#lookups.target(key);
    // The bytes of a key are the caller's, who may use them for another meanwhile.
    const point = { id: target };
    const watched = {
      intervalMs: runtime.known.ring.intervalMs,
      lookup: () => this.lookup(point),
      listener: callable("listener", listener),
      clock: runtime.clock,
      logger: this.#settings.logger,
    };
    return this.#watches.add(watched, runtime.end.signal);
  }

  owns(key: Key): boolean {
    const { runtime, target } = this.#lookups.target(key);
    return runtime.state !== null && ownsKey(runtime.state, target, this.clock.now());
  }

  ranges(): ReadonlyArray<Range> {
    const { known, state } = this.#life.member();
    return state === null ? [] : rangesView(known, state, this.clock.now());
  }

  peers(): ReadonlyArray<PeerInfo> {
    const { known, state } = this.#life.member();
    return state === null ? [] : peersView(known, state, this.clock.now());
  }

  status(): Status {
    return this.#life.status();
  }

  async leave(options?: { readonly timeoutMs?: number | undefined }): Promise<Departure> {
    return { handedOver: await this.#life.leave(this.#call("leave", options, leaveTimeoutMs)) };
  }

  close(): Promise<void> {
    return this.#life.close();
  }

  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void {
    return this.#life.emitter.on(eventName(event), callable("listener", listener));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave();
  }

  protected firstNode(): string {
    return this.#life.member().address;
  }

  /** Costs nothing where nobody measures. */
  #timed<A>(operation: string, work: () => Promise<A>): Promise<A> {
    const { metrics } = this.#settings;
    return metrics === null ? work() : timed(metrics, this.clock, operation, work);
  }

  /** What is one node's alone needs nodes that lease what they own. */
  #confirming(what: string): Runtime {
    const runtime = this.#life.member();
    if (runtime.known.dialect.confirms) return runtime;
    throw new ChordNetError("UNCONFIRMED", { what });
  }

  /** No other node is told this deadline, so that it may be later than messages can say, or never. */
  #joinCall(what: string, options: CallOptions | undefined): Call {
    const call = this.#call(what, options, enterTimeoutMs);
    const timeoutMs = options?.timeoutMs ?? 0;
    return timeoutMs > call.timeoutMs ? { ...call, timeoutMs, deadline: this.clock.now() + timeoutMs } : call;
  }

  #call(what: string, options: CallOptions | undefined, timeoutMs: number): Call {
    return beginCall(this.clock.now(), what, options, timeoutMs);
  }
}
