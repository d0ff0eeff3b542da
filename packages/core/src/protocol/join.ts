import type { LookupTrouble, SeedTrouble } from "../effect.js";
import type { JoinRequested, OperationId } from "../event.js";
import type { Refused, Resolved } from "../message.js";
import type { Address } from "../peer.js";
import { processAddress } from "../peer.js";
import type { AskPurpose } from "../request.js";
import type { Joining } from "../state.js";
import type { Turn } from "../turn.js";
import { announce, expect, fail, jittered, nextEpoch, own, ownTimers, send, succeed } from "../turn.js";
import { longPatienceMs } from "./durations.js";
import { rememberSeeds } from "./memory.js";
import { ask } from "./stabilize.js";
import { ownAll } from "./takeover.js";

/**
 * Create and join. A newcomer asks a seed who owns its own id, and asks that node to admit it. It tries its seeds, one
 * after another, until it is a member.
 */

/** A ring of one: this node owns everything, and there is no heir to ask. */
export function create(turn: Turn, operation: OperationId): void {
  if (turn.state.phase._tag !== "Idle") {
    fail(turn, operation, { _tag: "AlreadyMember" });
    return;
  }
  foundRing(turn);
  succeed(turn, operation, { _tag: "Created" });
  announce(turn, { _tag: "Joined" });
}

export function join(turn: Turn, asked: JoinRequested): void {
  if (turn.state.phase._tag !== "Idle") {
    fail(turn, asked.operation, { _tag: "AlreadyMember" });
    return;
  }
  const { self } = turn.state;
  const others = asked.seeds.filter((seed) => seed !== self.address);
  if (others.length === 0 && !(asked.orCreate && asked.seeds.length > 0)) {
    fail(turn, asked.operation, { _tag: "NoSeeds" });
    return;
  }
  setPhase(turn, {
    _tag: "Joining",
    operation: asked.operation,
    seeds: asked.seeds,
    orCreate: asked.orCreate,
    met: null,
    turn: 0,
    retryAt: turn.at,
    told: new Map(),
    vacantSince: null,
  });
  rememberSeeds(turn, asked.seeds);
  tryNextSeed(turn);
}

/**
 * The next seed's turn, if it is time; and whether it is time to found the ring instead (rule of starting together).
 */
export function tryNextSeed(turn: Turn): void {
  const { phase, self, config } = turn.state;
  if (phase._tag !== "Joining" || turn.at < phase.retryAt) return;
  if (mayFound(turn, phase)) {
    foundRing(turn);
    succeed(turn, phase.operation, { _tag: "Joined" });
    announce(turn, { _tag: "Joined" });
    return;
  }
  const seed = currentSeed(turn, phase);
  if (seed === undefined) {
    goOn(turn, phase, {
      vacantSince: phase.vacantSince ?? turn.at,
      retryAt: turn.at + config.ring.intervalMs / 2,
    });
    return;
  }
  const timeoutMs = Math.max(500, config.ring.intervalMs * 2);
  const rid = expect(turn, seed, turn.at + timeoutMs, { _tag: "JoinQuery", seed });
  if (rid === null) {
    goOn(turn, phase, { retryAt: turn.at + config.ring.intervalMs / 4 });
    return;
  }
  goOn(turn, phase, { retryAt: Number.POSITIVE_INFINITY });
  send(turn, seed, {
    _tag: "Query",
    rid,
    target: self.id,
    timeoutMs: Math.floor(timeoutMs * 0.8),
    trace: false,
  });
}

/** A seed found out who owns our id: that node is asked to admit us. */
export function onJoinResolved(turn: Turn, resolved: Resolved, seed: Address): void {
  const { phase, self } = turn.state;
  if (phase._tag !== "Joining") return;
  if (resolved.owner.id === self.id) {
    if (resolved.owner.address === self.address) comeBack(turn, seed);
    else refuseId(turn, phase, resolved.owner.address);
    return;
  }
  if (!ask(turn, resolved.owner, "admission")) retry(turn, seed, "no-owner");
}

/**
 * Pointers still name this node's earlier life. Where ranges are leased they will not for long; elsewhere it enters
 * behind the seed, and stabilises from there to its place.
 */
function comeBack(turn: Turn, seed: Address): void {
  const { config } = turn.state;
  const peer = { id: config.naming(seed), address: seed, incarnation: 0 };
  const entered = !config.dialect.confirms && ask(turn, peer, "admission");
  if (!entered) retry(turn, seed, "no-owner");
}

/** The seed could not be used: the next one. */
export function onSeedFailed(turn: Turn, seed: Address, trouble: SeedTrouble): void {
  if (turn.state.phase._tag === "Joining") retry(turn, seed, trouble);
}

/**
 * A member spoke to this node, as it remembers an earlier life of it, or was told to expect it. Where no seed is left
 * in the ring, that one may lead there.
 */
export function meetAsNewcomer(turn: Turn, member: Address): void {
  const { phase } = turn.state;
  if (phase._tag !== "Joining" || phase.vacantSince === null) return;
  const address = processAddress(member);
  if (phase.seeds.includes(address)) return;
  goOn(turn, phase, { met: { address, at: phase.met?.at ?? turn.at } });
}

export function seedTrouble(refused: Refused): SeedTrouble {
  if (refused.code === "not-member" || refused.code === "gone") return "not-member";
  return refused.code === "id-taken" ? "id-taken" : "no-owner";
}

/** The owner of our id did not answer, could not be reached, refused, or said to wait. */
export function onAdmissionDelayed(
  turn: Turn,
  purpose: AskPurpose,
  trouble: LookupTrouble | "wait" | "id-taken",
): void {
  const { phase, config } = turn.state;
  if (phase._tag !== "Joining") return;
  if (trouble === "id-taken") {
    refuseId(turn, phase, purpose.peer.address);
    return;
  }
  const seed = currentSeed(turn, phase);
  if (trouble !== "wait" && seed !== undefined) {
    announce(turn, { _tag: "NotAdmitted", seed, owner: purpose.peer.address, reason: trouble });
  }
  const backoffMs = trouble === "wait" ? config.ring.intervalMs / 20 : config.ring.intervalMs / 4;
  goOn(turn, phase, { retryAt: turn.at + jittered(turn, backoffMs) });
}

/** The application gave up. */
export function cancelJoin(turn: Turn, operation: OperationId): boolean {
  const { phase } = turn.state;
  if (phase._tag !== "Joining" || phase.operation !== operation) return false;
  setPhase(turn, { _tag: "Idle" });
  fail(turn, operation, { _tag: "Cancelled" });
  return true;
}

/** Whose turn it is; none where this node is the only one. */
function currentSeed(turn: Turn, phase: Joining): Address | undefined {
  const others = askedInTurn(turn, phase);
  return others[phase.turn % Math.max(1, others.length)];
}

/** Its seeds, and the member that it met, if any. */
function askedInTurn({ state }: Turn, { seeds, met }: Joining): ReadonlyArray<Address> {
  const all = met === null ? seeds : [...seeds, met.address];
  return all.filter((seed) => seed !== state.self.address);
}

function foundRing(turn: Turn): void {
  setPhase(turn, { _tag: "Member", settling: null });
  const timers = ownTimers(turn);
  timers.stabilizeAt = turn.at;
  timers.fingersAt = turn.at;
  ownAll(turn, nextEpoch(turn), { reason: "create", peer: null });
}

function retry(turn: Turn, seed: Address, trouble: SeedTrouble): void {
  const { phase, config, self } = turn.state;
  if (phase._tag !== "Joining") return;
  if (phase.told.get(seed) !== trouble) announce(turn, { _tag: "SeedFailed", seed, reason: trouble });
  const asked = askedInTurn(turn, phase);
  // Of the members that it met, only what the latest said counts.
  const told = new Map([...phase.told, [seed, trouble] as const].filter(([each]) => asked.includes(each)));
  const vacant = phase.seeds.every((other) => other === self.address || isVacant(told.get(other)));
  const next = phase.turn + 1;
  const roundDone = next % asked.length === 0;
  const backoffMs = roundDone ? Math.min(config.ring.intervalMs / 2, 100 * 1.3 ** Math.min(next, 20)) : 0;
  goOn(turn, phase, {
    // A member that was met, but is in the ring no more, is of no use.
    met: phase.met?.address === seed && isVacant(trouble) ? null : phase.met,
    turn: next,
    told,
    vacantSince: vacant ? (phase.vacantSince ?? turn.at) : null,
    retryAt: turn.at + jittered(turn, backoffMs),
  });
  if (backoffMs === 0) tryNextSeed(turn);
}

/**
 * All seeds may be starting at once. If for three intervals each of them refused or said that it is no member, the one
 * with the smallest id of those that answer founds the ring. A member that was met has W to lead to its own: it may
 * wait for this node in its turn. And it is no seed, which would found a ring by the same rule: its id does not count.
 */
function mayFound(turn: Turn, phase: Joining): boolean {
  const { self, config } = turn.state;
  const { ring } = config;
  if (!phase.orCreate || phase.vacantSince === null || !phase.seeds.includes(self.address)) return false;
  if (turn.at < phase.vacantSince + 3 * ring.intervalMs) return false;
  if (phase.met !== null && turn.at < phase.met.at + longPatienceMs(ring)) return false;
  return phase.seeds.every(
    (seed) => seed === self.address || phase.told.get(seed) === "refused" || config.naming(seed) > self.id,
  );
}

function isVacant(trouble: SeedTrouble | undefined): boolean {
  return trouble === "refused" || trouble === "not-member";
}

function refuseId(turn: Turn, phase: Joining, by: Address): void {
  setPhase(turn, { _tag: "Idle" });
  fail(turn, phase.operation, { _tag: "IdTaken", by: processAddress(by) });
}

/** Written out: whether a node is a member is asked of its phase all the time, and so phases are of few shapes. */
function goOn(turn: Turn, phase: Joining, change: Partial<Joining>): void {
  setPhase(turn, {
    _tag: "Joining",
    operation: phase.operation,
    seeds: phase.seeds,
    orCreate: phase.orCreate,
    met: change.met === undefined ? phase.met : change.met,
    turn: change.turn ?? phase.turn,
    retryAt: change.retryAt ?? phase.retryAt,
    told: change.told ?? phase.told,
    vacantSince: change.vacantSince === undefined ? phase.vacantSince : change.vacantSince,
  });
}

function setPhase(turn: Turn, phase: Turn["state"]["phase"]): void {
  own(turn).phase = phase;
}
