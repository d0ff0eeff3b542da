import type { Event, Message, Outcome, Peer, Report, Token, Verdict } from "@chordnet/core";
import type { Digest } from "./digest.js";

/**
 * What most of a trace is made of, written out: for a plain walk through an object its keys are asked for, one by one,
 * which takes most of the time. All else is walked through.
 *
 * Law: each adds to a digest what `value` does, of whatever the core says and is told.
 */

/** An event, but for the message of a letter that was sent: that was counted then. */
export function addEvent(digest: Digest, event: Event, isSent: boolean): void {
  switch (event._tag) {
    case "Received":
      digest.text(event._tag);
      digest.text(event.from);
      digest.number(event.incarnation);
      digest.boolean(event.client);
      if (!isSent) addMessage(digest, event.message);
      break;
    case "Ticked":
      digest.text(event._tag);
      break;
    default:
      for (const key in event) if (!isSent || key !== "message") digest.value(event[key as keyof Event]);
      return;
  }
  digest.number(event.at);
  digest.number(event.wall);
}

export function addOutcome(digest: Digest, outcome: Outcome): void {
  if (!isThere(outcome)) return digest.value(outcome);
  const { node, effects } = outcome;
  digest.number(node);
  for (let i = 0; i < effects.length; i++) {
    const effect = effects[i] as Outcome["effects"][number];
    if (effect._tag === "Send") {
      digest.text("Send");
      digest.text(effect.to);
      addMessage(digest, effect.message);
    } else digest.value(effect);
  }
  digest.word(effects.length);
}

export function addMessage(digest: Digest, message: Message): void {
  switch (message._tag) {
    case "Ask":
      digest.text(message._tag);
      digest.number(message.rid);
      addToken(digest, message.token);
      digest.number(message.unleasedMs);
      addReports(digest, message.beneath);
      return;
    case "Answer":
      digest.text(message._tag);
      digest.number(message.rid);
      addVerdict(digest, message.verdict);
      addPeer(digest, message.predecessor);
      addPeers(digest, message.successors);
      return;
    case "Introduced":
      digest.text(message._tag);
      digest.number(message.rid);
      addPeer(digest, message.preceding);
      addPeers(digest, message.successors);
      return;
    case "Find":
      digest.text(message._tag);
      digest.number(message.rid);
      digest.big(message.target);
      addPeer(digest, message.origin);
      digest.number(message.hops);
      return;
    case "Found":
      digest.text(message._tag);
      digest.number(message.rid);
      addToken(digest, message.token);
      digest.number(message.leaseMs);
      digest.number(message.hops);
      return;
    default:
      digest.object(message);
  }
}

function addVerdict(digest: Digest, verdict: Verdict): void {
  if (verdict._tag !== "Granted") return digest.object(verdict);
  digest.text("Granted");
  digest.number(verdict.leaseMs);
}

function addPeers(digest: Digest, peers: ReadonlyArray<Peer>): void {
  for (let i = 0; i < peers.length; i++) addPeer(digest, peers[i] as Peer);
  digest.word(peers.length);
}

function addReports(digest: Digest, reports: ReadonlyArray<Report>): void {
  for (let i = 0; i < reports.length; i++) addReport(digest, reports[i] as Report);
  digest.word(reports.length);
}

function addReport(digest: Digest, report: Report): void {
  if (!isThere(report)) return digest.value(report);
  addPeer(digest, report.peer);
  addToken(digest, report.token);
  digest.boolean(report.handed);
}

function addPeer(digest: Digest, peer: Peer | null): void {
  if (!isThere(peer)) return digest.value(peer);
  digest.big(peer.id);
  digest.text(peer.address);
  digest.number(peer.incarnation);
}

function addToken(digest: Digest, token: Token | null): void {
  if (!isThere(token)) return digest.value(token);
  digest.number(token.epoch);
  digest.big(token.length);
}

/** Null, for one, stands for nobody and nothing. */
function isThere<A extends object>(value: A | null): value is A {
  return typeof value === "object" && value !== null;
}
