import type {
  Address,
  Announcement,
  Distance,
  Effect,
  Epoch,
  Happening,
  Id,
  Message,
  Millis,
  Naming,
  NodeState,
  OperationResult,
  Peer,
  Report,
  Space,
  Token,
  Verdict,
} from "@chordnet/core";
import { claim, formatId, isRight, rangeStart } from "@chordnet/core";

/** How many hexadecimal digits of an identifier tell the nodes of a ring apart. */
const digitsMax = 4;

/**
 * Events, effects and states as a person reads them: nodes by their identifiers (the first digits), tokens as ranges
 * with their epoch, counted from `epochStart`.
 */
export class Prose {
  private readonly space: Space;
  private readonly naming: Naming;
  private readonly epochStart: Epoch;

  constructor(space: Space, naming: Naming, epochStart: Epoch = 0) {
    this.space = space;
    this.naming = naming;
    this.epochStart = epochStart;
  }

  node(address: Address): string {
    return this.point(this.naming(address));
  }

  point(id: Id): string {
    return formatId(this.space, id).slice(0, digitsMax);
  }

  /** What happened to the node at `self` and what it did: the time and the event, and a line for each effect. */
  step(now: Millis, self: Address, what: Happening, effects: ReadonlyArray<string>): ReadonlyArray<string> {
    const time = String(Math.round(now)).padStart(6);
    return [
      `${time} ${this.node(self)} ${this.event(self, what)}`,
      ...effects.map((effect) => `          ${effect}`),
    ];
  }

  /** What happened to the node at `self`, as one line. */
  event(self: Address, what: Happening): string {
    switch (what._tag) {
      case "Received":
        return `${this.node(what.from)} says: ${this.message(what.from, self, what.message)}`;
      case "SendFailed":
        return `${what.reason} by ${this.node(what.to)}: ${what.message._tag}`;
      case "Disconnected":
        return `connection with ${this.node(what.process)} lost`;
      case "Ticked":
        return "tick";
      case "LookupRequested":
        return `asked for the owner of ${this.point(what.target)}`;
      case "JoinRequested":
        return `asked to join through ${what.seeds.map((seed) => this.node(seed)).join(" ")}`;
      default:
        return `asked to ${what._tag.replace("Requested", "").toLowerCase()}`;
    }
  }

  /** What a node at `self` does, as one line. */
  effect(self: Address, effect: Effect): string {
    switch (effect._tag) {
      case "Send":
        return `to ${this.node(effect.to)}: ${this.message(self, effect.to, effect.message)}`;
      case "Announced":
        return this.announcement(effect.change);
      case "Settled":
        return isRight(effect.result)
          ? this.result(effect.result.right)
          : `fails: ${effect.result.left._tag}`;
      case "Dropped":
        return `drops ${effect.message} from ${this.node(effect.from)}: ${effect.reason}`;
      case "Suspected":
        return `${this.node(effect.process)} is silent`;
      case "StatusAsked":
        return `status asked by ${effect.to}`;
    }
  }

  private message(sender: Address, receiver: Address, message: Message): string {
    const by = this.naming(sender);
    switch (message._tag) {
      case "Ask": {
        const unleased = message.unleasedMs > 0 ? ` unleased for ${message.unleasedMs} ms` : "";
        return `ask ${this.token(by, message.token)}${unleased}${this.beneath(message.beneath)}`;
      }
      case "Answer":
        return this.verdict(this.naming(receiver), message.verdict);
      case "Introduced":
        return `introduced: ${this.peers(message.successors)}`;
      case "Find":
        return `find ${this.point(message.target)} for ${this.node(message.origin.address)}`;
      case "Route":
        return `route to ${this.point(message.target)}`;
      case "Found":
        return `found: ${this.token(by, message.token)}`;
      case "Unfound":
        return `unfound: ${message.reason}`;
      case "Closer":
        return `closer: ${message.peers.map(({ peer }) => this.node(peer.address)).join(" ")}`;
      case "Leave":
        return `leave ${this.token(by, message.token)}${this.beneath(message.beneath)}`;
      case "Left":
        return message.accepted ? "left: accepted" : "left: not now";
      case "Circle":
        return `circle of ${this.node(message.origin.address)}`;
      case "Query":
        return `query ${this.point(message.target)}`;
      case "Resolved":
        return `resolved: ${this.node(message.owner.address)}`;
      case "Refused":
        return `refused: ${message.code}`;
      default:
        return message._tag.toLowerCase();
    }
  }

  /** Where a node stands at a time on its clock, as one line. */
  standing(node: NodeState, at: number): string {
    const { pointers, ownership, self } = node;
    const own = claim(node, at);
    const claims = own === null ? "claims nothing" : `claims ${this.token(self.id, own.token)}`;
    const held = ownership.token === null ? "no token" : `token ${this.token(self.id, ownership.token)}`;
    const token = own !== null && own.token.length === ownership.token?.length ? "" : `, ${held}`;
    return `${this.peer(pointers.predecessor)} < ${this.node(self.address)} > ${this.peers(pointers.successors)}: ${claims}${token}`;
  }

  private peers(peers: ReadonlyArray<Peer>): string {
    return peers.map((peer) => this.node(peer.address)).join(" ") || "nobody";
  }

  private token(owner: Id, token: Token | null): string {
    return token === null ? "nothing" : `${this.range(owner, token.length)} ${this.epoch(token.epoch)}`;
  }

  private epoch(epoch: Epoch): string {
    return `e${epoch - this.epochStart}`;
  }

  private range(end: Id, length: Distance): string {
    if (length === this.space.size) return "everything";
    if (length === 0n) return "an empty range";
    return this.arc(rangeStart(this.space, end, length), end);
  }

  private arc(start: Id, end: Id): string {
    return `(${this.point(start)}, ${this.point(end)}]`;
  }

  private verdict(receiver: Id, verdict: Verdict): string {
    switch (verdict._tag) {
      case "Granted":
        return verdict.leaseMs === 0 ? "noted, no lease yet" : `leased for ${Math.round(verdict.leaseMs)} ms`;
      case "Wait":
        return verdict.soon ? "wait a little" : "wait";
      case "Handed":
        return `handed ${this.token(receiver, verdict.token)}${this.beneath(verdict.beneath)}`;
    }
  }

  private beneath(reports: ReadonlyArray<Report>): string {
    const list = reports.map(
      ({ peer, token, handed }) =>
        `${this.node(peer.address)} ${this.token(peer.id, token)}${handed ? " handed" : ""}`,
    );
    return list.length === 0 ? "" : `, beneath: ${list.join("; ")}`;
  }

  private announcement(change: Announcement): string {
    switch (change._tag) {
      case "SuccessorChanged":
        return `successor ${this.peer(change.to)}`;
      case "PredecessorChanged":
        return `predecessor ${this.peer(change.to)}`;
      case "RangeGained":
        return `gains ${this.arc(change.start, change.end)} ${this.epoch(change.epoch)} by ${change.reason}`;
      case "RangeLost":
        return `loses ${this.arc(change.start, change.end)} by ${change.reason}`;
      case "PeerEvicted":
        return `evicts ${this.peer(change.peer)}: ${change.reason}`;
      case "SeedFailed":
        return `seed ${this.node(change.seed)}: ${change.reason}`;
      case "NotAdmitted":
        return `not admitted by ${this.node(change.owner)}: ${change.reason}`;
      default:
        return change._tag.toLowerCase();
    }
  }

  private result(result: OperationResult): string {
    switch (result._tag) {
      case "Owner":
        return `owner is ${this.peer(result.peer)}, ${this.epoch(result.epoch)}, ${result.hops} hops`;
      case "HandedOver":
        return `handed over to ${this.peer(result.to)}`;
      default:
        return result._tag.toLowerCase();
    }
  }

  private peer(peer: Peer | null): string {
    return peer === null ? "nobody" : this.node(peer.address);
  }
}
