import type { Address, Config, Distance, Id, NodeState, Owner, Peer } from "@chordnet/core";
import { claim, inRange } from "@chordnet/core";

/** A promise about ownership that was broken. */
export type Violation =
  /** Two nodes claimed one key at one instant. */
  | { readonly _tag: "Overlap"; readonly at: number; readonly a: Address; readonly b: Address }
  /** A key was claimed under a lower epoch than before. */
  | { readonly _tag: "EpochFell"; readonly at: number; readonly key: Id; readonly to: Address };

/** A node that is there to be seen, and the time on its own clock. */
export interface Sight {
  readonly node: NodeState;
  readonly clock: number;
  /** Stopped: it can't answer anybody, so its claim is nobody's problem. */
  readonly stopped: boolean;
}

/** Sees every claim, and remembers them for a while, so that an answer can be judged by what was true when it was given. */
export class Witness {
  readonly violations: Violation[] = [];
  private readonly config: Config;
  private readonly spans = new Map<string, Span[]>();
  /** Points all round the circle, and the highest epoch that each was claimed under. */
  private readonly watched: ReadonlyArray<Id>;
  private readonly epochs: number[];

  constructor(config: Config, points = 32n) {
    this.config = config;
    const { size } = config.space;
    const step = size > points ? size / points : 1n;
    this.watched = Array.from({ length: Number(size / step) }, (_, i) => (BigInt(i) * step) as Id);
    this.epochs = this.watched.map(() => 0);
  }

  /** Something happened to `changed`: only it can have begun to claim. */
  observe(now: number, changed: Sight, others: Iterable<Sight>): void {
    const own = claim(changed.node, changed.clock);
    const { self } = changed.node;
    const span = own === null ? null : { from: now, until: now + own.leaseMs, length: own.token.length };
    this.record(self, now, span);
    if (own === null) return;
    this.watchEpochs(now, self, own.token.length, own.token.epoch);
    for (const { node, clock, stopped } of others) {
      if (stopped || node === changed.node) continue;
      const theirs = claim(node, clock);
      if (theirs === null) continue;
      const { space } = this.config;
      if (
        inRange(space, node.self.id, self.id, own.token.length) ||
        inRange(space, self.id, node.self.id, theirs.token.length)
      ) {
        this.violations.push({ _tag: "Overlap", at: now, a: self.address, b: node.self.address });
      }
    }
  }

  /** Whether the node that an answer names claimed the key at some instant between question and answer. */
  confirms(owner: Owner, target: Id, askedAt: number, answeredAt: number): boolean {
    const spans = this.spans.get(life(owner.peer)) ?? [];
    return spans.some(
      ({ from, until, length }) =>
        from <= answeredAt && until >= askedAt && inRange(this.config.space, target, owner.peer.id, length),
    );
  }

  private record(peer: Peer, now: number, claimed: Span | null): void {
    const spans = this.spans.get(life(peer)) ?? [];
    const last = spans.at(-1);
    if (last !== undefined && claimed !== null && last.length === claimed.length && last.until >= now) {
      last.until = claimed.until;
      return;
    }
    if (last !== undefined) last.until = Math.min(last.until, now);
    if (claimed !== null) spans.push(claimed);
    this.spans.set(life(peer), spans);
  }

  private watchEpochs(now: number, owner: Peer, length: Distance, epoch: number): void {
    for (let i = 0; i < this.watched.length; i++) {
      const key = this.watched[i] as Id;
      if (!inRange(this.config.space, key, owner.id, length)) continue;
      if (epoch < (this.epochs[i] as number)) {
        this.violations.push({ _tag: "EpochFell", at: now, key, to: owner.address });
      }
      this.epochs[i] = epoch;
    }
  }
}

interface Span {
  readonly from: number;
  readonly length: Distance;
  until: number;
}

function life(peer: Peer): string {
  return `${peer.address}/${peer.incarnation}`;
}
