import { bornProcess, configure } from "@chordnet/core";
import { lossy, mild, stopped } from "@chordnet/simulator";
import type { Reached } from "@chordnet/simulator/testing";
import { reachedStates } from "@chordnet/simulator/testing";

/** Whom the nodes in these states know, and some more. */
export const addresses: ReadonlyArray<string> = Array.from({ length: 17 }, (_none, i) => `memory://n${i}`);

/** What nodes came to in rings with joins, leaves, crashes and losses: in the middle of their lives. */
export const livedStates = (): ReadonlyArray<Reached> =>
  [mild(3), lossy(6), stopped(2)].flatMap((scenario) => reachedStates(scenario, 37));

/** These, the same where other rules hold, and one that has not begun. */
export const fuzzedStates = (): ReadonlyArray<Reached> => {
  const lived = livedStates();
  const wary = lived.map((reached) => ruled(reached, { minMembers: 3 }));
  const born = newborn(lived[0] as Reached);
  const { ownership } = born.node;
  const unconfirmed = [...lived, born].map((reached) => {
    const { node, at, wall } = ruled(reached, { dialect: { hashed: "url", confirms: false } });
    // There nothing is leased, and so nothing awaited.
    return { node: { ...node, ownership }, at, wall };
  });
  return [...lived, ...wary, ...unconfirmed, born];
};

function ruled({ node, at, wall }: Reached, rules: Parameters<typeof configure>[1]): Reached {
  const { ring, jitter, limits } = node.config;
  return { node: { ...node, config: configure(ring, { jitter, limits, ...rules }) }, at, wall };
}

function newborn({ node, at, wall }: Reached): Reached {
  const url = addresses[0] ?? "";
  const birth = {
    ...node.config,
    url,
    incarnation: 1,
    virtualNodes: 1,
    seed: [1, 2, 3, 4],
    at,
    wall,
  } as const;
  const [born] = bornProcess(birth).nodes;
  if (born === undefined) throw new Error("a process without a node");
  return { node: born, at, wall };
}
