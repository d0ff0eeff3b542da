import * as simulator from "@chordnet/simulator";
import { expect, it } from "vitest";
import { wrongSchedule } from "../../src/simulate/schedule.js";

const { disasters, fenced, hard, lossy, mild, promised, quorum } = simulator;
const { restless, sleepy, stopped, tiny, values, virtual } = simulator;
const few = { disasters, fenced, hard, lossy, mild, promised, quorum };
const modes = { ...few, restless, sleepy, stopped, tiny, values, virtual };

it.each(Object.entries(modes))("whatever is drawn of %s can be played", (_, mode) => {
  for (const seed of [1, 2, 3])
    expect(wrongSchedule(JSON.parse(JSON.stringify(simulator.draw(mode(seed)))))).toBeNull();
});
