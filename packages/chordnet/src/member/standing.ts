import type { Address } from "@chordnet/core";
import { isChordNetError } from "../errors/errors.js";
import type { Standing } from "../handover/heirs.js";
import { inspectNode } from "./lookups.js";
import type { Runtime } from "./runtime.js";

const patienceMs = 1_000;

/** What a process answers when it is asked for its place on the ring. */
export async function standingOf(runtime: Runtime, process: Address): Promise<Standing> {
  const deadline = runtime.clock.now() + patienceMs;
  const call = { what: "leave", timeoutMs: patienceMs, deadline, signal: null };
  try {
    await inspectNode(runtime, process, call);
    return "member";
  } catch (error) {
    if (isChordNetError(error, "REFUSED")) return "there";
    return isChordNetError(error, "PEER_UNREACHABLE") && error.data.reason === "refused" ? "gone" : "member";
  }
}
