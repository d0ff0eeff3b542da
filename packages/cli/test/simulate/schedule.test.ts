import {
  disasters,
  draw,
  fenced,
  hard,
  lossy,
  mild,
  promised,
  quorum,
  restless,
  sleepy,
  stopped,
  tiny,
  values,
  virtual,
} from "@chordnet/simulator";
import { expect, it } from "vitest";
import { wrongSchedule } from "../../src/simulate/schedule.js";

const modes = {
  disasters,
  fenced,
  hard,
  lossy,
  mild,
  promised,
  quorum,
  restless,
  sleepy,
  stopped,
  tiny,
  values,
  virtual,
};

it.each(Object.entries(modes))("whatever is drawn of %s can be played", (_, mode) => {
  for (const seed of [1, 2, 3])
    expect(wrongSchedule(JSON.parse(JSON.stringify(draw(mode(seed)))))).toBeNull();
});
