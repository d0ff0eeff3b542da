import { describe, expect, it } from "vitest";
import type { Introduced } from "../../src/message.js";
import type { NodeState, Remembered } from "../../src/state.js";
import type { Stepped } from "../small-ring.js";
import { at, hears, member, sent, tick } from "../small-ring.js";

function remembered(point: number, standing: Remembered["standing"], askAt = 0): Remembered {
  return { peer: at(point), standing, askAt, tries: 1, seed: false };
}

/** Node 20 with successor 30 and predecessor 10, which were found in its ring, and others that it remembers. */
function node(...others: ReadonlyArray<Remembered>): NodeState {
  const basis = member(0x20, 0x10, { pointers: { successors: [at(0x30)], predecessor: at(0x10) } });
  const known = [remembered(0x30, "same", 500), remembered(0x10, "same", 400)];
  return { ...basis, remembered: [...known, ...others] };
}

function introduced(to: Stepped, said: Partial<Introduced>): Introduced {
  const rid = sent(to.effects, "Introduce")[0]?.message.rid as number;
  return { _tag: "Introduced", rid, preceding: null, successors: [], ...said };
}

function askedBy(stepped: Stepped): ReadonlyArray<string> {
  return sent(stepped.effects, "Introduce").map(({ to }) => to);
}

function standingOf({ node: after }: Stepped, point: number): string | undefined {
  return after.remembered.find(({ peer }) => peer.address === at(point).address)?.standing;
}

describe("a node that looks itself up", () => {
  it("does so through one who is untested and one who was dead first, else through the one tested longest ago", () => {
    const through = (...others: ReadonlyArray<Remembered>) => askedBy(tick(node(...others), 1000));
    expect(through(remembered(0x08, "untested"), remembered(0x05, "silent"))).toEqual([
      at(0x05).address,
      at(0x08).address,
    ]);
    expect(through(remembered(0x08, "untested", 2000), remembered(0x05, "refused", 2000))).toEqual([
      at(0x10).address,
    ]);
  });

  it("does so through its successor, not through those that the successor told of", () => {
    const { pointers, ...rest } = node();
    const told = { ...rest, pointers: { ...pointers, successors: [at(0x30), at(0x38)] } };
    expect(askedBy(tick({ ...told, remembered: [] }, 1000))).toEqual([at(0x30).address]);
    expect(askedBy(tick(told, 1000))).toEqual([at(0x10).address]);
  });

  it("asks everybody anew when nobody is left to talk to, also those that were in its ring at the last test", () => {
    const known = node(remembered(0x08, "same"), remembered(0x05, "silent", 9000));
    const alone = { ...known, pointers: { ...known.pointers, successors: [], predecessor: null } };
    const asked = askedBy(tick(tick(alone, 900).node, 1000));
    expect([...asked].sort()).toEqual([0x05, 0x08, 0x10, 0x30].map((point) => at(point).address));
  });

  it("finds a peer in its own ring where the walk ends before it", () => {
    const asked = tick(node(remembered(0x08, "untested")), 1000);
    const heard = hears(asked.node, 1010, at(0x08), introduced(asked, { successors: [at(0x20)] }));
    expect(standingOf(heard, 0x08)).toBe("same");
    expect(heard.effects).toEqual([]);
  });

  it("asks the old successor at the end of a walk in another ring, and adopts nobody before an answer", () => {
    const asked = tick(node(remembered(0x08, "untested")), 1000);
    const heard = hears(asked.node, 1010, at(0x08), introduced(asked, { successors: [at(0x28)] }));
    expect(standingOf(heard, 0x08)).toBe("untested");
    expect(sent(heard.effects, "Ask").map(({ to }) => to)).toEqual([at(0x28).address]);
    expect(heard.node.pointers.successors).toEqual([at(0x30)]);
  });

  it("walks on through whoever lies nearest before its place", () => {
    const asked = tick(node(remembered(0x08, "untested")), 1000);
    const said = introduced(asked, { preceding: at(0x18), successors: [at(0x0c), at(0x14)] });
    expect(askedBy(hears(asked.node, 1010, at(0x08), said))).toEqual([at(0x18).address]);
  });

  it("remembers who fell out of its pointers as untested, even if it was found in its ring", () => {
    const asked = tick(node(remembered(0x08, "untested")), 1000);
    const nearer = hears(asked.node, 1010, at(0x08), introduced(asked, { successors: [at(0x28)] }));
    const rid = sent(nearer.effects, "Ask")[0]?.message.rid as number;
    const verdict = { _tag: "Wait", soon: false } as const;
    const answer = { _tag: "Answer", rid, verdict, predecessor: null, successors: [] } as const;
    const adopted = hears(nearer.node, 1020, at(0x28), answer);
    expect(adopted.node.pointers.successors).toEqual([at(0x28)]);
    expect(standingOf(adopted, 0x30)).toBe("untested");
  });
});

describe("whoever speaks to a node without a lease", () => {
  const unleased = node();
  const woken: NodeState = { ...unleased, ownership: { ...unleased.ownership, leaseUntil: 400 } };

  it("is remembered: all that the node knew may have died while it was stopped", () => {
    const heard = hears(woken, 500, at(0x08), { _tag: "Introduce", rid: 7 });
    expect(standingOf(heard, 0x08)).toBe("untested");
    expect(askedBy(tick(heard.node, 1000))).toEqual([at(0x08).address]);
  });

  it("is not, where that has a lease", () => {
    expect(standingOf(hears(unleased, 500, at(0x08), { _tag: "Introduce", rid: 7 }), 0x08)).toBe(undefined);
  });

  it("is not made a stranger again where it is known", () => {
    expect(standingOf(hears(woken, 500, at(0x10), { _tag: "Introduce", rid: 7 }), 0x10)).toBe("same");
  });
});

describe("whoever is asked to introduce", () => {
  const ask = { _tag: "Introduce", rid: 7 } as const;

  it("answers with its neighbours as they were, then asks the asker if that is a nearer successor", () => {
    const { effects } = hears(node(), 10, at(0x28), ask);
    expect(effects).toMatchObject([
      { to: at(0x28).address, message: { _tag: "Introduced", rid: 7, successors: [at(0x30)] } },
      { to: at(0x28).address, message: { _tag: "Ask" } },
    ]);
  });

  it("leaves it at the answer if it is not", () => {
    expect(hears(node(), 10, at(0x38), ask).effects).toHaveLength(1);
  });
});
