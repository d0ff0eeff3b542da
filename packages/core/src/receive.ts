import type { OperationError } from "./effect.js";
import type { Received } from "./event.js";
import type { Find, Message, Refused, Reply, Report, Token } from "./message.js";
import type { Peer } from "./peer.js";
import * as pending from "./pending.js";
import { onCircle } from "./protocol/circle.js";
import { onTold } from "./protocol/delegate.js";
import { bury, dismiss, heard, ponged } from "./protocol/failure.js";
import { onAsk } from "./protocol/heir.js";
import { onIntroduce, onIntroduced, onNotIntroduced } from "./protocol/introduce.js";
import {
  meetAsNewcomer,
  onAdmissionDelayed,
  onJoinResolved,
  onSeedFailed,
  seedTrouble,
} from "./protocol/join.js";
import { onDepart, onLeave, onLeft } from "./protocol/leave.js";
import { onCloser, onFound, onLookupSetback, onUnfound } from "./protocol/lookup.js";
import { rememberSpeaker } from "./protocol/memory.js";
import { countRefusal } from "./protocol/quorum.js";
import { consider, onAnswer } from "./protocol/stabilize.js";
import { tellUntaken } from "./protocol/takeover.js";
import { onFind, onInspect, onQuery, onRoute } from "./protocol/wander.js";
import type { Lookup, Request } from "./request.js";
import { isMember } from "./state.js";
import type { Turn } from "./turn.js";
import { drop, emit, fail, plausibleEpoch, refuse, send, setPending, succeed } from "./turn.js";

/** A message came: to the behaviour that it belongs to. */
export function receive(turn: Turn, event: Received): void {
  const { message } = event;
  if (event.client) receiveFromClient(turn, event);
  else if (!plausible(turn, message)) drop(turn, event.from, message._tag, "misplaced");
  // Whoever passes a lookup on is nobody to it: most messages are these, and ask for no name.
  else if (message._tag === "Find") onFind(turn, message);
  else receiveFromNode(turn, nodeOf(turn, event), message);
}

/** Who has no address is no node: it may look up and look around. */
function receiveFromClient(turn: Turn, event: Received): void {
  const { from, message } = event;
  switch (message._tag) {
    case "Query":
      return onQuery(turn, from, message, false);
    case "Inspect":
      return onInspect(turn, from, message);
    case "Status":
      emit(turn, { _tag: "StatusAsked", to: from, rid: message.rid });
      return;
    default:
      drop(turn, from, message._tag, "not-allowed");
  }
}

function receiveFromNode(turn: Turn, from: Peer, message: Exclude<Message, Find>): void {
  switch (message._tag) {
    case "Route":
      return onRoute(turn, from, message);
    case "Query":
      return onQuery(turn, from.address, message, true);
    case "Inspect":
      return onInspect(turn, from.address, message);
    case "Status":
      emit(turn, { _tag: "StatusAsked", to: from.address, rid: message.rid });
      return;
    case "Ask":
    case "Ping":
    case "Introduce":
    case "Leave":
    case "Depart":
    case "Circle":
      return receiveRingMessage(turn, from, message);
    default:
      receiveReply(turn, from, message);
  }
}

type RingMessage = Extract<
  Message,
  { readonly _tag: "Ask" | "Ping" | "Introduce" | "Leave" | "Depart" | "Circle" }
>;

/** From a node about the ring. Whoever sends one is alive, and may be a nearer successor: answered first, then met. */
function receiveRingMessage(turn: Turn, from: Peer, message: RingMessage): void {
  heard(turn, from.address, from.incarnation);
  switch (message._tag) {
    case "Ask":
      onAsk(turn, from, message);
      if (message.token !== null) meet(turn, from);
      return;
    case "Ping":
      if (isMember(turn.state)) send(turn, from.address, { _tag: "Pong", rid: message.rid });
      else refuse(turn, from.address, message.rid);
      return meet(turn, from);
    case "Introduce":
      onIntroduce(turn, from, message);
      return meet(turn, from);
    case "Leave":
      return onLeave(turn, from, message);
    case "Depart":
      return onDepart(turn, from, message);
    case "Circle":
      return onCircle(turn, from, message);
  }
}

function meet(turn: Turn, from: Peer): void {
  meetAsNewcomer(turn, from.address);
  if (turn.state.phase._tag !== "Member") return;
  rememberSpeaker(turn, from);
  consider(turn, from);
}

/** An answer counts once, from whom was asked, in the form that was asked for. */
function receiveReply(turn: Turn, from: Peer, reply: Reply): void {
  const request = pending.get(turn.state.pending, reply.rid);
  if (request === undefined) return drop(turn, from.address, reply._tag, "unknown-request");
  if (request.to !== null && request.to !== from.address)
    return drop(turn, from.address, reply._tag, "wrong-peer");
  if (!fits(turn, request, reply)) return drop(turn, from.address, reply._tag, "wrong-form");
  setPending(turn, pending.remove(turn.state.pending, reply.rid));
  if (request.purpose._tag !== "Lookup") heard(turn, from.address, from.incarnation);
  if (reply._tag === "Refused") onRefused(turn, from, reply, request);
  else dispatchReply(turn, from, reply, request);
}

/** Which answers a request may have. A wandering lookup that rests, or waits for one peer, takes no other's word. */
function fits(turn: Turn, request: Request, reply: Reply): boolean {
  const { purpose } = request;
  const { _tag } = reply;
  switch (purpose._tag) {
    case "Ask":
      return _tag === "Answer" || _tag === "Refused";
    case "Ping":
      return _tag === "Pong" || _tag === "Refused";
    case "Introduce":
      return _tag === "Introduced" || _tag === "Refused";
    case "JoinQuery":
      return _tag === "Resolved" || _tag === "Refused";
    case "Inspect":
      return _tag === "Inspected" || _tag === "Refused";
    case "Leave":
      return _tag === "Left";
    case "Lookup":
      if (purpose.resting) return false;
      if (!turn.state.config.dialect.confirms && _tag === "Resolved") return true;
      if (request.to === null) return _tag === "Found" || _tag === "Unfound";
      return _tag === "Found" || _tag === "Closer" || _tag === "Refused";
  }
}

function dispatchReply(turn: Turn, from: Peer, reply: Reply, request: Request): void {
  const { purpose } = request;
  switch (purpose._tag) {
    case "Lookup":
      return dispatchLookupReply(turn, from, reply, request, purpose);
    case "Ask":
      if (reply._tag === "Answer") onAnswer(turn, from, reply, request, purpose);
      if (purpose.role === "admission" && turn.state.phase._tag === "Joining") {
        onAdmissionDelayed(turn, purpose, "wait");
      }
      return;
    case "Ping":
      return ponged(turn, from.address, request);
    case "Introduce":
      if (reply._tag === "Introduced") onIntroduced(turn, from, reply, request, purpose);
      return;
    case "JoinQuery":
      if (reply._tag === "Resolved") onJoinResolved(turn, reply, purpose.seed);
      return;
    case "Inspect":
      if (reply._tag === "Inspected") succeed(turn, purpose.operation, { _tag: "Inspected", answer: reply });
      return;
    case "Leave":
      if (reply._tag === "Left") onLeft(turn, reply, purpose);
  }
}

function dispatchLookupReply(turn: Turn, from: Peer, reply: Reply, request: Request, purpose: Lookup): void {
  switch (reply._tag) {
    case "Found":
      return onFound(turn, from, reply, request, purpose);
    case "Unfound":
      return onUnfound(turn, reply, purpose);
    case "Closer":
      return onCloser(turn, from, reply, request, purpose);
    case "Resolved":
      return onTold(turn, from, reply, request, purpose);
  }
}

function onRefused(turn: Turn, from: Peer, refused: Refused, request: Request): void {
  const { purpose } = request;
  switch (purpose._tag) {
    case "Lookup":
      return onLookupSetback(
        turn,
        request,
        purpose,
        refused.code === "overloaded" ? "overloaded" : "not-member",
      );
    case "JoinQuery":
      return onSeedFailed(turn, purpose.seed, seedTrouble(refused));
    case "Inspect": {
      const error: OperationError = { _tag: "PeerRefused", code: refused.code };
      return fail(turn, purpose.operation, error);
    }
    case "Ask":
      if (purpose.role === "admission") {
        return onAdmissionDelayed(turn, purpose, refused.code === "id-taken" ? "id-taken" : "not-member");
      }
  }
  if (refused.code === "gone") bury(turn, from.address, from.incarnation, "left");
  if (refused.code === "not-member") {
    tellUntaken(turn, from, request);
    dismiss(turn, from, request);
    countRefusal(turn, from.address, request);
  }
  if (purpose._tag === "Introduce") onNotIntroduced(turn, purpose, "refused");
}

/** Epochs so far ahead that counting on from them would soon be impossible are nobody's honest word. */
function plausible(turn: Turn, message: Message): boolean {
  switch (message._tag) {
    case "Ask":
    case "Leave":
      return plausibleTokens(turn, message);
    case "Answer":
      return message.verdict._tag !== "Handed" || plausibleTokens(turn, message.verdict);
    default:
      return true;
  }
}

function plausibleTokens(
  turn: Turn,
  { token, beneath }: { readonly token: Token | null; readonly beneath: ReadonlyArray<Report> },
): boolean {
  if (token !== null && !plausibleEpoch(turn, token.epoch)) return false;
  for (const report of beneath) if (!plausibleEpoch(turn, report.token.epoch)) return false;
  return true;
}

/** Who says it. Most of what is said comes from the two neighbours, who are known and need not be named anew. */
function nodeOf({ state }: Turn, { from, incarnation }: Received): Peer {
  const { predecessor, successors } = state.pointers;
  const neighbour = predecessor?.address === from ? predecessor : successors[0];
  if (neighbour?.address === from && neighbour.incarnation === incarnation) return neighbour;
  return { id: state.config.naming(from), address: from, incarnation };
}
