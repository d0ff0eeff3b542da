import type { Id, Space } from "./identifier.js";
import { bitsMax, rangeStart } from "./identifier.js";
import type { Message, Millis, Token } from "./message.js";
import { claimedToken, claimUntil } from "./ownership.js";
import type { Address } from "./peer.js";
import type { ProcessState } from "./process.js";
import { sawTime } from "./protocol/away.js";
import type { NodeState } from "./state.js";
import type { Codec } from "./wire/codec.js";
import { kinds } from "./wire/kinds.js";

/**
 * Answers a lookup that came to its owner straight from the node that began it: from the bytes of the `Find`, and in
 * bytes. In a ring so small that its nodes know all others, that is every lookup. A process that was idle has nothing
 * in the processor's cache; to decode the question, step the machine and encode the answer would touch many times as
 * much memory.
 *
 * Law: where there is an answer, it is the frame that would go to that peer, had the question been decoded and received
 * by `stepProcess`, which would have left the state as it is and done nothing else.
 *
 * @example
 * const ring = configure(defaultRing)
 * const wire = codec({ space: ring.space, naming: ring.naming })
 * const birth = { url: "tcp://a:1", incarnation: 1, virtualNodes: 1, seed: [1, 2, 3, 4], at: 0, wall: 0 }
 * const [alone] = stepProcess(initialProcess(ring, birth), 0, { _tag: "CreateRequested", operation: 1, at: 0, wall: 0 })
 * const origin = { id: ring.naming("tcp://b:1"), address: "tcp://b:1", incarnation: 1 }
 * const find = { _tag: "Find", rid: 7, target: id(ring.space, 42n), origin, hops: 1 }
 * const question = wire.encode({ from: 0, to: 0, message: find })
 * const answer = new PromptAnswers(ring.space, wire).answer(alone, "tcp://b:1", question, 0, 0) ?? assert.fail()
 * const decoded = wire.decode(answer)
 * assert.ok(decoded._tag === "Right" && decoded.right.message._tag === "Found" && decoded.right.message.rid === 7)
 *
 * @category process
 */
export class PromptAnswers {
  readonly #space: Space;
  readonly #encode: Codec["encode"];
  readonly #originAt: number;
  /** Of each virtual node, as it was when it was asked last. */
  readonly #claims: BytesOfClaim[] = [];

  /** `encode`: as the ring's frames are written. */
  constructor(space: Space, { encode }: Pick<Codec, "encode">) {
    this.#space = space;
    this.#encode = encode;
    this.#originAt = targetAt + Math.ceil(space.bits / 8);
  }

  /**
   * The answer of `process`, always the same one, to a frame that came from the process of this URL; valid until the
   * next one of any. `at` and `wall`: the clocks now. Null: the frame is to be decoded, and received, as any other.
   */
  answer(
    process: ProcessState,
    from: Address,
    frame: Uint8Array,
    at: Millis,
    wall: Millis,
  ): Uint8Array | null {
    if (!this.#isFirstHand(from, frame)) return null;
    const place = frame[toAt] as number;
    const node = process.nodes[place];
    if (node === undefined || !sawTime(node, at, wall)) return null;
    const until = claimUntil(node.ownership);
    const claim = at < until && !node.ownership.handingOver ? this.#claimOf(node, place) : null;
    if (claim === null || !isClaimed(claim, frame)) return null;
    return written(claim.answer, frame, Math.min(until - at, node.config.ring.leaseMs));
  }

  /** Whether it is a `Find` whose origin is its sender, each of its numbers in a single byte. */
  #isFirstHand(from: Address, frame: Uint8Array): boolean {
    const at = this.#originAt;
    const incarnationAt = at + 1 + from.length;
    const hopsAt = incarnationAt + incarnationBytes;
    if (frame[0] !== kinds.Find.code || frame.length !== hopsAt + 1 || frame[at] !== from.length)
      return false;
    const numbers =
      (frame[toAt] as number) | (frame[fromAt] as number) | from.length | (frame[hopsAt] as number);
    if (numbers >= byteEnd) return false;
    for (let i = 0; i < from.length; i++) if (from.charCodeAt(i) !== frame[at + 1 + i]) return false;
    return frame[incarnationAt] === 0 && (frame[incarnationAt + 1] as number) <= safeIntegerTop;
  }

  #claimOf(node: NodeState, place: number): BytesOfClaim | null {
    const { token, acknowledged } = node.ownership;
    const known = this.#claims[place];
    if (known !== undefined && known.token === token && known.acknowledged === acknowledged) return known;
    const claim = this.#lookAt(node, place);
    if (claim === null) return null;
    this.#claims[place] = claim;
    return claim;
  }

  #lookAt(node: NodeState, place: number): BytesOfClaim | null {
    const { ownership, self, config } = node;
    const space = this.#space;
    // What it claims as long as its lease runs: whether it still runs is checked for each question.
    const claimed = claimedToken(node, Number.NEGATIVE_INFINITY, null);
    if (claimed === null || !config.dialect.confirms || space.bits % 8 > 0) return null;
    const start = rangeStart(space, self.id, claimed.length);
    const { token, acknowledged } = ownership;
    return {
      token,
      acknowledged,
      start: this.#bytesOf(start),
      end: this.#bytesOf(self.id),
      wraps: start >= self.id,
      // The lease and the hops, a byte each here, are written with each answer.
      answer: this.#frameOf({ _tag: "Found", rid: 0, token: claimed, leaseMs: 0, hops: 0 }, place).slice(
        0,
        -2,
      ),
    };
  }

  #bytesOf(target: Id): Uint8Array {
    return this.#frameOf({ _tag: "Route", rid: 0, target }).slice(targetAt);
  }

  #frameOf(message: Message, from = 0): Uint8Array {
    return this.#encode({ from, to: 0, message });
  }
}

/** What a virtual node claims, as it is met in frames. */
interface BytesOfClaim {
  /** From these all of this was made. The rest of what is held is not kept: it changes with each lease. */
  readonly token: Token | null;
  readonly acknowledged: Token | null;
  /** The range: from behind `start` to `end`. */
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  /** Whether zero lies in it, and is not where it ends. */
  readonly wraps: boolean;
  /** The answer's frame, but for the request's number, and up to its lease. */
  readonly answer: Uint8Array;
}

function isClaimed({ start, end, wraps }: BytesOfClaim, frame: Uint8Array): boolean {
  const behindStart = compare(frame, start) > 0;
  const upToEnd = compare(frame, end) <= 0;
  return wraps ? behindStart || upToEnd : behindStart && upToEnd;
}

/** The target of a `Find` with a point: below 0, 0 or above. */
function compare(frame: Uint8Array, point: Uint8Array): number {
  for (let i = 0; i < point.length; i++) {
    const difference = (frame[targetAt + i] as number) - (point[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Its lease and its hops are written behind the answer, and into it the number of the request. */
function written(answer: Uint8Array, frame: Uint8Array, leaseMs: Millis): Uint8Array {
  bytes.set(answer);
  for (let i = ridAt; i < targetAt; i++) bytes[i] = frame[i] as number;
  let end = answer.length;
  let rest = Math.floor(leaseMs);
  for (; rest >= byteEnd; rest = Math.floor(rest / byteEnd)) bytes[end++] = (rest % byteEnd) | byteEnd;
  bytes[end++] = rest;
  bytes[end++] = frame[frame.length - 1] as number;
  if (latest.length !== end) latest = bytes.subarray(0, end);
  return latest;
}

/**
 * Where the parts of a `Find` begin, its numbers being shorter than two bytes: the places of whom it is for and of its
 * sender, the request's number, the target; behind these the origin, and the hops. `docs/PROTOCOL.md` has the bytes.
 */
const toAt = 1;
const fromAt = 2;
const ridAt = 3;
const targetAt = 9;
const incarnationBytes = 8;

/** What a number needs a second byte from. */
const byteEnd = 0x80;

/** The second byte of the largest integer that is read: the first is 0. */
const safeIntegerTop = 0x1f;

/** Of an answer, besides what stands before the target, and an identifier: epoch, form of a distance, lease, hops. */
const answerBytesBeyond = 8 + 1 + 5 + 1;

/** All nodes' answers are written here, each over the one before it, of which `latest` was the part. */
const bytes = new Uint8Array(targetAt + bitsMax / 8 + answerBytesBeyond);
let latest = bytes;
