export type { Configuration } from "./configuration.js";
export { configurationNamed, configurations } from "./configurations.js";
export type { Exploration, ExploreOptions, Progress, Violation } from "./explore.js";
export { explore } from "./explore.js";
export type { Machine } from "./world.js";
