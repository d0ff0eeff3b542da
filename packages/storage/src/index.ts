export { Ledger } from "./ledger.js";
export { type MemoryOptions, memoryStorage } from "./memory.js";
export { cutPiece, entrySize, headSize } from "./pages.js";
export { type Change, type Plan, planBatch } from "./plan.js";
export type { Listing } from "./slices.js";
export type { Batch, Page, Piece, Storage, StorageRing, Usage, Volume } from "./storage.js";
export { entryOverheadBytes } from "./storage.js";
export { StorageError, type StorageErrorCode } from "./storage-error.js";
export { type Stretch, stretches } from "./stretch.js";
