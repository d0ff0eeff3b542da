import { defaultRing, ownDialect } from "@chordnet/core";
import type { Hello, LinkFailure } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import { left, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import { encodeHello, type RingHello, usualFrameBytesMax } from "../../src/hello.js";
import { type Lesson, learnRing } from "../../src/joining/learning.js";
import { FakeClock } from "../fake-clock.js";

type Answer = Either<LinkFailure, Hello> | "hangs";

const hello = (said: Partial<RingHello> | Uint8Array): Answer => {
  const payload =
    said instanceof Uint8Array
      ? said
      : encodeHello({
          ...{ ring: defaultRing, member: true, virtualNodes: 1, dialect: ownDialect },
          frameBytesMax: usualFrameBytesMax,
          ...said,
        });
  return right({ versions: [1, 1], address: null, incarnation: 1, payload });
};
const refused: Answer = left({ reason: "refused", detail: "" });

/** What is learned from seeds that answer so, and the seeds in the order in which they were greeted. */
async function learned(
  answers: Readonly<Record<string, Answer>>,
  afterMs = 0,
): Promise<Lesson & { readonly greeted: string }> {
  const clock = new FakeClock();
  const greeted: string[] = [];
  const greet = (seed: string): Promise<Either<LinkFailure, Hello>> => {
    greeted.push(seed);
    const answer = answers[seed] ?? refused;
    return answer === "hangs" ? new Promise(() => undefined) : Promise.resolve(answer);
  };
  const lesson = learnRing({ greet }, clock, Object.keys(answers), { successors: 8 });
  await clock.advance(afterMs);
  return { ...(await lesson), greeted: greeted.join(" ") };
}

describe("learning the ring from the seeds", () => {
  it("believes the first member, and greets nobody after it", async () => {
    const { ring, from, greeted, troubles } = await learned({ a: refused, b: hello({}), c: hello({}) });
    expect({ ring, from, greeted }).toEqual({ ring: defaultRing, from: "b", greeted: "a b" });
    expect(troubles).toMatchObject([{ seed: "a", reason: "refused" }]);
  });

  it("does not let one that hangs hold up the next", async () => {
    const lesson = await learned({ a: "hangs", b: hello({}) }, 200);
    expect(lesson).toMatchObject({ from: "b", greeted: "a b" });
  });

  it("does not change once it is learned, whatever the others answer later", async () => {
    expect(await learned({ a: "hangs", b: hello({}) }, 5_000)).toMatchObject({ from: "b", troubles: [] });
  });

  it("gives each its patience, and tells what was wrong with it", async () => {
    const other = { ...defaultRing, successors: 4 };
    const answers = {
      hangs: "hangs",
      idle: hello({ member: false }),
      starting: hello({ ring: null, member: false }),
      garbage: hello(Uint8Array.of(9)),
      other: hello({ ring: other }),
    } as const;
    const { ring, troubles, mismatch } = await learned(answers, 5_000);
    expect(ring).toBeNull();
    expect(troubles.map(({ seed, reason }) => `${seed} ${reason}`).sort()).toEqual([
      "garbage bad-hello",
      "hangs silent",
      "idle not-member",
      "other ring-mismatch",
      "starting not-member",
    ]);
    expect(mismatch?.data).toEqual({ seed: "other", parameter: "successors", ours: 8, theirs: 4 });
  });

  it("of no seeds learns nothing", async () => {
    expect(await learned({})).toMatchObject({ ring: null, from: null, troubles: [] });
  });
});
