import type { LinkLimits } from "../limits.js";
import type { Link } from "../link/link.js";
import type { Refusal } from "../transport.js";
import { noRoom } from "./judgement.js";

/** What is done about a connection that has just come: nothing is known of it but where it comes from. */
export interface AtTheDoor {
  readonly refusal: Refusal | null;
  /** There is no waiting for it until it has read why. */
  readonly cut: boolean;
  /** It said nothing for longer than any other, and gives way. */
  readonly givesWay: Link | null;
}

/** Judges the newest of the links. */
export const atTheDoor = (links: ReadonlySet<Link>, limits: LinkLimits, newest: Link): AtTheDoor => {
  const host = newest.socket.remoteHost;
  let accepted = 0;
  let strangers = 0;
  let ofHost = 0;
  let oldest: Link | null = null;
  for (const link of links) {
    if (link.dial !== null) continue;
    accepted += 1;
    if (link.phase !== "handshake" || link.greeting !== null) continue;
    strangers += 1;
    oldest ??= link;
    if (link.socket.remoteHost === host) ofHost += 1;
  }
  const beyond = accepted - 1 - limits.connectionsMax;
  const crowd = host !== null && !isLoopback(host) && ofHost > limits.strangersPerHostMax;
  return {
    refusal: beyond >= unknownMax ? noRoom(limits) : crowd ? crowded(limits) : null,
    cut: beyond >= unknownMax + lingeringMax || crowd,
    givesWay: strangers > limits.strangersMax ? oldest : null,
  };
};

/** Told to the one that gives way. */
export const gaveWay = ({ strangersMax }: LinkLimits): Refusal => ({
  code: "overloaded",
  detail: `more than ${strangersMax} connections have not yet said who they are: the oldest gives way`,
});

const crowded = ({ strangersPerHostMax }: LinkLimits): Refusal => ({
  code: "overloaded",
  detail: `no more than ${strangersPerHostMax} connections from one host before they have said who they are`,
});

/** Everything that runs on this machine shares these. */
const isLoopback = (host: string): boolean => /^(::ffff:)?127\./.test(host) || host === "::1";

/** How many connections beyond the bound may have said nothing yet, be probes, or be told that there is no room. */
const unknownMax = 64;

/** How many of those that were refused unheard may be waited for until they have read so. */
const lingeringMax = 64;
