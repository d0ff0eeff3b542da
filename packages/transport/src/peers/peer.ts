import type { Dial } from "../dialling/dialler.js";
import type { Link } from "../link/link.js";
import type { Outbox } from "./outbox.js";

/** Everything held for one name; it goes when its last connection and frame are gone. */
export interface Peer {
  readonly name: string;
  /** A client can't be dialled: what is left for it when its connection ends has failed. */
  readonly client: boolean;
  readonly outbox: Outbox;
  /** Those accepted by us, most one of them open: the others wait for the remote's accept, or say goodbye. */
  links: ReadonlyArray<Link>;
  /** For traffic, until its link is open. */
  dial: Dial | null;
  /** From when `Connected` is told until `Disconnected`. */
  present: boolean;
  /** Whether it waits for the flush of this turn. */
  dirty: boolean;
}

export const openLink = (peer: Peer): Link | null => {
  for (const link of peer.links) if (link.phase === "open") return link;
  return null;
};

/** Whether a connection may yet open without our doing. */
export const isExpected = (peer: Peer): boolean =>
  peer.dial !== null || peer.links.some((link) => link.phase === "handshake");

/**
 * Which of two open connections between the same two processes goes: both sides must decide alike. If each dialled
 * one at about the same time, the one dialled by the bytewise lower URL survives. If one side dialled both, or dialled
 * though the older has been open for longer than any dial takes, it had given up the older.
 */
export const loserOf = (older: Link, newer: Link, ours: string, theirs: string, dialMsMax: number): Link => {
  if ((older.dial === null) === (newer.dial === null) || older.ages.openMs > dialMsMax) return older;
  const survivorIsOurs = ours < theirs;
  return (older.dial !== null) === survivorIsOurs ? newer : older;
};
