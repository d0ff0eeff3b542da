import type { Either } from "fp-ts/lib/Either.js";
import type { Json } from "fp-ts/lib/Json.js";
import * as t from "io-ts";
import type { Effect } from "../effect.js";
import type { Event, LookupMode, SendFailure } from "../event.js";
import type { Id, Space } from "../identifier.js";
import { formatId } from "../identifier.js";
import type { Message } from "../message.js";
import type { Outcome } from "../process.js";
import type { MessageCodecOptions, MessageCodecs } from "./message-codecs.js";
import { fromJson, messageCodecs, toJson } from "./message-codecs.js";
import type { Part } from "./part-codecs.js";
import { flagCodec, idCodec, incarnationCodec, numberCodec, plain } from "./part-codecs.js";

/**
 * An io-ts codec for each event, by tag, to JSON and back: exact, so that a recorded event does again what it did. As
 * with messages, the compiler keeps them from drifting apart from the interfaces.
 *
 * @category wire
 */
export type EventCodecs = {
  readonly [Tag in Event["_tag"]]: t.Type<Extract<Event, { readonly _tag: Tag }>, Json, unknown>;
};

/** All that a recording's lines are made of. */
export interface TraceCodecs {
  readonly space: Space;
  readonly messages: MessageCodecs;
  readonly events: EventCodecs;
}

/** The codecs of a ring. */
export function traceCodecs({ space, naming }: Omit<MessageCodecOptions, "limits">): TraceCodecs {
  const messages = messageCodecs({ space, naming });
  return { space, messages, events: eventCodecs(space, messages) };
}

/** Any text, however long. */
export const wordsCodec: Part<string> = plain("Text", (u): u is string => typeof u === "string");
/** Any whole number. */
export const wholeCodec: Part<number> = plain("Whole", (u): u is number => Number.isSafeInteger(u));
const lookupMode: Part<LookupMode> = oneOf<LookupMode>({ recursive: true, iterative: true });
const sendFailure: Part<SendFailure> = oneOf<SendFailure>({
  refused: true,
  "refused-before": true,
  unreachable: true,
  overloaded: true,
  rejected: true,
});

function eventCodecs(space: Space, messages: MessageCodecs): EventCodecs {
  const message = messageCodec(messages);
  const clocks = { at: numberCodec, wall: numberCodec };
  const asked = { operation: wholeCodec, ...clocks };
  const deadline = numberCodec;
  return {
    Received: t.strict({
      _tag: t.literal("Received"),
      from: wordsCodec,
      incarnation: incarnationCodec,
      client: flagCodec,
      message,
      ...clocks,
    }),
    SendFailed: t.strict({
      _tag: t.literal("SendFailed"),
      to: wordsCodec,
      message,
      reason: sendFailure,
      ...clocks,
    }),
    Disconnected: t.strict({ _tag: t.literal("Disconnected"), process: wordsCodec, ...clocks }),
    Ticked: t.strict({ _tag: t.literal("Ticked"), ...clocks }),
    CreateRequested: t.strict({ _tag: t.literal("CreateRequested"), ...asked }),
    JoinRequested: t.strict({
      _tag: t.literal("JoinRequested"),
      seeds: t.readonlyArray(wordsCodec),
      orCreate: flagCodec,
      ...asked,
    }),
    LookupRequested: t.strict({
      _tag: t.literal("LookupRequested"),
      target: idCodec(space),
      deadline,
      mode: lookupMode,
      ...asked,
    }),
    InspectRequested: t.strict({
      _tag: t.literal("InspectRequested"),
      address: wordsCodec,
      deadline,
      ...asked,
    }),
    LeaveRequested: t.strict({ _tag: t.literal("LeaveRequested"), deadline, ...asked }),
    Cancelled: t.strict({ _tag: t.literal("Cancelled"), ...asked }),
  };
}

/** An event as JSON: messages as `toJson` writes them, and nothing rounded. */
export function eventToJson(codecs: TraceCodecs, event: Event): Json {
  const codec = codecs.events[event._tag] as unknown as t.Type<Event, Json, unknown>;
  return codec.encode(event);
}

/** The event that some JSON tells, or why it is none. */
export function eventFromJson(codecs: TraceCodecs, json: unknown): Either<t.Errors, Event> {
  const tag = typeof json === "object" && json !== null ? (json as { _tag?: unknown })._tag : undefined;
  if (typeof tag === "string" && Object.hasOwn(codecs.events, tag))
    return codecs.events[tag as Event["_tag"]].decode(json);
  return t.failure(json, [{ key: "", type: t.never }], "no event of this tag");
}

/**
 * What came of a step, as JSON: two outcomes that differ look different. Messages as `toJson` writes them, identifiers
 * and lengths elsewhere as `formatId` does.
 */
export function outcomesToJson(codecs: TraceCodecs, outcomes: ReadonlyArray<Outcome>): Json {
  return outcomes.map(({ node, effects }) => ({
    node,
    effects: effects.map((effect) => effectToJson(codecs, effect)),
  }));
}

function effectToJson({ messages, space }: TraceCodecs, effect: Effect): Json {
  if (effect._tag !== "Send") return plainJson(space, effect);
  return { _tag: "Send", to: effect.to, message: toJson(messages, effect.message) };
}

function plainJson(space: Space, value: unknown): Json {
  if (typeof value === "bigint") return formatId(space, value as Id);
  if (typeof value === "number") return numberCodec.encode(value);
  if (Array.isArray(value)) return value.map((item) => plainJson(space, item));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainJson(space, part)]));
  return value as Json;
}

function messageCodec(messages: MessageCodecs): Part<Message> {
  return new t.Type<Message, Json, unknown>(
    "Message",
    (u): u is Message => messages[(u as Message)._tag].is(u),
    (u, context) => {
      const decoded = fromJson(messages, u);
      return decoded._tag === "Right" ? decoded : t.failure(u, context);
    },
    (message) => toJson(messages, message),
  );
}

function oneOf<A extends string>(words: { readonly [Word in A]: true }): Part<A> {
  return plain("Word", (u): u is A => typeof u === "string" && Object.hasOwn(words, u));
}
