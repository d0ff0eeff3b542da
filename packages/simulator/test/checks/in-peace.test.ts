import type { NodeState } from "@chordnet/core";
import { expect, it } from "vitest";
import { Answers } from "../../src/checks/answers.js";
import { InPeace } from "../../src/checks/in-peace.js";
import { grownRing, nodeUrl } from "../../src/grow.js";
import type { Simulation } from "../../src/simulation/simulation.js";

const timeoutMs = 5_000;

function asked(ring: Simulation): void {
  const peace = new InPeace(ring, new Answers(ring), timeoutMs);
  peace.askAround((number) => ring.config.naming(`key ${number}`));
}

/** Who was asked and answered wrongly, when all has been judged. */
function wrong(ring: Simulation): ReadonlyArray<unknown> {
  ring.run(3 * timeoutMs, () => false);
  return ring.witness.violations.filter(({ _tag }) => _tag === "WrongInPeace");
}

it("finds nothing wrong in a ring that stays as it is", () => {
  const ring = grownRing(1, 5);
  asked(ring);
  expect(wrong(ring)).toEqual([]);
});

it("lets a range change hands once more, and be back", () => {
  const ring = grownRing(1, 5);
  const epoch = (): number => (ring.members()[2] as NodeState).ownership.acknowledged?.epoch ?? 0;
  const before = epoch();
  asked(ring);
  const { address } = (ring.members()[2] as NodeState).self;
  ring.pause(address, 2_000);
  expect(wrong(ring)).not.toContainEqual(
    expect.objectContaining({ asker: expect.not.stringMatching(address) }),
  );
  expect(epoch()).toBeGreaterThan(before);
});

it("finds an owner that is none: under the epoch that another has, or in a ring that is not ideal", () => {
  for (const [epochs, kill] of [
    [0, false],
    [1, true],
  ] as const) {
    const ring = grownRing(2, 5);
    asked(ring);
    ring.run(1_000, () => false);
    for (const [operation, settled] of ring.settled) {
      const { result } = settled;
      if (result._tag !== "Owner") continue;
      const other = ring.members().find(({ self }) => self.address !== result.peer.address) as NodeState;
      ring.settled.set(operation, {
        ...settled,
        result: { ...result, peer: other.self, epoch: result.epoch + epochs },
      });
    }
    if (kill) ring.schedule(2 * timeoutMs - 1_100, () => ring.kill(nodeUrl(1)));
    expect(wrong(ring)).toHaveLength(64);
  }
});
