import { isChordNetError } from "chordnet";
import { failed, refusalOf } from "../failure.js";

/** What is wrong with the folder of `--data`, and what to do; anything else as it is. */
export function folderFailure(caught: unknown, folder: string): unknown {
  if (!isChordNetError(caught, "STORAGE_UNUSABLE")) return caught;
  const { reason } = caught.data;
  const detail = refusalOf(caught.data.detail);
  if (reason === "failed")
    return failed(
      `--data ${folder} cannot be used (${detail}): name a folder, or none yet, that this user may write to`,
    );
  return failed(detail.startsWith(folder) ? `--data ${detail}` : `--data ${folder}: ${detail}`);
}
