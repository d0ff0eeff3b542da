import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Arc } from "../../src/arc.js";
import { wholeCircle } from "../../src/arc.js";
import type { Awaited, Company } from "../../src/store/call.js";
import { awaitedAtFirst, awaitedTogether, companyOf } from "../../src/store/company.js";
import { parts, without } from "../../src/store/parts.js";
import { at, b, c, claim, d, Stage } from "./stage.js";

const point = fc.nat(255).map(at);
const arcs: fc.Arbitrary<Arc> = fc.record({ start: point, end: point });
const others = fc.uniqueArray(fc.constantFrom(b, c, d));
const kept: fc.Arbitrary<Company> = fc
  .tuple(arcs, others, fc.nat(2))
  .map(([arc, who, spare]) => ({ ...arc, others: who, spare }));
const awaited: fc.Arbitrary<Awaited> = fc
  .tuple(kept, fc.boolean(), fc.boolean())
  .map(([each, isKnown, returning]) => ({ ...each, spare: isKnown ? each.spare : null, returning }));

/** What lies in more than one of them. */
function shared(space: Stage["state"]["settings"]["space"], all: ReadonlyArray<Arc>): number {
  let count = 0;
  for (const [i, one] of all.entries())
    for (const other of all.slice(i + 1)) count += parts(space, one, other).inside.length;
  return count;
}

describe("what is awaited", () => {
  it("at first covers all of what is gained, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(kept, { maxLength: 4 }), arcs, (company, gained) => {
        const { state } = new Stage(3, 1, company);
        const { space } = state.settings;
        const first = awaitedAtFirst(state, gained);
        expect(without(space, gained, first)).toEqual([]);
        for (const each of first) expect(without(space, each, [gained])).toEqual([]);
        // What is not remembered is not known to anybody.
        for (const each of first.filter(({ spare }) => spare === null))
          expect(parts(space, each, gained).inside.length).toBeGreaterThan(0);
      }),
    );
  });

  it("of two lists is each arc once, by what is known of it where one of them knows it", () => {
    fc.assert(
      fc.property(fc.array(awaited, { maxLength: 4 }), fc.array(awaited, { maxLength: 4 }), (one, other) => {
        const { state } = new Stage();
        const { space } = state.settings;
        const both = awaitedTogether(state, one, other);
        expect(shared(space, both)).toBe(0);
        for (const each of [...one, ...other]) expect(without(space, each, both)).toEqual([]);
        const known = [...one, ...other].filter(({ spare }) => spare !== null);
        for (const each of both.filter(({ spare }) => spare === null))
          expect(known.flatMap((arc) => parts(space, each, arc).inside)).toEqual([]);
      }),
    );
  });
});

describe("the company of a process", () => {
  const behind = { start: at(200), end: at(0), epoch: 900 };
  const told = (
    stage: Stage,
    from: string,
    standing: Arc & { readonly epoch: number },
    holder = true,
  ): Stage =>
    stage.tell({
      ...{ _tag: "Called", serving: 1, from },
      call: { _tag: "Compare", standing: { ...standing, holder }, parts: [] },
    });

  it("is who keeps what it owns, and who keeps with it what it keeps for those before it", () => {
    const stage = told(new Stage().seated(), d, behind);
    expect(companyOf(stage.state, stage.now)).toEqual([
      { start: at(0), end: at(100), others: [b, c], spare: 1 },
      // Two copies may be all there are: then one of the two may stay away no more than of three.
      { start: at(200), end: at(0), others: [d, b], spare: 1 },
    ]);
  });

  it("does not reach farther back than it keeps copies, nor past what it does not know", () => {
    const stage = told(new Stage().seated(), d, behind, false);
    expect(companyOf(stage.state, stage.now)).toHaveLength(1);
    const gap = told(new Stage().seated(), d, { start: at(150), end: at(250), epoch: 900 });
    expect(companyOf(gap.state, gap.now)).toHaveLength(1);
    const far = new Stage().seated();
    told(far, d, behind);
    told(far, "memory://e", { start: at(180), end: at(200), epoch: 900 });
    told(far, "memory://f", { start: at(160), end: at(180), epoch: 900 });
    expect(companyOf(far.state, far.now).map(({ start }) => start)).toEqual([at(0), at(200), at(180)]);
  });

  it("forgets an owner that has narrowed its claim, as to what that lay in", () => {
    const stage = told(new Stage().seated(), d, { start: at(120), end: at(0), epoch: 900 });
    told(stage, "memory://e", { start: at(180), end: at(220), epoch: 950 });
    told(stage, d, { start: at(220), end: at(0), epoch: 951 });
    const remembered = companyOf(stage.state, stage.now);
    expect(without(stage.state.settings.space, wholeCircle, remembered)).toEqual([
      { start: at(100), end: at(180) },
    ]);
  });

  it("is nobody where a process is alone", () => {
    const stage = new Stage().tell({
      _tag: "Seated",
      node: 0,
      claim: { ...claim, start: at(100) },
      near: [],
    });
    stage.tell({ _tag: "RangeGained", node: 0, ...claim, start: at(100), reason: "create", peer: null });
    expect(stage.only("Remember").company).toEqual([{ start: at(100), end: at(100), others: [], spare: 0 }]);
  });
});
