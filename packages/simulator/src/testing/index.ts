export type { MessageArbitraries, MessageParts } from "./arbitraries.js";
export { addresses, distances, ids, messages, spaces, wellFormedTexts } from "./arbitraries.js";
export { deepFreeze } from "./freeze.js";
export type { RingProperty, ScheduleParts } from "./properties.js";
export { promisedDeeds, ringProperties, schedules } from "./properties.js";
export type { Reached, Recording } from "./reached.js";
export { reachedStates, recordings } from "./reached.js";
