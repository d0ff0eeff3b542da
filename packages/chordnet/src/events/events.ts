import type { RangeReason } from "@chordnet/core";
import type { PeerInfo } from "../api.js";
import { badOption } from "../checks.js";

/**
 * What a node tells its application, as it happens.
 *
 * @category api
 */

/** `node` says which virtual node it happened to, 0 to `virtualNodes` - 1. */
export interface NeighbourChanged {
  readonly from: PeerInfo | null;
  readonly to: PeerInfo | null;
  readonly node: number;
}

/** The keys from `from` (exclusive) clockwise to `to` (inclusive). `from` equal to `to`: every key. */
export interface RangeChanged {
  readonly from: string;
  readonly to: string;
  /** Who had it before, or has it now; null where that is not known or nobody. */
  readonly peer: PeerInfo | null;
  readonly reason: RangeReason;
  readonly epoch: number;
  readonly node: number;
}

/** What `on` tells of, after the state has changed: a listener may call back in. */
export interface Events {
  /** This node is a member now. */
  readonly joined: { readonly id: string; readonly address: string };
  /** This node is no member any more: `leave()` handed over, or not within its deadline; or `close()`. */
  readonly left: { readonly id: string; readonly address: string; readonly handedOver: boolean };
  readonly successorChanged: NeighbourChanged;
  readonly predecessorChanged: NeighbourChanged;
  readonly rangeGained: RangeChanged;
  readonly rangeLost: RangeChanged;
  readonly peerEvicted: { readonly peer: PeerInfo; readonly reason: string; readonly node: number };
  /** Nobody that this node knows answers. */
  readonly isolated: { readonly node: number };
  /** A seed could not be used, and why; the next one is tried. A reason that comes back within a minute is not told. */
  readonly seedFailed: { readonly seed: string; readonly reason: string; readonly detail: string };
}

export type EventName = keyof Events;

const knownEvents: Readonly<Record<EventName, true>> = {
  joined: true,
  left: true,
  successorChanged: true,
  predecessorChanged: true,
  rangeGained: true,
  rangeLost: true,
  peerEvicted: true,
  isolated: true,
  seedFailed: true,
};

/** Checks an event's name: a listener of a misspelt one would wait for ever. Throws `BAD_OPTION`. */
export function eventName<E extends EventName>(event: E): E {
  if (Object.hasOwn(knownEvents, event)) return event;
  throw badOption("event", event, `one of ${Object.keys(knownEvents).join(", ")}`);
}
