export type { LookupFigures } from "./checks/answers.js";
export { flaw, idealOwner } from "./checks/ideal.js";
export type { Broken, Violation, ViolationKind } from "./checks/violation.js";
export type { CheckName } from "./checks/witness.js";
export { allChecks, cheapChecks, Witness } from "./checks/witness.js";
export { grownRing, heal, nodeUrl } from "./grow.js";
export type { Healing, Trouble } from "./healing/healing.js";
export { healing, troubles } from "./healing/healing.js";
export type { Family, RandomState, RandomStateOptions } from "./healing/random-state.js";
export { families, randomState } from "./healing/random-state.js";
export type { PlayOptions, Result } from "./play.js";
export { healIntervalsMax, play, simulate } from "./play.js";
export type { Act, Deed, Who } from "./schedule/act.js";
export { draw } from "./schedule/draw.js";
export {
  disasters,
  fenced,
  hard,
  lossy,
  mild,
  promised,
  quorum,
  restless,
  sleepy,
  stopped,
  tiny,
  values,
  virtual,
} from "./schedule/modes.js";
export type {
  Conditions,
  Rates,
  Scenario,
  ScenarioOptions,
  Schedule,
  Sizes,
  StoreConditions,
} from "./schedule/scenario.js";
export { scenario } from "./schedule/scenario.js";
export type { ShrinkOptions, Shrunk } from "./schedule/shrink.js";
export { shrink } from "./schedule/shrink.js";
export type { CutDirection } from "./simulation/links.js";
export type { Faults } from "./simulation/network.js";
export type { Birth, Settlement } from "./simulation/simulation.js";
export { Simulation } from "./simulation/simulation.js";
export type { StoreFigures } from "./store/values.js";
export { Prose } from "./telling/prose.js";
export type { Stretch } from "./telling/transcript.js";
export { transcript } from "./telling/transcript.js";
