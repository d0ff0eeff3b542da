export { lmdbStorage } from "./lmdb.js";
export type { LmdbOptions, Sync } from "./options.js";
