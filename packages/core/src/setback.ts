import type { LookupTrouble } from "./effect.js";
import type { SendFailed, SendFailure } from "./event.js";
import type { Message } from "./message.js";
import type { Address, Peer } from "./peer.js";
import * as pending from "./pending.js";
import { ping, refused, suspect } from "./protocol/failure.js";
import { onAdmissionDelayed, onSeedFailed } from "./protocol/join.js";
import { onLeaveTimeout } from "./protocol/leave.js";
import { onLookupSetback } from "./protocol/lookup.js";
import { ask } from "./protocol/stabilize.js";
import { forward } from "./protocol/wander.js";
import type { Request } from "./request.js";
import type { Turn } from "./turn.js";
import { fail, setPending } from "./turn.js";

/** What was asked got no answer in time: the one door for timeouts. */
export function expireRequests(turn: Turn): void {
  const [due, rest] = pending.expire(turn.state.pending, turn.at);
  if (rest !== turn.state.pending) setPending(turn, rest);
  for (const request of due) onTimeout(turn, request);
}

/** What was sent did not go out: the one door for failed sends. Only a refused connection proves a death. */
export function onSendFailed(turn: Turn, event: SendFailed): void {
  const { to, message, reason } = event;
  const request = ownRequest(turn, message, to);
  if (reason === "refused") refused(turn, to, request === undefined ? null : peerAsked(request));
  if (request !== undefined) {
    setPending(turn, pending.remove(turn.state.pending, request.rid));
    onUnsent(turn, request, reason);
  } else if (message._tag === "Find" && message.origin.address !== turn.state.self.address) {
    forward(turn, { ...message, hops: message.hops - 1 }, [to]);
  }
}

function onTimeout(turn: Turn, request: Request): void {
  const { purpose } = request;
  switch (purpose._tag) {
    case "Lookup":
      return onLookupSetback(turn, request, purpose, purpose.resting ? purpose.trouble : "timeout");
    case "Ping":
      return purpose.tries === 0 ? ping(turn, purpose.peer, 1) : suspect(turn, purpose.peer);
    case "Ask":
      if (purpose.tries === 0) return ask(turn, purpose.peer, purpose.role, 1);
      if (purpose.role === "admission") return onAdmissionDelayed(turn, purpose, "timeout");
      return suspect(turn, purpose.peer);
    case "JoinQuery":
      return onSeedFailed(turn, purpose.seed, "silent");
    case "Inspect":
      return fail(turn, purpose.operation, { _tag: "Timeout" });
    case "Leave":
      return onLeaveTimeout(turn, purpose);
  }
}

function onUnsent(turn: Turn, request: Request, reason: SendFailure): void {
  const { purpose } = request;
  switch (purpose._tag) {
    case "Lookup":
      return onLookupSetback(turn, request, purpose, trouble(reason));
    case "Ping":
      if (reason === "unreachable" || reason === "rejected") suspect(turn, purpose.peer);
      return;
    case "Ask":
      if (purpose.role === "admission") return onAdmissionDelayed(turn, purpose, trouble(reason));
      if (reason === "unreachable" || reason === "rejected") suspect(turn, purpose.peer);
      return;
    case "JoinQuery":
      return onSeedFailed(turn, purpose.seed, reason === "overloaded" ? "silent" : reason);
    case "Inspect":
      return fail(turn, purpose.operation, { _tag: "PeerUnreachable", reason });
    case "Leave":
      return onLeaveTimeout(turn, purpose);
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
    case "Leave":
      return purpose.heir;
    default:
      return null;
  }
}

function trouble(reason: SendFailure): LookupTrouble {
  return reason === "rejected" ? "unreachable" : reason;
}
