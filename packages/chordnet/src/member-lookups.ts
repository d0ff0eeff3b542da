import type { Address, Id, LookupMode, Owner as OwnerFound } from "@chordnet/core";
import { processAddress } from "@chordnet/core";
import type { Key, NodeView, Owner, Trace } from "./api.js";
import type { Call } from "./call.js";
import { beginCall } from "./call.js";
import { ChordNetError, isChordNetError } from "./errors.js";
import { keyId } from "./key.js";
import type { Runtime } from "./runtime.js";
import type { Settings } from "./settings.js";
import type { Took } from "./timing.js";
import { stopwatch } from "./timing.js";
import { nodeView, ownerView, traceView } from "./views.js";

/** The point that a key names, and whom to ask for it. */
export interface Asked {
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
  target(key: Key): Asked {
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
    { runtime, target }: Asked,
    call: Call | null,
    now: number,
    mode: LookupMode,
    shown: Shown<A>,
  ): Promise<A> {
    const { metrics, clock } = this.#settings;
    const took = metrics === null ? null : stopwatch(metrics, clock, "lookup");
    runtime.counters.lookups += 1;
    const own = runtime.ownAnswer(target, now);
    if (own === null) {
      const asked = call ?? beginCall(now, "lookup", undefined, this.#settings.timeoutMs);
      return this.#ask(runtime, target, asked, mode, shown, took);
    }
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
