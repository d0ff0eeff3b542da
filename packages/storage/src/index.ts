export { type MemoryOptions, memoryStorage } from "./memory.js";
export type { Batch, Page, Piece, Storage, StorageRing, Usage, Volume } from "./storage.js";
export { entryOverheadBytes, factsBytesMax } from "./storage.js";
export { StorageError, type StorageErrorCode } from "./storage-error.js";
