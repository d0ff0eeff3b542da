import { actionsOf, isTrouble } from "./actions.js";
import { digest } from "./canonical.js";
import type { Configuration } from "./configuration.js";
import { marked } from "./laws.js";
import { act, foundRing } from "./perform.js";
import { isQuiet } from "./time.js";
import type { Budget, Machine, World } from "./world.js";
import { emptyWorld } from "./world.js";
import { isIdeal } from "./zave.js";

/** No trouble. */
export const calm: Budget = { joins: 0, leaves: 0, crashes: 0, lookups: 0, losses: 0, lates: 0, stops: 0 };

/** The ring that a configuration begins with: its members joined one after another, and all is well and quiet. */
export function startOf(configuration: Configuration, machine: Machine): World {
  const { ring, config, scale, budget } = configuration;
  const [first = 0, ...others] = ring;
  const patient: Configuration = { ...configuration, budget: calm };
  const nobody = emptyWorld(calm);
  let world = foundRing(nobody, first, digest(nobody, scale), config, machine);
  world = untilQuiet(marked(world, first, patient), patient, machine);
  for (const point of others) {
    const before = { ...world, budget: { ...calm, joins: 1 } };
    const join = { _tag: "Join", point, seed: first } as const;
    const happened = act(before, digest(before, scale), join, patient, machine);
    world = untilQuiet(marked(happened.world, point, patient), patient, machine);
  }
  return { ...world, budget };
}

/** More events than it can take a small ring to become quiet. */
const eventsMax = 20_000;

/**
 * Lets happen what must, the oldest first, until the ring is ideal, and has been for as long as anything is waited for.
 */
function untilQuiet(from: World, configuration: Configuration, machine: Machine): World {
  const { scale } = configuration;
  let world = from;
  let idealSince = Number.POSITIVE_INFINITY;
  for (let i = 0; i < eventsMax; i++) {
    const ideal = isIdeal(world, configuration);
    idealSince = ideal ? Math.min(idealSince, world.now) : Number.POSITIVE_INFINITY;
    if (isQuiet(world) && world.now - idealSince >= scale.ageMax * scale.quantumMs) return world;
    const [action] = actionsOf(world, configuration, machine).filter((one) => !isTrouble(one, world));
    if (action === undefined) break;
    const happened = act(world, digest(world, scale), action, configuration, machine);
    world = marked(happened.world, happened.point, configuration);
  }
  throw new Error(`${configuration.name}: the ring that it begins with does not become quiet`);
}
