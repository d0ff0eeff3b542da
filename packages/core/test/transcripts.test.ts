import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Stage } from "./transcripts/stage.js";

/**
 * Scenes of the protocol, to be read: a command, `----`, and what came of it. With REWRITE_TRANSCRIPTS=1 in the
 * environment they are written anew, for a person to look at the difference.
 */
const folder = new URL("./transcripts/", import.meta.url);
const rewrite = process.env.REWRITE_TRANSCRIPTS === "1";
const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));

/** The transcript with what really comes of its commands. Throws where a promise about ownership was broken. */
function played(transcript: string): string {
  const stage = new Stage();
  const blocks = transcript.trimEnd().split("\n\n");
  const replayed = blocks.map((block) => {
    const end = block.indexOf("\n----");
    const lines = (end < 0 ? block : block.slice(0, end)).split("\n");
    const comments = lines.filter((line) => line.startsWith("#"));
    const commands = lines.filter((line) => !line.startsWith("#"));
    if (commands.length === 0) return comments.join("\n");
    const told = commands.flatMap((command) => stage.play(command));
    return [...comments, ...commands, "----", ...told].join("\n");
  });
  expect(stage.simulation.witness.violations).toEqual([]);
  return `${replayed.join("\n\n")}\n`;
}

describe("the transcript", () => {
  it.each(names)("%s is what happens", (name) => {
    const file = new URL(name, folder);
    const written = readFileSync(file, "utf8");
    const actual = played(written);
    if (rewrite) writeFileSync(file, actual);
    else expect(actual).toBe(written);
  });
});
