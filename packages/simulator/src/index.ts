export type { Act, Deed, Who } from "./act.js";
export type { LookupFigures } from "./answers.js";
export { draw } from "./draw.js";
export { grownRing, heal, nodeUrl } from "./grow.js";
export type { Healing, Trouble } from "./healing.js";
export { healing, troubles } from "./healing.js";
export { flaw, idealOwner } from "./ideal.js";
export type { CutDirection } from "./links.js";
export {
  disasters,
  fenced,
  hard,
  lossy,
  mild,
  promised,
  restless,
  sleepy,
  stopped,
  tiny,
  values,
  virtual,
} from "./modes.js";
export type { Faults } from "./network.js";
export type { PlayOptions, Result } from "./play.js";
export { healIntervalsMax, play, simulate } from "./play.js";
export { Prose } from "./prose.js";
export type { Family, RandomState, RandomStateOptions } from "./random-state.js";
export { families, randomState } from "./random-state.js";
export type {
  Conditions,
  Rates,
  Scenario,
  ScenarioOptions,
  Schedule,
  Sizes,
  StoreConditions,
} from "./scenario.js";
export { scenario } from "./scenario.js";
export type { ShrinkOptions, Shrunk } from "./shrink.js";
export { shrink } from "./shrink.js";
export type { Birth, Settlement } from "./simulation.js";
export { Simulation } from "./simulation.js";
export type { StoreFigures } from "./store/values.js";
export type { Stretch } from "./transcript.js";
export { transcript } from "./transcript.js";
export type { Broken, Violation, ViolationKind } from "./violation.js";
export type { CheckName } from "./witness.js";
export { allChecks, cheapChecks, Witness } from "./witness.js";
