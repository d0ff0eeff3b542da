import type { Distance } from "../identifier.js";
import { distance } from "../identifier.js";
import type { Ask, Report, Token, Verdict } from "../message.js";
import { leased, processHoldsRing } from "../ownership.js";
import type { Peer } from "../peer.js";
import { sameProcess } from "../peer.js";
import type { NodeState } from "../state.js";
import { deadSince } from "../state.js";
import type { Turn } from "../turn.js";
import { nextEpoch, setOwnership } from "../turn.js";
import { isAlone } from "./alone.js";
import { longPatienceMs } from "./durations.js";
import { wait, waitSoon } from "./hand.js";
import { acknowledge, fits } from "./lease.js";
import { samePeer } from "./pointers.js";
import { handed, noted, revised, upToSelf } from "./reports.js";

/**
 * Ranges that are handed anew. Who had no lease for a while goes on under a later epoch, with what nobody else can have
 * been given meanwhile, unless its heir has known it all along.
 */

/**
 * The asker's token ends where this node's begins, and nothing is known here of its range. An asker with a lease is
 * believed. One without is handed its range anew, under a later epoch: another may have held it meanwhile and be gone,
 * and no key may go back to an earlier epoch. One that has had no lease for longer than W is handed an empty range. In
 * a total outage it keeps its range all the same: nobody has a lease, and a `Circle` will prove what each holds. A node
 * that has just lost its own lease can't tell yet whether this is an outage, and hands out nothing.
 */
export function meetStranger(turn: Turn, from: Peer, ask: Ask): Verdict {
  const outage = isOut(turn);
  const credible = ask.token !== null && fits(turn.state, ask);
  if (credible && ask.unleasedMs === 0) {
    const report = { peer: from, token: ask.token, handed: false };
    setOwnership(turn, { before: noted(report, upToSelf(turn.state, ask.beneath), turn.at, null, true) });
    return acknowledge(turn, from, true);
  }
  if (outage && !credible) return wait;
  if (!outage && !leased(turn.state.ownership, turn.at)) return waitSoon;
  const keeps = outage || ask.unleasedMs <= longPatienceMs(turn.state.config.ring);
  return credible && keeps ? handBack(turn, from, ask, ask.token) : handAnew(turn, from, ask, 0n, []);
}

/**
 * Virtual nodes that hold the whole ring between them and wake together each hand the next one its range anew, and
 * forget what they handed when they are handed their own. Where nobody else is left, one round is enough: else they
 * would do so for ever.
 */
export function isRenewedAlone({ state, at }: Turn, from: Peer, token: Token, held: Report): boolean {
  const isSibling = sameProcess(from.address, state.self.address);
  return isSibling && token.epoch > held.token.epoch && processHoldsRing(state) && isAlone(state, at);
}

/**
 * Hands the asker its own range under a later epoch, but no farther than to the nearest node inside that is known to be
 * in this ring: that one may have been admitted while the asker had no lease, and has the rest. Nor more than this node
 * has learned since to be the asker's (`learnPart`). In a total outage nobody can have been admitted.
 */
export function handBack(turn: Turn, from: Peer, ask: Ask, own: Token): Verdict {
  const { config, ownership } = turn.state;
  const { before } = ownership;
  if (before !== null && before.report.token.epoch === own.epoch && before.report.token.length < own.length)
    return handAnew(turn, from, ask, before.report.token.length, before.beneath);
  const inside = isOut(turn) ? null : knownInside(turn.state, from, own.length);
  if (inside === null) return handAnew(turn, from, ask, own.length, ask.beneath);
  const length = distance(config.space, inside.id, from.id);
  const rest = { epoch: nextEpoch(turn, own.epoch), length: own.length - length };
  return handAnew(turn, from, ask, length, [{ peer: inside, token: rest, handed: true }]);
}

/** The nearest before the end of a range of those that stand in it, and are known to be in this ring. */
function knownInside(state: NodeState, end: Peer, length: Distance): Peer | null {
  const { space } = state.config;
  const known = state.remembered.filter(({ standing }) => standing === "same").map(({ peer }) => peer);
  if (state.pointers.predecessor !== null) known.push(state.pointers.predecessor);
  let nearest: Peer | null = null;
  let free = length;
  for (const peer of known) {
    const far = distance(space, peer.id, end.id);
    if (far === 0n || far >= free || deadSince(state, peer) !== null) continue;
    nearest = peer;
    free = far;
  }
  return nearest;
}

/** Whether this may be a total outage: this node has had no lease for an interval. */
function isOut({ state, at }: Turn): boolean {
  return at >= state.ownership.leaseUntil + state.config.ring.intervalMs;
}

/** The asker's range, or none, under an epoch above all that is known. */
function handAnew(turn: Turn, from: Peer, ask: Ask, length: Distance, chain: ReadonlyArray<Report>): Verdict {
  const beneath = upToSelf(turn.state, chain);
  const token = { epoch: nextEpoch(turn, ask.token?.epoch), length };
  const { before } = turn.state.ownership;
  const refused = before !== null && samePeer(before.report.peer, from) ? before.refused : 0;
  setOwnership(turn, { before: revised(handed(from, token, beneath, turn.at), { refused }) });
  turn.askWanted = true;
  return { _tag: "Handed", token, beneath };
}
