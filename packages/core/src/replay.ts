import type { Either } from "fp-ts/lib/Either.js";
import type { Json } from "fp-ts/lib/Json.js";
import type * as t from "io-ts";
import type { Birth } from "./birth.js";
import { birthConfig, bornProcess } from "./birth.js";
import { isLeft, left, right } from "./either.js";
import type { Event } from "./event.js";
import type { Outcome, ProcessState } from "./process.js";
import { stepProcess } from "./process.js";
import { birthCodec, recordingVersion } from "./recording.js";
import type { TraceCodecs } from "./wire/event-codecs.js";
import { eventFromJson, outcomesToJson, traceCodecs } from "./wire/event-codecs.js";

/**
 * Lives a recorded life once more, line by line, with the code that is here.
 *
 * @category recording
 */
export interface Replay {
  readonly codecs: TraceCodecs;
  readonly state: ProcessState;
}

/** What a line told, and the process after it. */
export type Replayed =
  | { readonly _tag: "Born"; readonly replay: Replay; readonly birth: Birth }
  | {
      readonly _tag: "Stepped";
      readonly replay: Replay;
      readonly node: number | null;
      readonly event: Event;
      /** Null: the step threw, as it did when it was recorded. */
      readonly outcomes: ReadonlyArray<Outcome> | null;
    };

/** Why a line could not be replayed. `Different`: it could, and something else came of the event than was recorded. */
export type ReplayTrouble =
  | { readonly _tag: "NotARecord"; readonly reason: string }
  | { readonly _tag: "OtherVersion"; readonly version: unknown }
  | { readonly _tag: "Unborn" }
  | {
      readonly _tag: "Different";
      readonly node: number | null;
      readonly event: Json;
      readonly recorded: Json;
      readonly came: Json;
    };

/** The next line of a recording; `replay` is null before the first. */
export function replayLine(replay: Replay | null, line: string): Either<ReplayTrouble, Replayed> {
  const record = parsed(line);
  if (record === null) return notARecord("no JSON object");
  if (record.recording !== undefined) return replayBirth(record);
  return replay === null ? left({ _tag: "Unborn" }) : replayStep(replay, record);
}

function replayBirth(record: Fields): Either<ReplayTrouble, Replayed> {
  if (record.recording !== recordingVersion) return left({ _tag: "OtherVersion", version: record.recording });
  const decoded = birthCodec.decode(record.born);
  if (isLeft(decoded)) return notARecord(whereWrong("born", decoded.left));
  const birth = decoded.right;
  try {
    const config = birthConfig(birth);
    const replay = { codecs: traceCodecs(config), state: bornProcess(birth, config) };
    return right({ _tag: "Born", replay, birth });
  } catch (error) {
    return notARecord(`born: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function replayStep(replay: Replay, record: Fields): Either<ReplayTrouble, Replayed> {
  const { node, event: json, outcomes: recorded } = record;
  if (node !== null && !Number.isSafeInteger(node)) return notARecord("node");
  if (recorded !== null && !Array.isArray(recorded)) return notARecord("outcomes");
  const decoded = eventFromJson(replay.codecs, json);
  if (isLeft(decoded)) return notARecord(whereWrong("event", decoded.left));
  const of = node as number | null;
  const event = decoded.right;
  const [state, outcomes] = stepped(replay.state, of, event);
  const came = outcomes === null ? null : outcomesToJson(replay.codecs, outcomes);
  if (JSON.stringify(came) !== JSON.stringify(recorded)) {
    return left({ _tag: "Different", node: of, event: json as Json, recorded: recorded as Json, came });
  }
  return right({ _tag: "Stepped", replay: { ...replay, state }, node: of, event, outcomes });
}

/** As the engine takes it: a step that throws leaves the state as it was. */
function stepped(
  state: ProcessState,
  node: number | null,
  event: Event,
): readonly [ProcessState, ReadonlyArray<Outcome> | null] {
  try {
    return stepProcess(state, node, event);
  } catch {
    return [state, null];
  }
}

/** What either kind of line may have. */
interface Fields {
  readonly recording?: unknown;
  readonly born?: unknown;
  readonly node?: unknown;
  readonly event?: unknown;
  readonly outcomes?: unknown;
}

function parsed(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function notARecord(reason: string): Either<ReplayTrouble, never> {
  return left({ _tag: "NotARecord", reason });
}

/** The path to what is wrong. */
function whereWrong(root: string, errors: t.Errors): string {
  const path = (errors[0]?.context ?? []).map(({ key }) => key).filter((key) => key !== "");
  return [root, ...path].join(".");
}
