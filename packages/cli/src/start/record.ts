import { closeSync, fchmodSync, fstatSync, openSync, writeSync } from "node:fs";
import type { Recorder } from "chordnet";
import { lineRecorder } from "chordnet";
import { failed, refusalOf } from "../failure.js";

/** A file that a node's life is written to. */
export interface RecordingFile {
  readonly recorder: Recorder;
  /** What ended the recording before the node; null: nothing did. */
  readonly trouble: () => string | null;
  close(): void;
}

/**
 * Opens a new file, or an empty one, for its owner's eyes only. Each line is handed to the system before the step's
 * effects are done: a slow disk slows the node down, nothing piles up, and what a killed node did is there.
 *
 * A disk that is full ends the recording, not the node: `told` is called once.
 */
export function recordTo(path: string, told: (trouble: string) => void): RecordingFile {
  const file = opened(path);
  let trouble: string | null = null;
  let lines = 0;
  const recorder = lineRecorder((line) => {
    if (trouble !== null) return;
    try {
      writeWhole(file, Buffer.from(`${line}\n`));
      lines += 1;
    } catch (error) {
      trouble = `recording to ${path} ended after ${lines} lines: ${refusalOf(error)}`;
      told(trouble);
    }
  });
  return { recorder, trouble: () => trouble, close: () => closeSync(file) };
}

function opened(path: string): number {
  let file: number;
  try {
    file = openSync(path, "a", 0o600);
  } catch (error) {
    throw failed(`cannot record to ${path}: ${refusalOf(error)}`);
  }
  const found = fstatSync(file);
  // One that was there may have been open to others. What is no file, such as a pipe, is whose it is.
  if (found.size === 0 && found.isFile()) fchmodSync(file, 0o600);
  if (found.size === 0) return file;
  closeSync(file);
  throw failed(`cannot record to ${path}: it holds something already; name a new file, or remove it`);
}

/** The system may take less than it was given. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
