import type { Replay, Replayed, ReplayTrouble } from "@chordnet/core";
import { replayLine } from "@chordnet/core";
import { isSimulation } from "../simulate/saved.js";
import { readLines } from "./lines.js";

/** Why a file, or a line of it, can't be replayed, or what came of it otherwise. */
export type Trouble = (
  | ReplayTrouble
  /** No whole line is in it. */
  | { readonly _tag: "Empty" }
  /** It is what `chordnet simulate` plays. */
  | { readonly _tag: "Simulation" }
) & { readonly line: number };

/** What replaying one file has shown. */
export interface Relived {
  readonly file: string;
  /** How often the process began: more than once where a first attempt to join led nowhere. */
  readonly lives: number;
  readonly events: number;
  readonly effects: number;
  readonly seconds: number;
  /** What a killed writer left of its last line; it is left out. */
  readonly tornBytes: number;
  /** Null: every event had the effects that were recorded. */
  readonly trouble: Trouble | null;
}

const nothing: Trouble = { _tag: "Empty", line: 1 };

/** Replays a file as it is read, up to the first trouble; `tell` is called with each line. */
export async function relive(file: string, tell: (replayed: Replayed) => void): Promise<Relived> {
  const began = performance.now();
  const count = { lines: 0, lives: 0, events: 0, effects: 0 };
  let replay: Replay | null = null;
  let trouble: Relived["trouble"] = null;
  const tornBytes = await readLines(file, (text) => {
    count.lines += 1;
    const next = replayLine(replay, text);
    if (next._tag === "Left") {
      trouble = { ...next.left, line: count.lines };
      return false;
    }
    replay = next.right.replay;
    if (next.right._tag === "Born") count.lives += 1;
    else {
      count.events += 1;
      for (const { effects } of next.right.outcomes ?? []) count.effects += effects.length;
    }
    tell(next.right);
    return true;
  });
  const { lives, events, effects } = count;
  if (lives === 0) trouble = isSimulation(file) ? { _tag: "Simulation", line: 1 } : (trouble ?? nothing);
  return { file, lives, events, effects, seconds: (performance.now() - began) / 1000, tornBytes, trouble };
}
