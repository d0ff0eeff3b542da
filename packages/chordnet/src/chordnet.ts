import type { Id, LookupMode, OperationResult, Owner as OwnerFound } from "@chordnet/core";
import { formatId, processAddress } from "@chordnet/core";
import { onAborted } from "./aborts.js";
import { canonicalAddress } from "./address.js";
import type {
  Body,
  CallOptions,
  Departure,
  EventName,
  Events,
  Handover,
  Held,
  Key,
  LookupOptions,
  Member,
  MemberStore,
  NodeView,
  Owner,
  PeerInfo,
  Phase,
  Range,
  RequestHandler,
  Seeds,
  StreamHandler,
  Trace,
} from "./api.js";
import type { Call } from "./call.js";
import { beginCall, lookupNames } from "./call.js";
import { callable, lookupMode } from "./checks.js";
import { ChordNetClient } from "./client/client.js";
import { randomName } from "./entropy.js";
import { ChordNetError, isChordNetError } from "./errors.js";
import { keyId } from "./key.js";
import { LookupsBase } from "./lookups.js";
import { MemberLife } from "./member.js";
import { ownsKey, peersView, rangesView } from "./member-view.js";
import type { ChordNetOptions, ConnectOptions } from "./options.js";
import type { Clock } from "./ports.js";
import { newRequest } from "./requests/request.js";
import { begun } from "./requests/requests.js";
import type { Runtime } from "./runtime.js";
import type { Settings } from "./settings.js";
import { eventName, settings } from "./settings.js";
import type { Status } from "./status.js";
import { MemberValues } from "./store/held.js";
import type { Took } from "./timing.js";
import { stopwatch, timed } from "./timing.js";
import { nodeView, ownerView, traceView } from "./views.js";
import { Watch } from "./watching.js";

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
  readonly store: MemberStore;
  readonly #watches = new Set<Watch>();
  protected readonly clock: Clock;
  protected readonly timeoutMs: number;

  /** Checks the options and does nothing else. Throws `BAD_OPTION`. */
  constructor(options: ChordNetOptions) {
    super();
    this.#settings = settings(options);
    this.clock = this.#settings.clock;
    this.timeoutMs = this.#settings.timeoutMs;
    this.#life = new MemberLife(this.#settings, () => {
      for (const watch of this.#watches) watch.check();
    });
    const { random } = this.#settings;
    this.store = new MemberValues(() => this.#life.member(), {
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
    const { id } = this.#life.status();
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
    const call = this.#call("join", options, enterTimeoutMs);
    const plan = { _tag: "Join", seeds: { seeds, orCreate: false } } as const;
    await this.#timed("join", () => this.#life.enter(plan, call));
  }

  async joinOrCreate(seeds: Seeds, options?: CallOptions): Promise<void> {
    const call = this.#call("joinOrCreate", options, enterTimeoutMs);
    const plan = { _tag: "Join", seeds: { seeds, orCreate: true } } as const;
    await this.#timed("join", () => this.#life.enter(plan, call));
  }

  lookup(key: Key, options?: LookupOptions): Promise<Owner> {
    try {
      const asked = this.#target(key);
      const now = this.clock.now();
      const call = beginCall(now, "lookup", options, this.timeoutMs, lookupNames);
      const mode = options?.mode;
      const chosen = mode === undefined ? this.#settings.lookupMode : lookupMode("mode", mode);
      return this.#find(asked, call, now, chosen, ownerShown);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  trace(key: Key, options?: CallOptions): Promise<Trace> {
    try {
      const asked = this.#target(key);
      const now = this.clock.now();
      return this.#find(
        asked,
        beginCall(now, "trace", options, this.timeoutMs),
        now,
        "iterative",
        traceShown,
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async inspect(address: string, options?: CallOptions): Promise<NodeView> {
    const runtime = this.#life.member();
    const asked = canonicalAddress(address, this.#settings.transport.scheme);
    const call = { ...this.#call(`inspect ${asked}`, options, this.timeoutMs), about: asked };
    const { deadline } = call;
    const inspected = runtime.operations.request(
      (operation) => ({ _tag: "InspectRequested", operation, address: asked, deadline }),
      call,
      false,
    );
    const result = await inspected.catch((error: unknown) => {
      const refusal = runtime.links.refusal(processAddress(asked));
      if (refusal === null || !isChordNetError(error, "PEER_UNREACHABLE")) throw error;
      const { code: reason, detail } = refusal;
      throw new ChordNetError("REFUSED", { address: asked, reason, detail }, { cause: error });
    });
    return nodeView(runtime.known, expected(result, "Inspected").answer);
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
    const { target } = this.#target(key);
    const call = this.#call("withOwnership", options, this.timeoutMs);
    return this.#confirming("nothing is one node's alone here").service.withOwnership(target, run, call);
  }

  watch(key: Key, listener: (owner: Owner | null) => void): () => void {
    const runtime = this.#life.member();
    keyId(runtime.known, key);
    const watch = new Watch({
      intervalMs: runtime.known.ring.intervalMs,
      lookup: () => this.lookup(key),
      listener: callable("listener", listener),
      clock: runtime.clock,
      logger: this.#settings.logger,
    });
    const stop = (): void => {
      forget();
      watch.stop();
      this.#watches.delete(watch);
    };
    this.#watches.add(watch);
    const forget = onAborted(runtime.over, stop);
    return stop;
  }

  owns(key: Key): boolean {
    const { runtime, target } = this.#target(key);
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

  /**
   * The owner of a key, as it is to be shown. What this node owns itself is answered without what only a later answer
   * needs, a closure even: beside the key's hash, little is left of such a lookup.
   *
   * `now`: when the key had been hashed, which for a long one takes a while: no lease is to be told longer than it is.
   */
  #find<A>(
    { runtime, target }: Asked,
    call: Call,
    now: number,
    mode: LookupMode,
    shown: Shown<A>,
  ): Promise<A> {
    const { metrics } = this.#settings;
    const took = metrics === null ? null : stopwatch(metrics, this.clock, "lookup");
    runtime.counters.lookups += 1;
    const own = runtime.ownAnswer(target, now);
    if (own === null) return this.#ask(runtime, target, call, mode, shown, took);
    took?.(null);
    return Promise.resolve(shown(own, runtime));
  }

  /** A lookup costs little enough that another promise on its way, beside the caller's, would be felt. */
  #ask<A>(
    runtime: Runtime,
    target: Id,
    call: Call,
    mode: LookupMode,
    shown: Shown<A>,
    took: Took | null,
  ): Promise<A> {
    return new Promise((resolve, reject) => {
      const fail = (error: ChordNetError): void => {
        runtime.counters.lookupsFailed += 1;
        took?.(error);
        reject(error);
      };
      const found = (owner: OwnerFound): void => {
        if (!owner.confirmed && this.#settings.transport.foreign?.unconfirmed !== true) {
          fail(new ChordNetError("UNCONFIRMED", { what: `${owner.peer.address} would be the owner` }));
          return;
        }
        took?.(null);
        resolve(shown(owner, runtime));
      };
      runtime.operations.lookUp(target, mode, call, found, fail);
    });
  }

  /** Costs nothing where nobody measures. */
  #timed<A>(operation: string, work: () => Promise<A>): Promise<A> {
    const { metrics } = this.#settings;
    return metrics === null ? work() : timed(metrics, this.clock, operation, work);
  }

  #target(key: Key): Asked {
    const runtime = this.#life.member();
    return { runtime, target: keyId(runtime.known, key) };
  }

  /** What is one node's alone needs nodes that lease what they own. */
  #confirming(what: string): Runtime {
    const runtime = this.#life.member();
    if (runtime.known.dialect.confirms) return runtime;
    throw new ChordNetError("UNCONFIRMED", { what });
  }

  #call(
    what: string,
    options: CallOptions | undefined,
    timeoutMs: number,
    names?: ReadonlyArray<string>,
  ): Call {
    return beginCall(this.clock.now(), what, options, timeoutMs, names);
  }

  /** The identifier that a key falls on, in hexadecimal: what owners' ranges are compared with. */
  keyId(key: Key): string {
    const { runtime, target } = this.#target(key);
    return formatId(runtime.known.space, target);
  }
}

/** The point that a key names, and whom to ask for it. */
interface Asked {
  readonly runtime: Runtime;
  readonly target: Id;
}

/** How the API shows an owner that a runtime found. */
type Shown<A> = (owner: OwnerFound, runtime: Runtime) => A;

const ownerShown: Shown<Owner> = (owner, { known, address }) => ownerView(known, owner, address);

const traceShown: Shown<Trace> = (owner, runtime) =>
  traceView(runtime.known, ownerShown(owner, runtime), owner.trace);

/** Each request has one kind of result: another one is a bug of the core. */
function expected<T extends OperationResult["_tag"]>(
  result: OperationResult,
  tag: T,
): Extract<OperationResult, { readonly _tag: T }> {
  if (result._tag !== tag) throw new TypeError(`a request for ${tag} was settled with ${result._tag}`);
  return result as Extract<OperationResult, { readonly _tag: T }>;
}
