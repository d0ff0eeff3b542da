import type { Config, NodeLimits, RingParameters } from "./config.js";
import { configure } from "./config.js";
import type { Dialect } from "./dialect.js";
import type { Millis } from "./message.js";
import type { Address, Incarnation } from "./peer.js";
import type { ProcessState } from "./process.js";
import { initialProcess } from "./process.js";
import type { Seed } from "./random.js";

/**
 * All that `initialProcess` begins with.
 *
 * @category process
 */
export interface Birth {
  readonly url: Address;
  readonly incarnation: Incarnation;
  readonly virtualNodes: number;
  readonly seed: Seed;
  readonly at: Millis;
  readonly wall: Millis;
  readonly ring: RingParameters;
  readonly limits: NodeLimits;
  readonly jitter: number;
  readonly aloneBySilence: boolean;
  readonly minMembers: number;
  readonly dialect: Dialect;
}

/** The configuration that a process was born with. Throws a `RangeError` for what is out of its bounds. */
export function birthConfig({ ring, limits, jitter, aloneBySilence, minMembers, dialect }: Birth): Config {
  return configure(ring, { limits, jitter, aloneBySilence, minMembers, dialect });
}

/** The process at its birth. Throws a `RangeError` for what is out of its bounds. */
export function bornProcess(birth: Birth, config: Config = birthConfig(birth)): ProcessState {
  return initialProcess(config, birth);
}
