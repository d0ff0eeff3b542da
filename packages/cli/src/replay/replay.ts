import type { Replayed } from "@chordnet/core";
import type { Terminal } from "../terminal.js";
import { relive } from "./life.js";
import { notes, resultJson, results } from "./print.js";
import { transcript } from "./transcript.js";

export interface ReplayOptions {
  readonly print?: boolean;
  readonly json?: boolean;
}

/** Replays recordings one after the other. Exit status 1 where one could not be replayed, or came out otherwise. */
export async function replay(
  { out, err }: Terminal,
  files: ReadonlyArray<string>,
  { print = false, json = false }: ReplayOptions,
): Promise<number> {
  const all = [];
  for (const file of files) {
    const relived = await relive(
      file,
      print ? printer((line) => out.line(line), out.colors) : () => undefined,
    );
    all.push(relived);
    if (json) out.json(resultJson(relived));
  }
  if (!json) {
    if (print) out.line();
    out.line(results(out, all));
  }
  for (const relived of all) for (const note of notes(err, relived)) err.line(note);
  return all.every(({ trouble }) => trouble === null) ? 0 : 1;
}

function printer(
  line: (text: string) => void,
  colors: Terminal["out"]["colors"],
): (replayed: Replayed) => void {
  let bornAt = 0;
  return (replayed) => {
    if (replayed._tag === "Born") bornAt = replayed.birth.at;
    for (const text of transcript(replayed, bornAt, colors)) line(text);
  };
}
