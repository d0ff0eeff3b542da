import { close } from "./scenes/close.js";
import { cutInTwo } from "./scenes/cut.js";
import { cutPair } from "./scenes/cut-pair.js";
import { deploy } from "./scenes/deploy.js";
import { handover1g } from "./scenes/handover.js";
import { jobs } from "./scenes/jobs.js";
import { kill } from "./scenes/kill.js";
import { leave, rollingRestart } from "./scenes/leave.js";
import { pause } from "./scenes/pause.js";
import { quiet } from "./scenes/quiet.js";
import { restart } from "./scenes/restart.js";
import { sameFlags } from "./scenes/same-flags.js";
import { oneByOne, startTogether } from "./scenes/start.js";
import { storeScene } from "./scenes/store.js";
import { storeHandover } from "./scenes/store-handover.js";
import { storeIdle } from "./scenes/store-idle.js";
import type { Scene } from "./stage.js";

/** The scenes on loopback, in the order in which they are played. */
const loopback: ReadonlyArray<Scene> = [
  close,
  ...[1, 2, 3, 8, 16, 32].map((nodes) => quiet(nodes)),
  oneByOne,
  startTogether,
  sameFlags,
  kill(1),
  kill(2),
  leave(1),
  leave(2),
  rollingRestart(),
  restart("at-once"),
  restart("after-10s"),
  pause,
  deploy("SIGTERM"),
  deploy("SIGKILL"),
  jobs,
  handover1g,
  storeScene(5),
  storeScene(3),
  storeHandover(1),
  storeHandover(3),
  storeIdle,
];

/** Those that need a network of their own: played only when they are named. */
const cuts: ReadonlyArray<Scene> = [cutInTwo(60, 10), cutInTwo(10, 3), cutPair];

export const catalogue: ReadonlyArray<Scene> = [...loopback, ...cuts];

/**
 * The scenes of these names; those that begin with a name as well (`quiet`); all on loopback for none. Throws for a
 * name that fits none.
 */
export function chosen(names: ReadonlyArray<string>): ReadonlyArray<Scene> {
  for (const name of names) {
    if (!catalogue.some((scene) => fits(scene, name)))
      throw new RangeError(`no scene is called ${name}: see --list`);
  }
  return names.length === 0 ? loopback : catalogue.filter((scene) => names.some((name) => fits(scene, name)));
}

function fits(scene: Scene, name: string): boolean {
  // A whole name means that scene alone: quiet-1 is not quiet-16.
  if (catalogue.some((other) => other.name === name)) return scene.name === name;
  return scene.name.startsWith(`${name}-`);
}
