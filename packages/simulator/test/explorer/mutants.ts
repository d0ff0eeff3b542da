/** A fault put into the core on purpose: a piece of its built code, and what stands there instead. */
export interface Mutant {
  readonly file: string;
  readonly text: string;
  readonly instead: string;
  /** What is wrong with it. */
  readonly why: string;
  /** A configuration of the explorer that finds it sooner than those that are tried first. */
  readonly hint?: string;
}

/**
 * Faults that the checks must find, of the kind that one makes: a rule forgotten, a wait left out, a comparison too
 * weak. The text must stand in the built file exactly once: whoever changes the code there changes the mutant with it.
 */
export const mutants: ReadonlyArray<Mutant> = [
  {
    file: "protocol/stabilize.js",
    text: "adopt(turn, from, answer.successors);",
    instead: "adopt(turn, from, []);",
    why: "the successor's list is not taken over",
  },
  {
    file: "protocol/stabilize.js",
    text: "if (!wasHead && !nearerSuccessor(turn.state, from))",
    instead: "if (false)",
    why: "whoever answers becomes the successor",
  },
  {
    file: "protocol/stabilize.js",
    text: "const isBack = !wasHead ||",
    instead: "const isBack = true ||",
    why: "who was named an heir that died waits for it",
  },
  {
    file: "protocol/rectify.js",
    text: "between(present.id, notifier.id, self.id)",
    instead: "false",
    why: "a nearer predecessor is not taken",
  },
  {
    file: "protocol/rectify.js",
    text: "turn.at - predecessorHeardAt >= silentForMs",
    instead: "false",
    why: "a silent predecessor is never asked whether it lives",
  },
  {
    file: "protocol/failure.js",
    text: "successors: successors.filter((peer) => !gone(peer)),",
    instead: "successors,",
    why: "the dead stay in the list",
  },
  {
    file: "protocol/failure.js",
    text: "contact.deadUntil = until;",
    instead: "contact.deadUntil = until - 1;",
    why: "a node does not remember which peers are dead",
  },
  {
    file: "setback.js",
    text: "else if (purpose.tries > 0)\n        suspect(turn, purpose.peer);",
    instead: "",
    why: "a peer that does not answer is asked for ever",
  },
  {
    file: "protocol/join.js",
    text: "others[phase.turn % Math.max(1, others.length)]",
    instead: "others[0]",
    why: "a newcomer asks only the first of its seeds",
  },
  {
    file: "protocol/hand.js",
    text: "if (holdsWholeRing(turn.state) || outage)\n        completeSplit(turn);",
    instead: "if (true)\n        completeSplit(turn);",
    why: "a part is handed over before the heir knows",
  },
  {
    file: "protocol/hand.js",
    text: "        token: split.rest,\n",
    instead: "        token: ownership.token,\n",
    why: "a node keeps the part that it handed over",
  },
  {
    file: "protocol/hand.js",
    text: "acknowledged: leased(ownership, turn.at) ? split.rest : within(split.rest, ownership.acknowledged),",
    instead: "acknowledged: within(split.rest, ownership.acknowledged),",
    why: "what is left after a handover counts as unknown to the heir, though the heir knows it",
  },
  {
    file: "protocol/hand.js",
    text: "epoch: nextEpoch(turn, ask.token?.epoch),",
    instead: "epoch: token.epoch - 1,",
    why: "a part is handed over under an old epoch",
  },
  {
    file: "protocol/hand.js",
    text: "length: distance(config.space, newcomer.id, self.id) };",
    instead: "length: distance(config.space, newcomer.id, self.id) - 1n };",
    why: "a split loses a key",
  },
  {
    file: "protocol/leave.js",
    text: "setOwnership(turn, { handingOver: true,",
    instead: "setOwnership(turn, { handingOver: false,",
    why: "a leaver goes on claiming what it hands over",
  },
  {
    file: "protocol/leave.js",
    text: "if (!tiles || ownership.split !== null || message.token.epoch < before.report.token.epoch)\n        return false;",
    instead: "",
    why: "whatever a leaver hands over is taken",
    hint: "split-leave",
  },
  {
    file: "protocol/leave.js",
    text: "return inRange(state.config.space, from.id, state.self.id, token.length + beyond);",
    instead: "return true;",
    why: "a node that is not the heir says that it took the range",
    hint: "split-leave",
  },
  {
    file: "protocol/lease.js",
    text: "request.sentAt + Math.min(leaseMs, config.ring.leaseMs)",
    instead: "turn.at + Math.min(leaseMs, config.ring.leaseMs)",
    why: "a lease counts from its answer",
  },
  {
    file: "protocol/heir.js",
    text: "if (!holdsWholeRing(turn.state) && from.id === tokenStart(turn.state, token))",
    instead: "if (true)",
    why: "a node is leased whatever it says that it holds",
  },
  {
    file: "protocol/renewal.js",
    text: "const keeps = outage || ask.unleasedMs <= longPatienceMs(turn.state.config.ring);",
    instead: "const keeps = true;",
    why: "a stranger is believed about the range that it once held",
  },
  {
    file: "protocol/heir.js",
    text: "ask.unleasedMs > knownMs(before, turn.at)",
    instead: "false",
    why: "an heir that knows its asker by another's word alone serves it as it is, though it had no lease",
  },
  {
    file: "protocol/reports.js",
    text: "return Math.max(0, at - before.knownSince);",
    instead: "return wasInherited(before) ? 0 : Infinity;",
    why: "what a node said before it was stopped, and is heard when it wakes, counts for ever",
  },
  {
    file: "protocol/heir.js",
    text: "from.incarnation > held.peer.incarnation",
    instead: "false",
    why: "a node that was born again is taken for its earlier life",
  },
  {
    file: "ownership.js",
    text: "ownership.token !== null && ownership.acknowledged?.epoch === ownership.token.epoch",
    instead: "ownership.token !== null",
    why: "a range changes hands before the heir knows of it",
  },
  {
    file: "protocol/takeover.js",
    text: "return before.lastAt + patienceMs(ring);",
    instead: "return before.lastAt + ring.intervalMs / 2;",
    why: "a silent node's range is taken while its lease runs",
  },
  {
    file: "protocol/takeover.js",
    text: "return Math.max(before.notBefore, since + (hides(state, before, since) ? longPatienceMs : patienceMs)(ring));",
    instead: "return since;",
    why: "nobody waits for nodes that may hide behind a dead one",
  },
  {
    file: "protocol/leave.js",
    text: "if (before.report.handed && message.token.epoch < before.report.token.epoch)",
    instead: "if (false)",
    why: "a copy of a leave that was accepted is refused",
  },
  {
    file: "protocol/takeover.js",
    text: "return before.lastAt > state.ownership.leaseUntil ? since + longPatienceMs(ring) : since;",
    instead: "return since;",
    why: "a woken node that finds the only one that it knew dead takes everything at once",
  },
  {
    file: "protocol/takeover.js",
    text: "if (report.handed && !wasInherited(before) && before.lastAt <= leaseUntil)",
    instead: "if (report.handed && !wasInherited(before))",
    why: "what a woken node handed on it takes back as if nobody could hold it",
  },
  {
    file: "protocol/away.js",
    text: "leaseUntil: leaseUntil - ms",
    instead: "leaseUntil",
    why: "the lease of a machine that slept ends when it wakes",
  },
  {
    file: "protocol/takeover.js",
    text: "Math.max(leaseUntil, hungUntil)",
    instead: "leaseUntil",
    why: "who lost its lease by the calendar alone takes from the dead at once",
  },
  {
    file: "protocol/failure.js",
    text: 'if (handed && purpose._tag !== "Ask")',
    instead: "if (false)",
    why: "a hand that never arrived is waited for by who knows of it by another's word",
  },
  {
    file: "protocol/lease.js",
    text: "return state.ownership.acknowledged !== null || processHoldsRing(state);",
    instead: "return true;",
    why: "who was handed a range by one without a lease grants leases at once",
  },
  {
    file: "protocol/reports.js",
    text: "return round < 0 ? chain : chain.slice(0, round);",
    instead: "return chain.filter(({ peer }) => peer.id !== self.id);",
    why: "a chain of neighbours goes on where it comes round",
  },
  {
    file: "protocol/takeover.js",
    text: "if (since !== null && (lease || isAlone(state, at))) {",
    instead: "if (since !== null) {",
    why: "a node whose own lease has lapsed takes from the dead as if it still had one",
  },
  {
    file: "protocol/takeover.js",
    text: "const epoch = nextEpoch(turn, Math.max(token.epoch, before.report.token.epoch));",
    instead: "const epoch = token.epoch;",
    why: "a takeover keeps the old epoch",
  },
  {
    file: "protocol/takeover.js",
    text: "const length = token.length + before.report.token.length;",
    instead: "const length = token.length;",
    why: "nothing is gained by a takeover",
  },
  {
    file: "protocol/recover.js",
    text: "if (head(turn.state) !== null)",
    instead: "if (true)",
    why: "a node that has lost its whole list asks nobody",
  },
  {
    file: "protocol/lookup.js",
    text: "if (!inRange(space, lookup.target, from.id, found.token.length)) {",
    instead: "if (false) {",
    why: "any answer counts as the owner's",
  },
  {
    file: "protocol/wander.js",
    text: "const own = holdOf(turn.state, target, turn.at);",
    instead:
      "const own = turn.state.ownership.token && { token: { ...turn.state.ownership.token, length: turn.state.config.space.size }, leaseMs: 1000 };",
    why: "every node that is asked says that it owns the key",
  },
  {
    file: "protocol/route.js",
    text: "target === peer.id || between(start, target, peer.id)",
    instead: "between(start, target, peer.id)",
    why: "a key equal to a node's identifier belongs to nobody",
  },
  {
    file: "protocol/takeover.js",
    text: "if (handed && !wasInherited(before) && isBarred(turn, peer))",
    instead: "if (false)",
    why: "a node that is no member is waited for as one that others may see",
  },
  {
    file: "protocol/takeover.js",
    text: "isElsewhere(turn.state, peer) && deadSince(turn.state, peer) === null",
    instead: "deadSince(turn.state, peer) === null",
    why: "a virtual node of the same process is waited for as one that others may see",
  },
  {
    file: "process.js",
    text: 'event._tag === "Received" && event.message._tag === "Pong"',
    instead: "false",
    why: "each virtual node counts for itself whom it sees",
  },
  {
    file: "protocol/hand.js",
    text: "leased(ownership, at) ? 0 : at - ownership.leaseUntil",
    instead: "0",
    why: "who slept hands on what others may have been handed since",
  },
  {
    file: "protocol/heir.js",
    text: "wasInherited(before) || isFromHand(turn, before, ask)",
    instead: "true",
    why: "who came by the same epoch in another way is taken for who took what it was handed",
  },
  {
    file: "protocol/hand.js",
    text: "wasInherited(before) || knowsBetter(turn, ask)",
    instead: "knowsBetter(turn, ask)",
    why: "whoever took a part from one that slept hands on the rest",
  },
  {
    file: "protocol/renewal.js",
    text: "const inside = isOut(turn) ? null : knownInside(turn.state, from, own.length);",
    instead: "const inside = null;",
    why: "who slept is handed back all that it held, whoever was admitted in it",
  },
  {
    file: "protocol/hand.js",
    text: "if (outage && isServed(turn, ask))",
    instead: "if (outage && ask.unleasedMs === 0)",
    why: "a node without a lease hands on what was asked of it while it slept",
  },
  {
    file: "protocol/heir.js",
    text: "learnPart(turn, from, ask);\n    doubtNeighbours",
    instead: "doubtNeighbours",
    why: "an heir learns nothing from those who are served in a dead range",
  },
  {
    file: "protocol/takeover.js",
    text: "Math.max(before.lastAt, since ?? before.lastAt)",
    instead: "before.lastAt",
    why: "whom a dead node admitted, after it was last heard, is not waited for",
  },
  {
    file: "protocol/memory.js",
    text: 'known.standing === "silent" && known.tries > 0',
    instead: "false",
    why: "who was asked in vain is taken for dead though it speaks",
  },
  {
    file: "protocol/stabilize.js",
    text: "named && !wasHead ? null : was",
    instead: "was",
    why: "a new successor's word for another that stands between counts as that of the one before it",
  },
  {
    file: "protocol/heir.js",
    text: "died === null && !(served && wasInherited(before))",
    instead: "!(served && wasInherited(before))",
    why: "who woke learns of those in a dead node's range from the leased alone",
  },
  {
    file: "protocol/reports.js",
    text: "peer.id === self.id || inRange(space, self.id, peer.id, token.length)",
    instead: "peer.id === self.id",
    why: "a neighbour is believed that another holds the place of the one that it tells so",
  },
  {
    file: "protocol/hand.js",
    text: "before?.report.handed !== true || at <= before.lastAt + config.ring.intervalMs",
    instead: "true",
    why: "what was handed on without a lease is remembered for ever",
  },
  {
    file: "protocol/hand.js",
    text: "|| at <= before.lastAt + config.ring.intervalMs",
    instead: "",
    why: "two that hand each other their ranges forget at once what they have handed on",
  },
  {
    file: "protocol/heir.js",
    text: "if (served || died === null)",
    instead: "if (true)",
    why: "the word of one that slept shortens the wait for those that a dead node admitted",
  },
  {
    file: "protocol/heir.js",
    text: "&& !isRenewedAlone(turn, from, ask.token, held)",
    instead: "",
    why: "virtual nodes that alone are left hand each other their ranges anew for ever",
  },
  {
    file: "protocol/hand.js",
    text: "isOwnWord && !isNamed",
    instead: "false",
    why: "who slept, and was handed its range by one that knows nobody beneath, believes an old word of them",
  },
  {
    file: "protocol/reports.js",
    text: "endsHere || since",
    instead: "since",
    why: "whom one admitted before it slept it believes for ever",
  },
];
