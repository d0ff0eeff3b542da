import { id, space } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { figures, spread } from "../../src/demo/figures.js";
import { History } from "../../src/demo/history.js";

describe("spread", () => {
  it("has nearest-rank percentiles", () => {
    expect(spread(Array.from({ length: 100 }, (_, i) => 100 - i))).toEqual({
      mean: 50.5,
      p50: 50,
      p90: 90,
      p99: 99,
      max: 100,
    });
  });

  it("is zero where there is nothing", () => {
    expect(spread([])).toEqual({ mean: 0, p50: 0, p90: 0, p99: 0, max: 0 });
  });
});

describe("figures", () => {
  it("counts the answers that were wrong", () => {
    const ring = space(8);
    const history = new History(ring);
    history.started("a", id(ring, 10n), 0);
    history.member("a", 1);
    const answer = { key: id(ring, 5n), askedAt: 2, answeredAt: 3, hops: 1 };
    const answers = [
      { ...answer, owner: "a" },
      { ...answer, owner: "b" },
    ];
    expect(
      figures({ lookups: 2, failures: ["TIMEOUT", "NO_OWNER", "TIMEOUT"], unanswered: 0, answers }, history),
    ).toMatchObject({
      lookups: 2,
      wrong: 1,
      retried: 3,
      failures: { TIMEOUT: 2, NO_OWNER: 1 },
      hops: { mean: 1 },
      latencyMs: { max: 1 },
    });
  });
});
