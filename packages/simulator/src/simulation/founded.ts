import type {
  Config,
  Finger,
  Id,
  Millis,
  NodeState,
  Peer,
  Pointers,
  ProcessState,
  Remembered,
  Report,
  Space,
  Token,
} from "@chordnet/core";
import { distance, fingerStart, quietIntervals } from "@chordnet/core";
import type { Dice } from "./dice.js";

/**
 * Processes that have done nothing yet, made into an ideal ring: every list, finger and token as it would be if all had
 * joined long ago, every lease just given, ticks spread over an interval. For rings too large to be grown node by node.
 */
export function foundRing(processes: ReadonlyArray<ProcessState>, at: Millis, dice: Dice): ProcessState[] {
  const nodes = processes.flatMap((process) => process.nodes);
  const ring = nodes.map(({ self }) => self).sort((a, b) => (a.id < b.id ? -1 : 1));
  return processes.map((process) => {
    const members = process.nodes.map((node) => settled(node, ring, at, dice));
    const held = members.reduce((sum, { ownership: { token } }) => sum + (token?.length ?? 0n), 0n);
    return {
      ...process,
      nodes: members.map((node) => ({ ...node, siblingsHold: held - (node.ownership.token?.length ?? 0n) })),
    };
  });
}

function settled(node: NodeState, ring: ReadonlyArray<Peer>, at: Millis, dice: Dice): NodeState {
  const { config, self } = node;
  const { successors, intervalMs, leaseMs } = config.ring;
  const place = placeOf(ring, self.id);
  const around = (step: number): Peer => ring[(place + step + ring.length) % ring.length] as Peer;
  const others = ring.length - 1;
  const before = Array.from({ length: Math.min(successors, others) }, (_, i) =>
    reportOf(config, ring, place - 1 - i),
  );
  const [report, ...beneath] = before;
  const token = tokenOf(config.space, ring, place);
  const pointers: Pointers = {
    successors: Array.from({ length: Math.min(successors, others) }, (_, i) => around(1 + i)),
    predecessor: others > 0 ? around(-1) : null,
    predecessorHeardAt: at,
    heirUnreachableSince: null,
    turnedAwaySince: null,
    fingers: others > 0 ? fingersOf(config.space, ring, self, around(1)) : [],
  };
  return {
    ...node,
    phase: { _tag: "Member", settling: null },
    pointers,
    ownership: {
      ...node.ownership,
      token,
      acknowledged: token,
      announced: token,
      leaseUntil: others > 0 ? at + leaseMs : Number.POSITIVE_INFINITY,
      before:
        report === undefined
          ? null
          : { report, beneath, lastAt: at, notBefore: Number.NEGATIVE_INFINITY, knownSince: at, refused: 0 },
    },
    remembered: others > 0 ? tested(pointers, at, config.limits.rememberedMax) : [],
    timers: {
      ...node.timers,
      stabilizeAt: at + dice.draw() * intervalMs,
      fingersAt: at + dice.draw() * intervalMs,
      fingersRest: 1,
      introduceAt: at + dice.draw() * quietIntervals * intervalMs,
    },
    epochSeen: token.epoch,
  };
}

/** Every pointer was found to be in this ring, long ago: nobody has to be tested at once. */
function tested({ successors, predecessor, fingers }: Pointers, askAt: Millis, most: number): Remembered[] {
  const peers = [
    ...successors,
    ...(predecessor === null ? [] : [predecessor]),
    ...fingers.map(({ peer }) => peer),
  ];
  return [...new Set(peers)]
    .slice(0, most)
    .map((peer) => ({ peer, standing: "same", askAt, tries: 0, seed: false }));
}

function tokenOf(space: Space, ring: ReadonlyArray<Peer>, place: number): Token {
  const [last, own] = [ring[(place - 1 + ring.length) % ring.length] as Peer, ring[place] as Peer];
  return { epoch: 1, length: ring.length === 1 ? space.size : distance(space, last.id, own.id) };
}

function reportOf({ space }: Config, ring: ReadonlyArray<Peer>, place: number): Report {
  const at = (place + 2 * ring.length) % ring.length;
  return { peer: ring[at] as Peer, token: tokenOf(space, ring, at), handed: false };
}

/** The distinct fingers beyond the successor: of all that point at one node, the first. */
function fingersOf(space: Space, ring: ReadonlyArray<Peer>, self: Peer, successor: Peer): Finger[] {
  const found: Finger[] = [];
  let reached = distance(space, self.id, successor.id);
  for (let index = 0; index < space.bits; index++) {
    if (1n << BigInt(index) <= reached) continue;
    const peer = ring[placeOf(ring, fingerStart(space, self.id, index)) % ring.length] as Peer;
    if (peer.id === self.id) break;
    found.push({ index, peer });
    reached = distance(space, self.id, peer.id);
  }
  return found;
}

/** Of the first at or after the point, or behind the last one. */
function placeOf(ring: ReadonlyArray<Peer>, point: Id): number {
  let low = 0;
  let high = ring.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ring[middle] as Peer).id < point) low = middle + 1;
    else high = middle;
  }
  return low;
}
