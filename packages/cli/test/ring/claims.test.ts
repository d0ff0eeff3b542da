import { describe, expect, it } from "vitest";
import { extents } from "../../src/ring/claims.js";
import type { Member } from "../../src/ring/member.js";
import { drawn } from "../../src/ring/print.js";
import { screen } from "../screen.js";

const member = (id: string, from: string | null): Member => ({
  id,
  address: `tcp://h:${Number.parseInt(id, 16)}`,
  predecessor: null,
  successors: [],
  claims: from === null ? null : { from, to: id, epoch: 1 },
});

describe("what nodes claim", () => {
  it("is compared with what lies between them and the nodes before them", () => {
    const ring = [member("20", "e0"), member("60", "30"), member("80", "20"), member("e0", null)];
    expect(extents(ring, 8)).toEqual(["all", "part", "more", "nothing"]);
  });

  it("is everything where a node is alone, and nothing less", () => {
    expect(extents([member("80", "80")], 8)).toEqual(["all"]);
    expect(extents([member("80", "10")], 8)).toEqual(["part"]);
  });

  it("is told of the nodes that leave keys without an owner", () => {
    const ring = { name: "r", bits: 8, hash: "sha256", successors: 8, intervalMs: 1, leaseMs: 2 } as const;
    const { out } = screen().terminal;
    const outage = drawn(out, [member("20", "e0"), member("60", "30"), member("e0", null)], ring);
    const rows = outage[0]?.split("\n").map((row) => row.trim().split(/ {2,}/).at(-1));
    expect(rows).toEqual(["CLAIMS", "all", "part", "nothing"]);
    expect(outage.at(-1)).toBe("2 nodes do not claim all of their range: some keys have no owner at present");
    const quiet = drawn(out, [member("20", "60"), member("60", "20")], ring);
    expect(quiet.at(-1)).toBe("2 nodes in ring r, sha256 cut to 8 bits");
  });

  it("is not known of the first node where the ring was not seen whole", () => {
    const ring = { name: "r", bits: 8, hash: "sha256", successors: 8, intervalMs: 1, leaseMs: 2 } as const;
    const { out } = screen().terminal;
    const seen = drawn(out, [member("20", "e0"), member("60", "20")], ring, false);
    const rows = seen[0]?.split("\n").map((row) => row.trim().split(/ {2,}/));
    expect(rows?.map((row) => row.at(-1))).toEqual(["CLAIMS", "?", "all"]);
    expect(rows?.[1]?.filter((cell) => cell === "?")).toHaveLength(2);
    expect(rows?.[2]).toContain("25.0 %");
    expect(seen.at(-1)).toBe("2 nodes seen, and not all, of ring r, sha256 cut to 8 bits");
    const alone = drawn(out, [member("20", "e0")], ring, false);
    expect(alone.at(-1)).toBe("1 node seen, and not all, of ring r, sha256 cut to 8 bits");
  });
});
