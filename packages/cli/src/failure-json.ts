import { isChordNetError } from "chordnet";
import { reasonOf } from "./failure.js";

/** What went wrong with one key, as `--json` prints it: the error's code, `FAILED` where it has none; and a line. */
export function failureJson(caught: unknown): { readonly code: string; readonly message: string } {
  return { code: isChordNetError(caught) ? caught.code : "FAILED", message: reasonOf(caught) };
}
