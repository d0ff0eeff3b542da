import { describe, expect, it } from "vitest";
import { audit } from "../src/audit.js";
import { idOf, ringOrder } from "../src/identifiers.js";
import type { Tally } from "../src/load.js";
import type { Lookup } from "../src/lookup-log.js";
import { Notebook } from "../src/notebook.js";
import { Timeline } from "../src/timeline.js";
import { answer, failure } from "./samples.js";

const [a, b] = ringOrder(["tcp://a", "tcp://b"]) as [string, string];

function quietRing(): Timeline {
  const timeline = new Timeline();
  for (const address of [a, b]) timeline.record(address, "member", 0);
  return timeline;
}

function tally(lookups: ReadonlyArray<Lookup>, lost = 0): Tally {
  return { from: 10, to: 1_000, lookups, lost, skipped: 0 };
}

function missed(timeline: Timeline, tallies: ReadonlyArray<Tally>): ReadonlyArray<string> {
  const book = new Notebook(() => undefined);
  audit(book, timeline, tallies);
  return book
    .report("scene", "must", 1)
    .checks.filter(({ pass }) => !pass)
    .map(({ what }) => what);
}

const right = answer({ keyId: idOf(b), via: a, owner: b, at: [20, 25] });

describe("audit", () => {
  it("is content with right answers", () => {
    expect(missed(quietRing(), [tally([right])])).toEqual([]);
  });

  it("misses nothing of what is wrong", () => {
    const wrong = answer({ keyId: idOf(b), via: a, owner: a, at: [30, 35] });
    expect(missed(quietRing(), [tally([right, wrong])])).toEqual([
      "wrong answers",
      "keys that two nodes confirmed in one epoch, or in a stopped owner's lease",
      "untouched keys answered right",
    ]);
  });

  it("wants every lookup settled, in time and with a typed error", () => {
    expect(missed(quietRing(), [tally([right], 1)])).toEqual(["lookups neither answered nor failed"]);
    const late = failure("TIMEOUT", [20, 1_271], idOf(a));
    const untyped = failure(null, [20, 30], idOf(a));
    expect(missed(quietRing(), [tally([late])])).toEqual(["lookups that settled past its deadline"]);
    expect(missed(quietRing(), [tally([untyped])])).toEqual(["lookups that failed without a code"]);
  });

  it("wants 99.9 % of what was untouched", () => {
    const failed = { ...failure("NO_OWNER", [30, 40], idOf(b)), via: a };
    const many = Array.from({ length: 999 }, () => right);
    expect(missed(quietRing(), [tally([...many, failed])])).toEqual([]);
    expect(missed(quietRing(), [tally([...many.slice(1), failed])])).toEqual([
      "untouched keys answered right",
    ]);
  });

  it("excuses lookups of keys whose owner was touched, and through nodes that were", () => {
    const timeline = quietRing();
    timeline.record(b, "maybe", 100);
    timeline.record(b, "gone", 101);
    const ofTheDead = { ...failure("NO_OWNER", [102, 110], idOf(b)), via: a };
    const throughTheDead = { ...failure("PEER_UNREACHABLE", [90, 105], idOf(a)), via: b };
    expect(missed(timeline, [tally([ofTheDead, throughTheDead])])).toEqual([]);
  });
});
