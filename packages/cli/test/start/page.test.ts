import type { NodeView, Status } from "chordnet";
import { describe, expect, it } from "vitest";
import { ringPage } from "../../src/start/admin/page.js";

const node: NodeView = {
  id: "80",
  address: "memory://a",
  host: "a",
  port: 0,
  predecessor: null,
  successors: [],
  claim: { from: "80", to: "80", epoch: 7 },
  leaseMs: 2000,
};

describe("the page of the ring", () => {
  it("tells who owns how much, and who owns nothing at present", () => {
    const page = ringPage(
      own,
      [node, { ...node, id: "40", address: "memory://b", claim: null, leaseMs: 0 }],
      null,
    );
    expect(page).toContain("2 nodes, as memory://a");
    expect(page).toContain('<td class="number">100.0 %</td>');
    expect(page).toContain('<strong class="outage">nothing</strong>');
  });

  it("counts one node as one", () => {
    expect(ringPage(own, [node], null)).toContain("1 node, as memory://a");
  });
});

const own = { address: "memory://a", ring: { name: "chordnet", bits: 8 } } as Status;
