import type { Circle } from "../message.js";
import { holdsWholeRing, leased, processHoldsRing, tokenStart } from "../ownership.js";
import type { Peer } from "../peer.js";
import type { NodeState } from "../state.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { draw, drop, send, setOwnership } from "../turn.js";
import { isAlone } from "./alone.js";
import { settleMembership } from "./membership.js";
import { head, samePeer } from "./pointers.js";
import { revised } from "./reports.js";
import { restartWaits } from "./takeover.js";

/**
 * After a total outage (every process was stopped for longer than a lease) nobody has a lease, and so nobody may grant
 * one. A node without a lease then sends a `Circle` to its heir, which passes it on to its own, and so on. Each that
 * passes it on promises the sender what a lease would. Back at its origin it has proved that the tokens tile the ring,
 * and that each heir waits for the node before it: the origin may claim, and grant. If it took longer than a lease,
 * the heir's promise is over by then: that one is asked to promise anew, by the same `Circle` with itself as the
 * origin, and sends that back.
 */
export function sendCircle(turn: Turn): void {
  const { ownership, config, self } = turn.state;
  const successor = head(turn.state);
  if (successor === null || ownership.token === null || leased(ownership, turn.at)) return;
  if (ownership.handingOver || holdsWholeRing(turn.state) || turn.state.phase._tag !== "Member") return;
  if (turn.at < ownership.leaseUntil + config.ring.intervalMs) return;
  // Within one process it would prove nothing: whether others took the range meanwhile only they can tell.
  if (processHoldsRing(turn.state) && !isAlone(turn.state, turn.at)) return;
  const { epoch } = ownership.token;
  const { circle } = ownership;
  // The larger the ring, the longer a circle takes: no second one while the first may still come back.
  const last = circle?.epoch === epoch ? circle : null;
  if (last !== null && turn.at < last.startedAt + last.patienceMs) return;
  const { leaseMs } = config.ring;
  const patienceMs = last === null ? leaseMs : Math.min(2 * last.patienceMs, patienceLeasesMax * leaseMs);
  const rid = draw(turn);
  setOwnership(turn, { circle: { rid, startedAt: turn.at, patienceMs, epoch, round: false } });
  send(turn, successor.address, { _tag: "Circle", rid, origin: self, epoch });
}

/** The longest wait for a circle, in leases: 2.4 minutes by default. */
const patienceLeasesMax = 64;

/** How many circles that were passed on are remembered, so that none is passed on twice. */
const circlesMax = 64;

/** Passes it on, if the sender's token is the one that ends where ours begins, as we know it. */
export function onCircle(turn: Turn, from: Peer, circle: Circle): void {
  const { ownership, self } = turn.state;
  const { token, before } = ownership;
  if (isPromise(turn.state, from, circle)) return claimByCircle(turn);
  if (!isMember(turn.state) || token === null || before === null || ownership.handingOver) {
    drop(turn, from.address, "Circle", "misplaced");
    return;
  }
  const tiles = from.id === tokenStart(turn.state, token) && samePeer(before.report.peer, from);
  // Who was handed a part shows by an `Ask` that it took just that: an epoch alone may be another act's of the same
  // millisecond.
  if (!tiles || before.report.handed || before.report.token.epoch !== circle.epoch) {
    drop(turn, from.address, "Circle", "misplaced");
    return;
  }
  setOwnership(turn, { before: revised(before, { lastAt: turn.at }) });
  if (samePeer(circle.origin, self)) {
    if (circle.rid === ownership.circleBeneath) send(turn, from.address, circle);
    else closeCircle(turn, circle);
  } else if (ownership.circlesPassed.includes(circle.rid)) drop(turn, from.address, "Circle", "stale");
  else passOn(turn, from, circle);
}

/** The heir has promised anew, after the circle had come back late. */
function isPromise(state: NodeState, from: Peer, { rid, origin }: Circle): boolean {
  const { circle } = state.ownership;
  const heir = head(state);
  if (circle === null || heir === null || !circle.round || circle.rid !== rid) return false;
  return samePeer(origin, from) && samePeer(heir, from);
}

function passOn(turn: Turn, from: Peer, circle: Circle): void {
  const successor = head(turn.state);
  const { token } = turn.state.ownership;
  if (successor === null || token === null) return;
  // Each circle only once: if its origin is gone, nobody would end it.
  setOwnership(turn, {
    circlesPassed: [...turn.state.ownership.circlesPassed, circle.rid].slice(-circlesMax),
    ...(samePeer(circle.origin, from) && { circleBeneath: circle.rid }),
  });
  send(turn, successor.address, {
    _tag: "Circle",
    rid: circle.rid,
    origin: circle.origin,
    epoch: token.epoch,
  });
}

/** The circle is back at its origin: the heir's promise counts from when it was sent. */
function closeCircle(turn: Turn, { rid }: Circle): void {
  const sent = turn.state.ownership.circle;
  const heir = head(turn.state);
  if (sent === null || sent.rid !== rid || sent.round || heir === null) return;
  if (turn.at < sent.startedAt + turn.state.config.ring.leaseMs) return claimByCircle(turn);
  setOwnership(turn, { circle: { ...sent, startedAt: turn.at, round: true } });
  send(turn, heir.address, { _tag: "Circle", rid, origin: heir, epoch: sent.epoch });
}

function claimByCircle(turn: Turn): void {
  const { ownership, config } = turn.state;
  const { circle: sent, token } = ownership;
  if (sent === null || token === null || token.epoch !== sent.epoch || leased(ownership, turn.at)) return;
  const leaseUntil = sent.startedAt + config.ring.leaseMs;
  if (leaseUntil <= turn.at) return;
  setOwnership(turn, {
    leaseUntil,
    acknowledged: token,
    circle: null,
  });
  restartWaits(turn);
  settleMembership(turn);
}
