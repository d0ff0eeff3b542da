import type { Config, RingParameters } from "../src/config.js";
import { configure, defaultRing } from "../src/config.js";
import type { Effect } from "../src/effect.js";
import type { Happening } from "../src/event.js";
import type { Before, Ownership } from "../src/holding.js";
import { distance, id, rangeStart } from "../src/identifier.js";
import type {
  Answer,
  Ask,
  Epoch,
  Message,
  Millis,
  Report,
  RequestId,
  Token,
  Verdict,
} from "../src/message.js";
import type { Peer } from "../src/peer.js";
import { processAddress } from "../src/peer.js";
import type { NodeState, Pointers } from "../src/state.js";
import { initialNode } from "../src/state.js";
import { step } from "../src/step.js";

/**
 * A circle of 64 points for hand-built states, on which a node stands where its address says: `memory://2a` at 2a.
 * Lists of two, an interval of a second, no jitter; the clock starts at 0, and so does the calendar.
 */
const smallRing: RingParameters = {
  ...defaultRing,
  bits: 6,
  successors: 2,
  intervalMs: 1000,
  leaseMs: 2250,
};

export function smallConfig(ring: Partial<RingParameters> = {}): Config {
  const config = configure({ ...smallRing, ...ring }, { jitter: 0 });
  return { ...config, naming: (address) => id(config.space, BigInt(`0x${pointOf(address)}`)) };
}

export const small: Config = smallConfig();

/** The node that stands there, in its first life. */
export function at(point: number, incarnation = 1): Peer {
  const address = `memory://${point.toString(16).padStart(2, "0")}`;
  return { id: id(small.space, BigInt(point)), address, incarnation };
}

/** The range from behind `start` to `end`; the whole ring where both are the same. */
export function range(start: number, end: number, epoch: Epoch): Token {
  const length = distance(small.space, at(start).id, at(end).id);
  return { epoch, length: length === 0n ? small.space.size : length };
}

export function report(point: number, token: Token, handed = false): Report {
  return { peer: at(point), token, handed };
}

/** A node that has done nothing yet. */
export function newcomer(point: number, config: Config = small): NodeState {
  const { address, incarnation } = at(point);
  return initialNode(config, { url: address, index: 0, incarnation, seed: [1, 2, 3, point], at: 0, wall: 0 });
}

/** A member that holds `(start, point]` under epoch 1, acknowledged and leased for 2,250 ms from 0 on. */
export function member(
  point: number,
  start: number,
  change: { readonly pointers?: Partial<Pointers>; readonly ownership?: Partial<Ownership> } = {},
  config: Config = small,
): NodeState {
  const node = newcomer(point, config);
  const token = range(start, point, 1);
  return {
    ...node,
    phase: { _tag: "Member", settling: null },
    pointers: { ...node.pointers, predecessor: at(start), ...change.pointers },
    ownership: {
      ...node.ownership,
      token,
      acknowledged: token,
      announced: token,
      leaseUntil: config.ring.leaseMs,
      ...change.ownership,
    },
    timers: { ...node.timers, stabilizeAt: config.ring.intervalMs, fingersAt: 1e9 },
    epochSeen: 1,
  };
}

/** What lies beneath, as served at 0. */
export function beneath(
  held: Report,
  others: ReadonlyArray<Report> = [],
  change: Partial<Before> = {},
): Before {
  return {
    report: held,
    beneath: others,
    lastAt: 0,
    notBefore: Number.NEGATIVE_INFINITY,
    knownSince: 0,
    refused: 0,
    ...change,
  };
}

/** What marks it as known by another's word alone. */
export const hearsay = { notBefore: 0, knownSince: Number.POSITIVE_INFINITY } as const;

/** A node, and what it did last. */
export interface Stepped {
  readonly node: NodeState;
  readonly effects: ReadonlyArray<Effect>;
}

export function happens(node: NodeState, at: Millis, what: Happening): Stepped {
  const [next, effects] = step(node, { ...what, at, wall: at });
  return { node: next, effects };
}

export function tick(node: NodeState, at: Millis): Stepped {
  return happens(node, at, { _tag: "Ticked" });
}

export function hears(node: NodeState, at: Millis, from: Peer, message: Message): Stepped {
  const { address, incarnation } = from;
  return happens(node, at, { _tag: "Received", from: address, incarnation, client: false, message });
}

export function ask(token: Token | null, change: Partial<Ask> = {}): Ask {
  return { _tag: "Ask", rid: 7, token, unleasedMs: 0, beneath: [], ...change };
}

export function answer(rid: RequestId, verdict: Verdict, change: Partial<Answer> = {}): Answer {
  return { _tag: "Answer", rid, verdict, predecessor: null, successors: [], ...change };
}

export function granted(leaseMs: Millis): Verdict {
  return { _tag: "Granted", leaseMs };
}

/** The messages of one kind that were sent, with their receivers. */
export function sent<Tag extends Message["_tag"]>(
  effects: ReadonlyArray<Effect>,
  tag: Tag,
): ReadonlyArray<{ readonly to: string; readonly message: Extract<Message, { readonly _tag: Tag }> }> {
  const found: Array<{ to: string; message: Extract<Message, { readonly _tag: Tag }> }> = [];
  for (const effect of effects) {
    if (effect._tag !== "Send" || effect.message._tag !== tag) continue;
    found.push({ to: effect.to, message: effect.message as Extract<Message, { readonly _tag: Tag }> });
  }
  return found;
}

/** The verdict that was sent, if any was. */
export function verdict(effects: ReadonlyArray<Effect>): Verdict | null {
  return sent(effects, "Answer")[0]?.message.verdict ?? null;
}

/** What a node holds: where its token begins. */
export function startOf(node: NodeState): number | null {
  const { token } = node.ownership;
  return token === null ? null : Number(rangeStart(small.space, node.self.id, token.length));
}

function pointOf(address: string): string {
  const process = processAddress(address).slice("memory://".length);
  return address === processAddress(address) ? process : address.slice(address.indexOf("#") + 1);
}
