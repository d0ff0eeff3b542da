import { onlyOwnersAreBelieved } from "./answers.js";
import { chainsEndWhereTheyComeRound } from "./chains.js";
import {
  noMoreThanHeldIsHanded,
  onlyKnownGoOn,
  onlyOwnIsHanded,
  theServedAreHandedNothing,
} from "./hands.js";
import type { Law } from "./law.js";
import { onlyTheSameLifeIsServed } from "./lives.js";
import { keysAreNear } from "./ways.js";

export const laws: ReadonlyArray<Law> = [
  keysAreNear,
  onlyOwnersAreBelieved,
  onlyOwnIsHanded,
  onlyKnownGoOn,
  noMoreThanHeldIsHanded,
  theServedAreHandedNothing,
  onlyTheSameLifeIsServed,
  chainsEndWhereTheyComeRound,
];
