import type { Recorder, Replay } from "@chordnet/core";
import { lineRecorder, replayLine } from "@chordnet/core";
import { isLeft } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { ChordNet, Logger } from "../../src/index.js";
import { silentLogger } from "../../src/ports.js";
import { eventually, failure, rings } from "../rings.js";

const made = rings();

/** How many events of a recording came out as they were recorded; fails at the first that does not. */
function replayed(lines: ReadonlyArray<string>): number {
  let replay: Replay | null = null;
  let events = 0;
  for (const line of lines) {
    const next = replayLine(replay, line);
    if (isLeft(next)) throw new Error(JSON.stringify(next.left));
    replay = next.right.replay;
    if (next.right._tag === "Stepped") events += 1;
  }
  return events;
}

/** Keeps every line. */
function memory(): { readonly lines: string[]; readonly recorder: Recorder } {
  const lines: string[] = [];
  return { lines, recorder: lineRecorder((line) => lines.push(line)) };
}

describe("a recorder", () => {
  it("holds all of a node's life: it replays, for each node of a ring that others join, leave and crash from", async () => {
    const lives = new Map<string, ReadonlyArray<string>>();
    const recorded = (name: string, virtualNodes = 1): ChordNet => {
      const { lines, recorder } = memory();
      lives.set(name, lines);
      return made.node(name, { recorder, virtualNodes });
    };
    const [first, second] = [recorded("first"), recorded("second", 3)];
    const [killed, leaver, late] = [recorded("killed"), recorded("leaver"), recorded("late")];
    await first.create();
    for (const other of [second, killed, leaver]) await other.join("memory://first");
    await Promise.all(Array.from({ length: 50 }, (_, i) => second.lookup(`key ${i}`)));
    await killed.close();
    await leaver.leave();
    await late.join(["memory://nobody", "memory://second"]);
    await eventually(() => first.peers().length === 4);
    await Promise.all(Array.from({ length: 50 }, (_, i) => late.lookup(`key ${i}`)));
    await late.trace("key");
    await late.inspect(first.address);
    for (const [name, lines] of lives) expect(replayed(lines), name).toBeGreaterThan(10);
  });

  it("that throws is told no more, and the node lives on", async () => {
    const errors: string[] = [];
    const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
    const throws = (): never => {
      throw new Error("the disk is full");
    };
    const alone = made.node("alone", { logger, recorder: { born: () => undefined, stepped: throws } });
    await alone.create();
    expect((await alone.lookup("key")).self).toBe(true);
    expect(errors).toEqual(["the recorder threw: nothing is recorded any more"]);
  });

  it("needs both methods", async () => {
    const recorder = { born: () => undefined } as unknown as Recorder;
    expect(await failure(() => made.node("bad", { recorder }))).toMatchObject({
      code: "BAD_OPTION",
      data: { option: "recorder" },
    });
  });
});
