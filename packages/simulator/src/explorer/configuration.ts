import type { Config } from "@chordnet/core";
import type { Scale } from "./canonical.js";
import type { Law } from "./laws.js";
import type { Budget, World } from "./world.js";

/** What is explored: from which ring, with which trouble, and what must come of it. */
export interface Configuration {
  readonly name: string;
  readonly about: string;
  readonly config: Config;
  readonly scale: Scale;
  /** Where the members of the ring stand that it begins with. */
  readonly ring: ReadonlyArray<number>;
  /** Where somebody may be born, again and again. */
  readonly newcomers: ReadonlyArray<number>;
  /** What may be looked up. */
  readonly keys: ReadonlyArray<number>;
  readonly budget: Budget;
  /** Whether the node there may crash now. */
  readonly mayCrash: (world: World, point: number) => boolean;
  /**
   * In what order messages arrive. `any`: every order, however long one is on its way while others go to and fro.
   * `rounds`: each takes as long as every other, so that what is sent in answer to one that arrived arrives after all
   * that were under way with it; those to one node that arrive together do so in every order.
   */
  readonly order: "any" | "rounds";
  /** The ports of the dead don't refuse: they are silent. */
  readonly silentDeaths: boolean;
  readonly laws: ReadonlyArray<Law>;
  /** Whether, once nothing more goes wrong, the ring must become ideal and stay so. */
  readonly heals: boolean;
  /** Whether the ideal ring is to claim all keys. */
  readonly claims: boolean;
  /** What must have happened at least once, in the words of `labelsOf`: else nothing was explored. */
  readonly sometimes: ReadonlyArray<string>;
}
