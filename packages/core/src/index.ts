export * from "./config.js";
export * from "./effect.js";
export * from "./event.js";
export * from "./hash.js";
export * from "./identifier.js";
export * from "./message.js";
export * from "./peer.js";
export * from "./process.js";
export type { Random, Seed } from "./random.js";
export { seedRandom, nextUint32, uniform, below } from "./random.js";
export {
  claim,
  initialNode,
  isMember,
  knownDead,
  owns,
} from "./state.js";
export type { Contact, Finger, NodeState, Ownership, Phase, Pointers } from "./state.js";
export { nextDeadline, step } from "./step.js";
export { utf8, readUtf8 } from "./utf8.js";
