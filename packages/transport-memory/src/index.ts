export { type MemoryOptions, Network } from "./network.js";
