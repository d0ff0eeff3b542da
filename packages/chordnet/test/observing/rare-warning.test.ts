import { expect, it } from "vitest";
import { RareWarning } from "../../src/observing/rare-warning.js";
import { silentLogger } from "../../src/ports.js";

it("tells the first of each reason, then a count each ten seconds", () => {
  const told: unknown[] = [];
  const warning = new RareWarning({ ...silentLogger, warn: (_, data) => void told.push(data) });
  for (let at = 0; at < 10_000; at += 10) warning.tell("bad", "Truncated", at, { at });
  warning.tell("bad", "UnknownKind", 5, { other: true });
  warning.tell("bad", "Truncated", 10_000, { at: 10_000 });
  expect(told).toEqual([{ at: 0 }, { other: true }, { at: 10_000, untold: 999 }]);
});
