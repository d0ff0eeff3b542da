import { space } from "@chordnet/core";
import { expect, it } from "vitest";
import { Ledger } from "../src/ledger.js";

it.each([0, -1, Number.NaN])("a quota of %d is refused", (quotaBytes) => {
  expect(() => new Ledger(space(8), quotaBytes)).toThrow(RangeError);
});
