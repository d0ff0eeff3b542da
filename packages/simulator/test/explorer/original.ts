import type { Effect, Event, Message, NodeState, Peer } from "@chordnet/core";
import { between, isMember } from "@chordnet/core";
import type { Machine } from "../../src/explorer/index.js";

/**
 * The ring maintenance of the SIGCOMM paper of 2001, as it stands in figure 6 and section 4.5: a successor's
 * predecessor is adopted unasked, and so is the successor's list; a notifier becomes the predecessor if it is nearer.
 * It talks in the messages of the core, and knows nothing of ownership: `Ask` asks for the neighbours, a `Ping` is a
 * notify.
 */
interface Behaviour {
  readonly stabilize: (turn: Turn) => void;
  /** The successor's neighbours are known. */
  readonly onNeighbours: (
    turn: Turn,
    from: Peer,
    predecessor: Peer | null,
    list: ReadonlyArray<Peer>,
  ) => void;
  readonly onNotify: (turn: Turn, notifier: Peer) => void;
  readonly onFailed: (turn: Turn, to: Peer, message: Message) => void;
}

interface Turn {
  state: NodeState;
  readonly effects: Effect[];
  readonly at: number;
}

/** By the letter: nobody is asked whether it lives but a node's own successor, when it is asked for its neighbours. */
const literal: Behaviour = {
  stabilize: (turn) => {
    const { successors, predecessor } = turn.state.pointers;
    // Who is its own successor hears of the next one as its predecessor.
    if (successors.length === 0 && predecessor !== null) setList(turn, [predecessor]);
    const [successor] = turn.state.pointers.successors;
    if (successor !== undefined) ask(turn, successor);
  },
  onNeighbours: (turn, from, predecessor, list) => {
    const [head] = turn.state.pointers.successors;
    if (head?.address !== from.address) return;
    setList(turn, [from, ...list]);
    const { self } = turn.state;
    if (predecessor !== null && between(self.id, predecessor.id, from.id)) replaceHead(turn, predecessor);
    const [next] = turn.state.pointers.successors;
    if (next !== undefined) send(turn, next, { _tag: "Ping", rid: 0 });
  },
  onNotify: (turn, notifier) => {
    const { predecessor } = turn.state.pointers;
    if (predecessor === null || between(predecessor.id, notifier.id, turn.state.self.id)) {
      setPredecessor(turn, notifier);
    }
  },
  onFailed: (turn, to) => {
    const { successors } = turn.state.pointers;
    setList(
      turn,
      successors.filter((peer) => peer.address !== to.address),
    );
  },
};

/**
 * With the checks of liveness that everybody adds: a dead predecessor is forgotten, and the successor's predecessor is
 * asked before it is adopted.
 */
const checked: Behaviour = {
  ...literal,
  stabilize: (turn) => {
    literal.stabilize(turn);
    const { predecessor } = turn.state.pointers;
    if (predecessor !== null) send(turn, predecessor, { _tag: "Inspect", rid: 0 });
  },
  onNeighbours: (turn, from, predecessor, list) => {
    const { successors } = turn.state.pointers;
    const [head] = successors;
    if (head === undefined || between(turn.state.self.id, from.id, head.id)) {
      replaceHead(turn, from);
      send(turn, from, { _tag: "Ping", rid: 0 });
      return;
    }
    if (head.address !== from.address) return;
    setList(turn, [from, ...list]);
    if (predecessor !== null && between(turn.state.self.id, predecessor.id, from.id)) ask(turn, predecessor);
    else send(turn, from, { _tag: "Ping", rid: 0 });
  },
  onFailed: (turn, to) => {
    literal.onFailed(turn, to, { _tag: "Ping", rid: 0 });
    if (turn.state.pointers.predecessor?.address === to.address) setPredecessor(turn, null);
  },
};

export const original: { readonly literal: Machine; readonly checked: Machine } = {
  literal: machine(literal),
  checked: machine(checked),
};

function machine(behaviour: Behaviour): Machine {
  return {
    step: (state, event) => {
      const turn: Turn = { state, effects: [], at: event.at };
      happen(turn, event, behaviour);
      return [turn.state, turn.effects];
    },
    nextDeadline: (state) => (isMember(state) ? state.timers.stabilizeAt : null),
  };
}

function happen(turn: Turn, event: Event, behaviour: Behaviour): void {
  switch (event._tag) {
    case "CreateRequested":
      return become(turn, []);
    case "JoinRequested":
      return enter(turn, event.seeds[0] as string);
    case "Ticked":
      if (!isMember(turn.state) || turn.at < turn.state.timers.stabilizeAt) return;
      setStabilizeAt(turn);
      return behaviour.stabilize(turn);
    case "Received":
      return receive(turn, nodeOf(turn, event.from, event.incarnation), event.message, behaviour);
    case "SendFailed":
      return behaviour.onFailed(turn, nodeOf(turn, event.to, 1), event.message);
    default:
      return;
  }
}

function receive(turn: Turn, from: Peer, message: Message, behaviour: Behaviour): void {
  const { pointers, self } = turn.state;
  switch (message._tag) {
    case "Ask": {
      const { predecessor, successors } = pointers;
      const verdict = { _tag: "Wait", soon: false } as const;
      return send(turn, from, { _tag: "Answer", rid: 0, verdict, predecessor, successors });
    }
    case "Answer":
      return behaviour.onNeighbours(turn, from, message.predecessor, message.successors);
    case "Ping":
      return behaviour.onNotify(turn, from);
    // A newcomer looks for its successor, from node to node.
    case "Find": {
      const [successor] = pointers.successors;
      const { origin, target } = message;
      if (successor === undefined) return send(turn, origin, { _tag: "Closer", rid: 0, peers: [] });
      if (target === successor.id || between(self.id, target, successor.id)) {
        return send(turn, origin, { _tag: "Closer", rid: 0, peers: [{ peer: successor, why: "successor" }] });
      }
      return send(turn, successor, message);
    }
    case "Closer":
      if (turn.state.phase._tag === "Idle") become(turn, [message.peers[0]?.peer ?? from]);
      return;
    default:
      return;
  }
}

function enter(turn: Turn, seed: string): void {
  const { self } = turn.state;
  const through = nodeOf(turn, seed, 1);
  send(turn, through, { _tag: "Find", rid: 0, target: self.id, origin: self, hops: 1 });
}

function become(turn: Turn, successors: ReadonlyArray<Peer>): void {
  turn.state = { ...turn.state, phase: { _tag: "Member", settling: null } };
  setList(turn, successors);
  setStabilizeAt(turn);
}

function ask(turn: Turn, to: Peer): void {
  send(turn, to, { _tag: "Ask", rid: 0, token: null, unleasedMs: 0, beneath: [] });
}

function send(turn: Turn, to: Peer, message: Message): void {
  turn.effects.push({ _tag: "Send", to: to.address, message });
}

/** Its own entry, where the list has come round, and what follows it don't count. */
function setList(turn: Turn, list: ReadonlyArray<Peer>): void {
  const { self, config, pointers } = turn.state;
  const distinct = list.filter(
    (peer, i) => peer.id !== self.id && list.findIndex((other) => other.id === peer.id) === i,
  );
  const successors = distinct.slice(0, config.ring.successors);
  turn.state = { ...turn.state, pointers: { ...pointers, successors } };
}

/** The successor is another one now; the rest of the list is taken over the next time. */
function replaceHead(turn: Turn, peer: Peer): void {
  setList(turn, [peer, ...turn.state.pointers.successors.slice(1)]);
}

function setPredecessor(turn: Turn, predecessor: Peer | null): void {
  turn.state = { ...turn.state, pointers: { ...turn.state.pointers, predecessor } };
}

function setStabilizeAt(turn: Turn): void {
  const stabilizeAt = turn.at + turn.state.config.ring.intervalMs;
  turn.state = { ...turn.state, timers: { ...turn.state.timers, stabilizeAt } };
}

function nodeOf(turn: Turn, address: string, incarnation: number): Peer {
  return { id: turn.state.config.naming(address), address, incarnation };
}
