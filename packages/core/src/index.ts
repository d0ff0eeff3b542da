export * from "./config.js";
export * from "./effect.js";
export * from "./event.js";
export * from "./hash.js";
export * from "./identifier.js";
export * from "./message.js";
export * from "./peer.js";
export * from "./process.js";
export type { Random, Seed } from "./random.js";
export { below, nextUint32, seedRandom, uniform } from "./random.js";
export type { Contact, Finger, NodeState, Ownership, Phase, Pointers } from "./state.js";
export {
  claim,
  initialNode,
  isMember,
  knownDead,
  owns,
  usable,
} from "./state.js";
export { nextDeadline, step } from "./step.js";
export { readUtf8, utf8 } from "./utf8.js";
export type { Addressed, Codec, CodecOptions } from "./wire/codec.js";
export { codec, codecOf, wireVersion } from "./wire/codec.js";
export type { DecodeError, WirePart } from "./wire/decode-error.js";
export type { Kind, Kinds } from "./wire/kinds.js";
export { codeRanges, kinds } from "./wire/kinds.js";
export type { MessageCodecOptions, MessageCodecs } from "./wire/message-codecs.js";
export { fromJson, messageCodecs, toJson } from "./wire/message-codecs.js";
export type { Reader } from "./wire/reader.js";
export type { Writer } from "./wire/writer.js";
export { millisMax } from "./wire/writer.js";
