import type { Address, Id, LookupMode, Owner as OwnerFound } from "@chordnet/core";
import { processAddress } from "@chordnet/core";
import type { Key, NodeView, Owner, Trace } from "../api.js";
import type { Call } from "../call.js";
import { beginCall } from "../call.js";
import { ChordNetError, isChordNetError } from "../errors/errors.js";
import { keyId } from "../key.js";
import type { Took } from "../observing/timing.js";
import { stopwatch } from "../observing/timing.js";
import type { Settings } from "../settings.js";
import { nodeView, ownerView, traceView } from "../views.js";
import type { Asked } from "./operations.js";
import type { Runtime } from "./runtime.js";

/** The point that a key names, and whom to ask for it. */
export interface Target {
  readonly runtime: Runtime;
  readonly target: Id;
}

/** How the API shows an owner that a runtime found. */
export type Shown<A> = (owner: OwnerFound, runtime: Runtime) => A;

export const ownerShown: Shown<Owner> = (owner, { known, address }) => ownerView(known, owner, address);

export const traceShown: Shown<Trace> = (owner, runtime) =>
  traceView(runtime.known, ownerShown(owner, runtime), owner.trace);

/** How a member looks up: what it owns itself is answered at once, all else is asked of its state machine. */
export class MemberLookups {
  readonly #settings: Settings;
  readonly #member: () => Runtime;

  /** `member` throws where there is none. */
  constructor(settings: Settings, member: () => Runtime) {
    this.#settings = settings;
    this.#member = member;
  }

  /** Throws `BAD_KEY`, and what `member` throws. */
  target(key: Key): Target {
    const runtime = this.#member();
    return { runtime, target: keyId(runtime.known, key) };
  }

  /**
   * The owner of a key, as it is to be shown. What this node owns itself is answered without what only a later answer
   * needs, a closure even: beside the key's hash, little is left of such a lookup.
   *
   * `call`: null where nothing is asked of it but the usual; `now`: when the key had been hashed, which for a long one
   * takes a while: no lease is to be told longer than it is.
   */
  find<A>(
    { runtime, target }: Target,
    call: Call | null,
    now: number,
    mode: LookupMode,
    shown: Shown<A>,
  ): Promise<A> {
    const { metrics, clock } = this.#settings;
    const took = metrics === null ? null : stopwatch(metrics, clock, "lookup");
    runtime.counters.lookups += 1;
    // Whoever is asked next, the clocks are looked at once: that is felt, too.
    const wall = clock.wall();
    const own = runtime.ownAnswer(target, now, wall);
    if (own === null) {
      const asked = call ?? beginCall(now, "lookup", undefined, this.#settings.timeoutMs);
      return askOthers(target, mode, { call: asked, runtime, shown, took }, now, wall);
    }
    took?.(null);
    return Promise.resolve(shown(own, runtime));
  }
}

/** A lookup costs little enough that another promise on its way, beside the caller's, would be felt. */
function askOthers<A>(target: Id, mode: LookupMode, wanted: Wanted<A>, at: number, wall: number): Promise<A> {
  return new Promise((resolve, reject) => {
    wanted.runtime.operations.lookUp(target, mode, new AskedLookup(wanted, resolve, reject), at, wall);
  });
}

/** What is to come of a lookup. */
interface Wanted<A> {
  readonly call: Call;
  readonly runtime: Runtime;
  readonly shown: Shown<A>;
  readonly took: Took | null;
}

/**
 * A lookup until it is answered: one object, and no closures with what they close over. Where hundreds are under way,
 * none of that is in the processor's caches when the answer comes.
 */
class AskedLookup<A> implements Asked<OwnerFound> {
  readonly call: Call;
  stop: (() => void) | null = null;
  readonly #runtime: Runtime;
  readonly #shown: Shown<A>;
  readonly #took: Took | null;
  readonly #resolve: (shown: A) => void;
  readonly #reject: (error: ChordNetError) => void;

  constructor(
    { call, runtime, shown, took }: Wanted<A>,
    resolve: (shown: A) => void,
    reject: (error: ChordNetError) => void,
  ) {
    this.call = call;
    this.#runtime = runtime;
    this.#shown = shown;
    this.#took = took;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  resolve(owner: OwnerFound): void {
    if (!owner.confirmed && !this.#runtime.takesUnconfirmed) {
      this.reject(new ChordNetError("UNCONFIRMED", { what: `${owner.peer.address} would be the owner` }));
      return;
    }
    this.#took?.(null);
    this.#resolve(this.#shown(owner, this.#runtime));
  }

  reject(error: ChordNetError): void {
    this.#runtime.counters.lookupsFailed += 1;
    this.#took?.(error);
    this.#reject(error);
  }
}

/**
 * What the node at `asked` says of its place on the ring. Rejects with what the machine said, and with `REFUSED` where
 * the connection was: the machine knows only that it cannot be reached.
 */
export async function inspectNode(runtime: Runtime, asked: Address, call: Call): Promise<NodeView> {
  const { deadline } = call;
  const inspected = runtime.operations.request(
    (operation) => ({ _tag: "InspectRequested", operation, address: asked, deadline }),
    { ...call, about: asked },
    false,
  );
  const result = await inspected.catch((error: unknown) => {
    const refusal = runtime.links.refusal(processAddress(asked));
    if (refusal === null || !isChordNetError(error, "PEER_UNREACHABLE")) throw error;
    const { code: reason, detail } = refusal;
    throw new ChordNetError("REFUSED", { address: asked, reason, detail }, { cause: error });
  });
  if (result._tag === "Inspected") return nodeView(runtime.known, result.answer);
  throw new TypeError(`a request to inspect was settled with ${result._tag}: a bug of the core`);
}
