import type { Effect } from "@chordnet/core";
import { isRight, owns } from "@chordnet/core";
import type { Happened, World } from "./world.js";
import { lifeBit } from "./world.js";

/** Lookups that wait for their answers, and who claimed meanwhile what was asked for. */

/** Who claims what was asked for is written down. */
export function noted(world: World): World {
  if (world.questions.length === 0) return world;
  const questions = world.questions.map((question) => {
    let { claimers } = question;
    for (const seat of world.seats) {
      if (seat === null || !owns(seat.node, question.key, world.now)) continue;
      claimers |= lifeBit(Number(seat.node.self.id), seat.node.self.incarnation);
    }
    return { ...question, claimers };
  });
  return { ...world, questions };
}

/** Takes out the lookups that came to an end. */
export function answered(world: World, effects: ReadonlyArray<Effect>): Pick<Happened, "world" | "answers"> {
  const answers: Array<Happened["answers"][number]> = [];
  let { questions } = world;
  for (const effect of effects) {
    if (effect._tag !== "Settled") continue;
    const question = questions.find(({ operation }) => operation === effect.operation);
    if (question === undefined) continue;
    questions = questions.filter((other) => other !== question);
    const { result } = effect;
    if (isRight(result) && result.right._tag === "Owner") answers.push({ question, owner: result.right });
  }
  return { world: { ...world, questions }, answers };
}
