import type { Status } from "chordnet";
import { describe, expect, it } from "vitest";
import { described } from "../../src/status/print.js";
import { screen } from "../screen.js";

const nothing: Status = {
  ...{ phase: "member", id: null, address: null, incarnation: null, uptimeMs: 0, ring: null },
  ...{ nodes: [], connections: [], counters: {}, values: null },
};

describe("a process for people", () => {
  it.each([
    [null, "unknown"],
    [0, "0"],
    [1, "up to 1 of each value"],
  ])("copies missing, %s of each: says of what, since there may be no value yet", (copiesMissing, told) => {
    const values = { entries: 0, bytes: 0, quotaBytes: null, copiesMissing, noRoom: null };
    expect(described(screen().terminal.out, { ...nothing, values }).join("\n")).toContain(
      `copies missing  ${told}\n`,
    );
  });

  it("no room for values, why and since when, only where there is none", () => {
    const kept = { entries: 1, bytes: 900, quotaBytes: 1_000, copiesMissing: 0 };
    const said = (noRoom: NonNullable<Status["values"]>["noRoom"]): string =>
      described(screen().terminal.out, { ...nothing, values: { ...kept, noRoom } }).join("\n");
    expect(said({ reason: "quota", since: 0 })).toContain(
      "refuses puts    no room for values since 1970-01-01T00:00:00.000Z: the quota is used up\n",
    );
    expect(said(null)).not.toContain("refuses");
  });
});
