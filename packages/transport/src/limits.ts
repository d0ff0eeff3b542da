import { TransportError } from "./transport-error.js";

/** Every bound of the links of one endpoint. */
export interface LinkLimits {
  /** The longest frame, 65,536 by default, 2,048 at least; to be the same at every node of a ring. */
  readonly frameBytesMax: number;
  /**
   * Unsent bytes for one peer, beyond which a send fails as overloaded; 4 MiB. Bulk may fill half of it. A client is
   * not read past a quarter.
   */
  readonly queuedBytesPerPeerMax: number;
  /** Unsent bytes for all peers; 64 MiB. Clients together get no more than half, and so does bulk. */
  readonly queuedBytesMax: number;
  /** Connections accepted, connections dialled, and dials under way but for those of `claimsMax`, each; 1,024. */
  readonly connectionsMax: number;
  /** How many of the accepted may be clients, so that they can't lock out the ring's nodes; 768. */
  readonly clientsMax: number;
  /** Connections accepted that have not yet said who they are; 512. Past it the oldest gives way. */
  readonly strangersMax: number;
  /** How many of them may come from one host; 64. Past it the newest is cut. Those on the loopback don't count. */
  readonly strangersPerHostMax: number;
  /** Frames read from one node in a second; 500,000. What is more is left with it until its time has come. */
  readonly framesPerSecondMax: number;
  /** The same from one client; 20,000. */
  readonly clientFramesPerSecondMax: number;
  /** Bytes read from one peer in a second; 256 MiB. */
  readonly bytesPerSecondMax: number;
  /**
   * How many that claim a URL may wait until it has been dialled; 128. Past it the oldest is refused: who is who it
   * says it is does not wait for long.
   */
  readonly claimsMax: number;
  /** For connecting to all addresses of a name; 2,000. */
  readonly dialTimeoutMs: number;
  /** From the connection to the other side's hello; 2,000. */
  readonly helloTimeoutMs: number;
  /** A connection that takes nothing for so long is cut; 5,000. */
  readonly drainTimeoutMs: number;
  /** A connection without a frame either way for so long is closed; 60,000. */
  readonly idleMs: number;
  /** No new attempt for so long after the first failed one; doubles with each further; 20. */
  readonly backoffMinMs: number;
  /** 1,000. */
  readonly backoffMaxMs: number;
  /** Verified incarnations and failed dials remembered, each at most; 4,096. */
  readonly rememberedMax: number;
}

/** What holds where nobody says otherwise; what each bounds stands with its field. */
export const defaultLimits: LinkLimits = {
  frameBytesMax: 65_536,
  queuedBytesPerPeerMax: 4 * 1024 * 1024,
  queuedBytesMax: 64 * 1024 * 1024,
  connectionsMax: 1_024,
  clientsMax: 768,
  strangersMax: 512,
  strangersPerHostMax: 64,
  framesPerSecondMax: 500_000,
  clientFramesPerSecondMax: 20_000,
  bytesPerSecondMax: 256 * 1024 * 1024,
  claimsMax: 128,
  dialTimeoutMs: 2_000,
  helloTimeoutMs: 2_000,
  drainTimeoutMs: 5_000,
  idleMs: 60_000,
  backoffMinMs: 20,
  backoffMaxMs: 1_000,
  rememberedMax: 4_096,
};

/** A hello is read before anything is known of the sender, hence so short. */
export const helloBytesMax = 2_048;

/** A timer of Node and browsers holds 31 bits of milliseconds; more would fire at once. */
const limitMax = 2 ** 31 - 1;

/** All limits, from those that are given. Throws a `TransportError`, `bad-options`, for one that can't be. */
export const resolveLimits = (given: Partial<LinkLimits> = {}): LinkLimits => {
  const limits = { ...defaultLimits, ...given };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1 || value > limitMax) {
      throw new TransportError("bad-options", `limits.${name} must be an integer from 1 to ${limitMax}`);
    }
  }
  if (limits.frameBytesMax < helloBytesMax) {
    throw new TransportError("bad-options", `limits.frameBytesMax must be at least ${helloBytesMax}`);
  }
  return limits;
};
