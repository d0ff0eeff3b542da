import { describe, expect, it } from "vitest";
import type { NodeState } from "../../src/state.js";
import { ask, at, happens, hears, member, range, sent } from "../small-ring.js";

/** Zave 2016: a member says that this node is its successor. */

const node = member(0x20, 0x10, { pointers: { successors: [at(0x30)] } });

function notified(state: NodeState, timeMs: number, point: number) {
  return hears(state, timeMs, at(point), ask(range(point - 4, point, 1)));
}

describe("rectify", () => {
  it("takes a nearer notifier for the predecessor", () => {
    expect(notified(node, 10, 0x18).node.pointers.predecessor).toEqual(at(0x18));
  });

  it("keeps the present one against one that is farther, but asks a silent one whether it lives", () => {
    const soon = notified(node, 10, 0x0c);
    expect(soon.node.pointers.predecessor).toEqual(at(0x10));
    expect(sent(soon.effects, "Ping")).toEqual([]);
    const later = notified(node, 900, 0x0c);
    expect(later.node.pointers.predecessor).toEqual(at(0x10));
    expect(sent(later.effects, "Ping").map(({ to }) => to)).toContain(at(0x10).address);
  });

  it("takes a farther one when the present one turns out to be dead", () => {
    const asked = notified(node, 900, 0x0c);
    const [ping] = sent(asked.effects, "Ping");
    const message = ping?.message ?? { _tag: "Ping", rid: 0 };
    const dead = happens(asked.node, 920, {
      _tag: "SendFailed",
      to: at(0x10).address,
      message,
      reason: "refused",
    });
    expect(dead.node.pointers.predecessor).toBe(null);
    expect(notified(dead.node, 930, 0x0c).node.pointers.predecessor).toEqual(at(0x0c));
  });

  it("is not told by newcomers, who hold nothing yet", () => {
    expect(hears(node, 10, at(0x18), ask(null)).node.pointers.predecessor).toEqual(at(0x10));
  });

  it("takes a later life of the predecessor for what it is", () => {
    const again = hears(node, 10, at(0x10, 2), ask(range(0x0c, 0x10, 1)));
    expect(again.node.pointers.predecessor).toEqual(at(0x10, 2));
  });
});
