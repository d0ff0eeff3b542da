import type { LookupTrouble, SeedTrouble } from "./effect.js";
import type { PresentFailure, SendFailed, SendFailure } from "./event.js";
import type { Message } from "./message.js";
import type { Address, Peer } from "./peer.js";
import * as pending from "./pending.js";
import { ping, refused, suspect, unanswered } from "./protocol/failure.js";
import { onIntroduceTimeout, onNotIntroduced } from "./protocol/introduce.js";
import { onAdmissionDelayed, onSeedFailed } from "./protocol/join.js";
import { onLeaveTimeout, onLeaveUnsent } from "./protocol/leave.js";
import { onLookupSetback } from "./protocol/lookup.js";
import { ask } from "./protocol/stabilize.js";
import { forward } from "./protocol/wander.js";
import type { AskPurpose, Request } from "./request.js";
import { forgetProcess } from "./routes.js";
import { isMember } from "./state.js";
import type { Turn } from "./turn.js";
import { fail, keepHints, setPending } from "./turn.js";

/** What was asked got no answer in time: the one door for timeouts. */
export function expireRequests(turn: Turn): void {
  const [due, rest] = pending.expire(turn.state.pending, turn.at);
  if (rest !== turn.state.pending) setPending(turn, rest);
  for (const request of due) {
    unanswered(turn, request);
    onTimeout(turn, request);
  }
}

/**
 * What was sent did not go out: the one door for failed sends. Only a refused connection proves a death; a connection
 * that broke is worth another try, which tells.
 */
export function onSendFailed(turn: Turn, event: SendFailed): void {
  const { to, message, reason } = event;
  const request = ownRequest(turn, message, to);
  // Whom this node can't reach is no hint. That it has no room for what it sends says nothing of others.
  if (reason !== "overloaded") keepHints(turn, forgetProcess(turn.state.routes, to));
  if (reason === "refused") refused(turn, to, request === undefined ? null : peerAsked(request));
  if (request !== undefined) {
    setPending(turn, pending.remove(turn.state.pending, request.rid));
    onUnsent(turn, request, to, reason);
  } else if (message._tag === "Find" && message.origin.address !== turn.state.self.address) {
    // The hop that failed counts: so a lookup that nobody can pass on comes to an end.
    forward(turn, message, [to]);
  }
}

function onTimeout(turn: Turn, request: Request): void {
  const { purpose } = request;
  switch (purpose._tag) {
    case "Lookup":
      return onLookupSetback(turn, request, purpose, purpose.resting ? purpose.trouble : "timeout");
    case "Ping":
      if (!isMember(turn.state)) return;
      return purpose.tries === 0 ? ping(turn, purpose.peer, 1) : suspect(turn, purpose.peer);
    case "Ask":
      return onAskTimeout(turn, purpose);
    case "Introduce":
      return onIntroduceTimeout(turn, purpose);
    case "JoinQuery":
      return onSeedFailed(turn, purpose.seed, "silent");
    case "Inspect":
      return fail(turn, purpose.operation, { _tag: "Timeout" });
    case "Leave":
      return onLeaveTimeout(turn, purpose);
  }
}

/**
 * How often a newcomer asks to be admitted before it gives up. The node that admits it may first have to wait for its
 * own heir, for as long as a split may take; an answer may take a quarter of an interval. A newcomer that gave up
 * sooner would not be there when it is handed its range, and no lookup would find an owner until that is taken back.
 */
const admissionTries = 6;

/** Once more, then the peer is suspect. Who has left meanwhile asks for nothing. */
function onAskTimeout(turn: Turn, purpose: AskPurpose): void {
  const admission = purpose.role === "admission";
  if (admission ? turn.state.phase._tag !== "Joining" : !isMember(turn.state)) return;
  const triesMax = admission ? admissionTries : 1;
  if (purpose.tries < triesMax && ask(turn, purpose.peer, purpose.role, purpose.tries + 1)) return;
  if (admission) onAdmissionDelayed(turn, purpose, "timeout");
  else if (purpose.tries > 0) suspect(turn, purpose.peer);
}

/** For those that start together the last word of a port counts, for all others what is known now. */
function onUnsent(turn: Turn, request: Request, to: Address, failure: SendFailure): void {
  const { purpose } = request;
  if (purpose._tag === "JoinQuery") {
    onSeedFailed(turn, purpose.seed, seedTroubleOf(failure));
    return;
  }
  const reason = failure === "refused-before" ? "unreachable" : failure;
  switch (purpose._tag) {
    case "Lookup":
      return onLookupSetback(turn, request, purpose, lookupTroubleOf(reason), to);
    case "Ping":
      if (reason === "refused" || reason === "overloaded" || !isMember(turn.state)) return;
      return purpose.tries === 0 ? ping(turn, purpose.peer, 1) : suspect(turn, purpose.peer);
    case "Ask":
      if (purpose.role === "admission") return onAdmissionDelayed(turn, purpose, lookupTroubleOf(reason));
      if (reason === "unreachable" || reason === "rejected") onAskTimeout(turn, purpose);
      return;
    case "Introduce":
      return onNotIntroduced(turn, purpose, reason === "refused" ? "refused" : "silent");
    case "Inspect":
      return fail(turn, purpose.operation, { _tag: "PeerUnreachable", reason });
    case "Leave":
      return onLeaveUnsent(turn, purpose);
  }
}

function ownRequest(turn: Turn, message: Message, to: Address): Request | undefined {
  const request = "rid" in message ? pending.get(turn.state.pending, message.rid) : undefined;
  return request === undefined || request.to === null || request.to === to ? request : undefined;
}

/** The life of a process that a request was meant for, where that is known. */
function peerAsked({ purpose }: Request): Peer | null {
  switch (purpose._tag) {
    case "Ask":
    case "Ping":
      return purpose.peer;
    case "Introduce":
      return purpose.peer.incarnation === 0 ? null : purpose.peer;
    case "Leave":
      return purpose.heir;
    default:
      return null;
  }
}

function seedTroubleOf(failure: SendFailure): SeedTrouble {
  if (failure === "overloaded") return "silent";
  return failure === "refused-before" ? "refused" : failure;
}

function lookupTroubleOf(reason: PresentFailure): LookupTrouble {
  return reason === "rejected" ? "unreachable" : reason;
}
