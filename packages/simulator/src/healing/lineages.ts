import type { Address, Before, NodeState, Peer, Report, Token } from "@chordnet/core";
import { distance } from "@chordnet/core";
import type { Simulation } from "../simulation/simulation.js";

/** What a node has of the circle, and knows of those before it. */
export type Owning = Pick<NodeState["ownership"], "token" | "acknowledged" | "leaseUntil" | "before">;

/**
 * Each node's token is of one of a few lineages; each of those tiled the circle once. Some leases have lapsed, and some
 * nodes know nothing of the token before theirs. `peers`: in the order of their identifiers.
 */
export function ownings(simulation: Simulation, peers: ReadonlyArray<Peer>): ReadonlyMap<Address, Owning> {
  const { dice } = simulation;
  const lineages = 1 + dice.below(3);
  const of = peers.map(() => dice.below(lineages));
  const lapsing = dice.draw() < 0.5 ? 0 : dice.draw();
  return new Map(
    peers.map((peer, i) => {
      const lineage = peers.filter((_, j) => of[j] === of[i]);
      return [peer.address, owning(simulation, lineage, lineage.indexOf(peer), lapsing)];
    }),
  );
}

/** `lapsing`: the share of leases that have run out. */
function owning(
  simulation: Simulation,
  lineage: ReadonlyArray<Peer>,
  place: number,
  lapsing: number,
): Owning {
  const { now, config, dice } = simulation;
  const alone = lineage.length === 1;
  const leased = dice.draw() >= lapsing;
  const token = tokenOf(simulation, lineage, place);
  const restMs = dice.draw() * config.ring.leaseMs;
  const leaseUntil = !leased ? now - restMs * 4 : alone ? Number.POSITIVE_INFINITY : now + restMs;
  const [report, ...beneath] = reportsTo(simulation, lineage, place);
  const before: Before | null =
    report === undefined || dice.draw() < 0.1
      ? null
      : { report, beneath, lastAt: now, notBefore: Number.NEGATIVE_INFINITY, knownSince: now, refused: 0 };
  return { token, acknowledged: token, leaseUntil, before };
}

/** Of those before it, the nearest first: as many as a successor list has room for, but for the node itself. */
function reportsTo(
  simulation: Simulation,
  lineage: ReadonlyArray<Peer>,
  place: number,
): ReadonlyArray<Report> {
  const known = Math.min(simulation.config.ring.successors, lineage.length) - 1;
  return Array.from({ length: known }, (_, k) => ({
    peer: at(lineage, place - 1 - k),
    token: tokenOf(simulation, lineage, place - 1 - k),
    handed: false,
  }));
}

function tokenOf({ config }: Simulation, lineage: ReadonlyArray<Peer>, place: number): Token {
  const { space } = config;
  const holder = at(lineage, place);
  const length = lineage.length === 1 ? space.size : distance(space, at(lineage, place - 1).id, holder.id);
  return { epoch: 1_700_000_000_000 - (Number(holder.id & 0xffffn) % 1000) * 100, length };
}

/** The lineage is a circle. */
function at(lineage: ReadonlyArray<Peer>, place: number): Peer {
  const { length } = lineage;
  return lineage[((place % length) + length) % length] as Peer;
}
