import { configure } from "@chordnet/core";
import type { Scenario } from "@chordnet/simulator";
import { lossy, mild, stopped } from "@chordnet/simulator";
import type { Lived } from "./lives.js";
import { lives } from "./lives.js";

/** Whom the nodes in these states know, and some more. */
export const addresses: ReadonlyArray<string> = Array.from({ length: 17 }, (_none, i) => `memory://n${i}`);

/** What nodes came to in rings with joins, leaves, crashes and losses: in the middle of their lives. */
export const livedStates = (): ReadonlyArray<Lived> =>
  [mild(3), lossy(6), stopped(2), allStopped(5), cut(4)].flatMap((scenario) => lives(scenario, 37));

/** Rings are cut in two, and meet again. */
function cut(seed: number): Scenario {
  const basis = mild(seed);
  return { ...basis, nodes: 6, perMinute: { ...basis.perMinute, cuts: 10 } };
}

/** Whole rings that were stopped wake up together. */
function allStopped(seed: number): Scenario {
  const basis = stopped(seed);
  return {
    ...basis,
    perMinute: { ...basis.perMinute, pauses: 60, leaves: 20 },
    sizes: { ...basis.sizes, pausedMax: Number.POSITIVE_INFINITY },
  };
}

/** These, and the same where other rules hold. */
export const fuzzedStates = (): ReadonlyArray<Lived> => {
  const lived = livedStates();
  const wary = lived.map((reached) => ruled(reached, { minMembers: 3 }));
  // The first begins with a birth. Where nothing is confirmed nothing is leased either, and so nothing awaited.
  const { ownership } = (lived[0] as Lived).node;
  const unconfirmed = lived.map((reached) => {
    const { node, ...clocks } = ruled(reached, { dialect: { hashed: "url", confirms: false } });
    return { node: { ...node, ownership }, ...clocks };
  });
  return [...lived, ...wary, ...unconfirmed, ...lived.flatMap(narrowed)];
};

/** The same with hardly any room, if it was content with that so far: what is past a bound is soon reached there. */
function narrowed(reached: Lived): ReadonlyArray<Lived> {
  const limits = { pendingMax: 8, rememberedMax: 4, routesMax: 2, hopsMax: 1 };
  const { pending, remembered } = reached.node;
  const fits = pending.size <= limits.pendingMax && remembered.length <= limits.rememberedMax;
  return fits ? [ruled(reached, { limits })] : [];
}

function ruled({ node, ...rest }: Lived, rules: Parameters<typeof configure>[1]): Lived {
  const { ring, jitter, limits } = node.config;
  return { node: { ...node, config: configure(ring, { jitter, limits, ...rules }) }, ...rest };
}
