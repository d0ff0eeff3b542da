import type { Distance } from "../identifier.js";
import { distance, fingerStart } from "../identifier.js";
import type { Peer } from "../peer.js";
import type { Finger, NodeState } from "../state.js";
import type { Turn } from "../turn.js";
import { jittered, ownTimers, setPointers } from "../turn.js";
import { recall, rememberSame } from "./memory.js";
import { head, samePeer } from "./pointers.js";

/**
 * Fix fingers (SIGCOMM 2001, figure 6): look up `n + 2^i` for each i whose finger is not the successor. A newcomer goes
 * through all at once; afterwards one is looked up an interval, and as long as nothing changes ever more rarely. Gives
 * the finger that is due and its point. Whatever comes of it, the next one is due then: one that can't be looked up
 * holds up none of the others, and has its turn the next time round.
 */
export function dueFinger(turn: Turn): { readonly index: number; readonly start: Peer["id"] } | null {
  const { config, self, timers } = turn.state;
  const successor = head(turn.state);
  const rest = Math.max(1, timers.fingersRest);
  ownTimers(turn).fingersAt = turn.at + jittered(turn, rest * config.ring.intervalMs);
  if (successor === null) return null;
  const reached = distance(config.space, self.id, successor.id);
  const index = firstBeyond(reached, timers.fingerIndex, config.space.bits);
  if (index === null) {
    endRound(turn);
    return null;
  }
  ownTimers(turn).fingerIndex = index + 1;
  return { index, start: fingerStart(config.space, self.id, index) };
}

/** The node at a finger's start. All fingers up to it are the same; the next is the first that starts beyond. */
export function fingerFound(turn: Turn, index: number, peer: Peer): void {
  const { config, self, pointers } = turn.state;
  const reached = distance(config.space, self.id, peer.id);
  const next = reached === 0n ? null : firstBeyond(reached, index + 1, config.space.bits);
  const others = pointers.fingers.filter(
    (finger) => finger.peer.address !== peer.address && !covers(finger, index, next, config.space.bits),
  );
  const fingers = peer.id === self.id ? others : insert(turn.state, others, { index, peer });
  if (!sameFingers(fingers, pointers.fingers)) setPointers(turn, { fingers });
  // A lookup through this node's own ring led there, which is as good as a test.
  if (peer.id !== self.id && recall(turn.state, peer.address) === undefined) rememberSame(turn, peer);
  if (next === null) {
    endRound(turn);
    return;
  }
  const timers = ownTimers(turn);
  timers.fingerIndex = Math.max(timers.fingerIndex, next);
  if (timers.fingersRest === 0) timers.fingersAt = turn.at;
}

/** The longest rest between two fingers, in intervals. */
const restMax = 16;

/** All have been looked up: the next time round each waits twice as long. */
function endRound(turn: Turn): void {
  const timers = ownTimers(turn);
  timers.fingerIndex = 0;
  timers.fingersRest = Math.min(restMax, Math.max(1, 2 * timers.fingersRest));
}

/**
 * Somebody came or went nearby, and so perhaps elsewhere, too: fingers are looked up once an interval again. Where this
 * node sees no change its fingers may be out of date for a while, which does no harm: they are hints.
 */
export function hastenFingers(turn: Turn, earlier: NodeState): void {
  const { pointers, timers, config } = turn.state;
  const { successors, fingers } = earlier.pointers;
  if (timers.fingersRest <= 1 || (pointers.successors === successors && pointers.fingers === fingers)) return;
  const hastened = ownTimers(turn);
  hastened.fingersRest = 1;
  hastened.fingersAt = Math.min(hastened.fingersAt, turn.at + config.ring.intervalMs);
}

/** The first finger from `from` on that starts farther away than `reached`; null: none does. */
function firstBeyond(reached: Distance, from: number, bits: number): number | null {
  const first = Math.max(from, bitLength(reached));
  return first < bits ? first : null;
}

/** The least `i` with `2^i` beyond it. */
function bitLength(far: Distance): number {
  if (far === 0n) return 0;
  const digits = far.toString(16);
  return 4 * digits.length - 4 + (32 - Math.clz32(Number.parseInt(digits.charAt(0), 16)));
}

/** An older finger whose place the found one takes: it stood for an index between `index` and `next`. */
function covers(finger: Finger, index: number, next: number | null, bits: number): boolean {
  return finger.index >= index && finger.index < (next ?? bits);
}

function insert(state: NodeState, others: ReadonlyArray<Finger>, finger: Finger): ReadonlyArray<Finger> {
  const { space } = state.config;
  return others
    .concat(finger)
    .sort((a, b) =>
      distance(space, state.self.id, a.peer.id) < distance(space, state.self.id, b.peer.id) ? -1 : 1,
    );
}

function sameFingers(a: ReadonlyArray<Finger>, b: ReadonlyArray<Finger>): boolean {
  return (
    a.length === b.length &&
    a.every((finger, i) => {
      const other = b[i] as Finger;
      return finger.index === other.index && samePeer(finger.peer, other.peer);
    })
  );
}
