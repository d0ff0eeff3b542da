import type { Config, NodeLimits, RingParameters } from "./config.js";
import { configure } from "./config.js";
import type { Dialect } from "./dialect.js";
import type { ProcessOptions, ProcessState } from "./process.js";
import { initialProcess } from "./process.js";

/**
 * All that `initialProcess` begins with.
 *
 * @category process
 */
export interface Birth extends ProcessOptions {
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
