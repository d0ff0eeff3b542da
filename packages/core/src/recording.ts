import type { Json } from "fp-ts/lib/Json.js";
import * as t from "io-ts";
import type { Birth } from "./birth.js";
import { birthConfig } from "./birth.js";
import type { Event } from "./event.js";
import type { Outcome } from "./process.js";
import type { TraceCodecs } from "./wire/event-codecs.js";
import { eventToJson, outcomesToJson, traceCodecs, wholeCodec, wordsCodec } from "./wire/event-codecs.js";
import { flagCodec, incarnationCodec, numberCodec } from "./wire/part-codecs.js";

/**
 * The life of a process as lines of JSON, from which `replay` lives it once more: first its birth, then each event with
 * what came of it. A recording holds the secrets of that life: whoever reads the seed can foretell its request numbers.
 *
 * @category recording
 */

/** Told of a process's life as it goes on. */
export interface Recorder {
  /** The process begins; or begins anew, where a first attempt to join led nowhere. */
  born(birth: Birth): void;
  /** What `stepProcess` was given, and what came of it. Null: it threw, and the state is what it was. */
  stepped(node: number | null, event: Event, outcomes: ReadonlyArray<Outcome> | null): void;
}

/** The version of a recording's lines. */
export const recordingVersion = 1;

/**
 * Writes lives as lines of JSON, each without its line end.
 *
 * @example
 * const lines = []
 * const recorder = lineRecorder((line) => lines.push(line))
 * const { ring, limits, jitter, aloneBySilence, minMembers, dialect } = configure(defaultRing)
 * const config = { ring, limits, jitter, aloneBySilence, minMembers, dialect }
 * const birth = { url: "memory://a", incarnation: 1, virtualNodes: 1, seed: [1, 2, 3, 4], at: 0, wall: 0, ...config }
 * recorder.born(birth)
 * const event = { _tag: "CreateRequested", operation: 1, at: 0, wall: 0 }
 * const [, outcomes] = stepProcess(bornProcess(birth), 0, event)
 * recorder.stepped(0, event, outcomes)
 * const [first, second] = lines
 * const begun = replayLine(null, first)
 * assert.ok(isRight(begun) && isRight(replayLine(begun.right.replay, second)))
 */
export function lineRecorder(write: (line: string) => void): Recorder {
  let codecs: TraceCodecs | null = null;
  return {
    born: (birth) => {
      codecs = traceCodecs(birthConfig(birth));
      write(JSON.stringify({ recording: recordingVersion, born: birthCodec.encode(birth) }));
    },
    stepped: (node, event, outcomes) => {
      if (codecs === null) throw new Error("a step was recorded before the birth");
      write(JSON.stringify(stepJson(codecs, node, event, outcomes)));
    },
  };
}

function stepJson(
  codecs: TraceCodecs,
  node: number | null,
  event: Event,
  outcomes: ReadonlyArray<Outcome> | null,
): Json {
  return {
    node,
    event: eventToJson(codecs, event),
    outcomes: outcomes === null ? null : outcomesToJson(codecs, outcomes),
  };
}

const word = t.readonly(t.tuple([wholeCodec, wholeCodec, wholeCodec, wholeCodec]));

/** The shape alone; the bounds are `configure`'s and `initialProcess`'s to judge. */
export const birthCodec: t.Type<Birth, Json, unknown> = t.strict({
  url: wordsCodec,
  incarnation: incarnationCodec,
  virtualNodes: wholeCodec,
  seed: word,
  at: numberCodec,
  wall: numberCodec,
  ring: t.strict({
    name: wordsCodec,
    bits: wholeCodec,
    hash: t.union([t.literal("sha256"), t.literal("sha1")]),
    successors: wholeCodec,
    intervalMs: numberCodec,
    leaseMs: numberCodec,
  }),
  limits: t.strict({
    pendingMax: wholeCodec,
    routesMax: wholeCodec,
    rememberedMax: wholeCodec,
    hopsMax: wholeCodec,
  }),
  jitter: numberCodec,
  aloneBySilence: flagCodec,
  minMembers: wholeCodec,
  dialect: t.strict({
    hashed: t.union([t.literal("url"), t.literal("authority")]),
    confirms: flagCodec,
  }),
});
