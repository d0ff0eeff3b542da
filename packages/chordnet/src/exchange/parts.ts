import { messageLimits } from "@chordnet/core";
import type { Subject } from "./message.js";

/**
 * What is sent at once of a longer body: it fits, with its frame, into the memory that a transport's queues use again
 * and again. Larger ones would be garbage, each twice, faster than it is collected.
 */
export const partBytesMost = 15_360;

/** A frame without what is of any length: more than its numbers and flags ever take. */
const fixedBytes = 128;

/** How bodies are cut, so that each part fits into a frame. */
export interface Parts {
  /** Of a body that takes more than one. */
  readonly partBytes: number;
  /** A response that is no longer goes in one. */
  readonly wholeBytes: number;
  /** How much of a request's body goes with its beginning. */
  firstBytes(subject: Subject): number;
}

/** `frameBytesMax`: the longest frame that the ring's nodes read. */
export function partsOf(frameBytesMax: number): Parts {
  const wholeBytes = Math.min(messageLimits.chunkBytesMax, frameBytesMax - fixedBytes);
  return {
    wholeBytes,
    partBytes: Math.min(partBytesMost, wholeBytes),
    firstBytes: (subject) =>
      Math.max(0, Math.min(wholeBytes, frameBytesMax - fixedBytes - subjectBytesMost(subject))),
  };
}

function subjectBytesMost(subject: Subject): number {
  if (!("key" in subject)) return twoIdsBytes;
  // A character of text has at most three bytes.
  return typeof subject.key === "string" ? 3 * subject.key.length : subject.key.length;
}

/** An identifier has 256 bits at most. */
const twoIdsBytes = 64;
