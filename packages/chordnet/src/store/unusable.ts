import { StorageError } from "@chordnet/storage";
import { ChordNetError } from "../errors/errors.js";

/** What a storage rejected with, whatever that is, as the caller is told. */
export function unusable(error: unknown): ChordNetError {
  if (error instanceof ChordNetError) return error;
  if (!(error instanceof StorageError))
    return new ChordNetError("STORAGE_UNUSABLE", { reason: "failed", detail: `${error}` }, { cause: error });
  const { code, message } = error;
  if (code === "closed") return new ChordNetError("CLOSED", { phase: "closed" }, { cause: error });
  return new ChordNetError("STORAGE_UNUSABLE", { reason: code, detail: message }, { cause: error });
}
