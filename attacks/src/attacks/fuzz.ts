import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Random } from "@chordnet/core";
import { below, codec, seedRandom } from "@chordnet/core";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import { Coverage } from "../fuzz/coverage.js";
import type { Act, Scene } from "../fuzz/scene.js";
import { honest, play, readScene, shrunk, things, writeScene } from "../fuzz/scene.js";
import { addresses, fuzzedStates } from "../fuzz/states.js";
import { HostileFrames } from "../hostile-frames.js";

/**
 * Scenes changed at random; one in which code ran that had not run so before is kept, and changed further. What was
 * kept is the corpus, which every run begins with.
 */
export const fuzz: Attack = {
  name: "fuzz",
  must: "scenes that lead ever further into decoder and state machine: as frames",
  run: async (settings) => attack(settings),
};

/** Alone: what is already known to lead far, for a look at how far that is. */
export const replay: Attack = {
  name: "replay",
  must: "the corpus of fuzz: as frames",
  run: async (): Promise<Outcome> => {
    const states = fuzzedStates();
    const scenes = kept();
    const lost = scenes.flatMap((scene) =>
      play(scene, states, addresses).map((what) => `${what}: ${writeScene(scene)}`),
    );
    return { tried: `the ${scenes.length} scenes of the corpus`, figures: {}, lost };
  },
};

const corpus = fileURLToPath(new URL("../../corpus/scenes.txt", import.meta.url));

/** The scenes that were kept. */
const kept = (): ReadonlyArray<Scene> =>
  readFileSync(corpus, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map(readScene);

function attack({ seed, count, keep }: Settings): Outcome {
  const states = fuzzedStates();
  const { config } = (states[0] as (typeof states)[number]).node;
  const speaks = codec({ space: config.space, naming: config.naming });
  const random = new Dice(seedRandom([7, 8, 9, seed]));
  const frames = new HostileFrames(speaks, config, addresses, seed, seedRandom([10, 11, 12, seed]));
  const losses = new Losses();
  const coverage = new Coverage();
  const scenes: Scene[] = [];
  const seen = new Set<string>();
  const tryOut = (scene: Scene): void => {
    const [lost] = play(scene, states, addresses);
    const fresh = [...coverage.ran()].filter((block) => !seen.has(block));
    for (const block of fresh) seen.add(block);
    const ranAsWell = (shorter: Scene): boolean => {
      play(shorter, states, addresses);
      const ran = coverage.ran();
      return fresh.every((block) => ran.has(block));
    };
    if (fresh.length > 0) scenes.push(shrunk(scene, ranAsWell));
    if (lost === undefined) return;
    const least = shrunk(scene, (shorter) => play(shorter, states, addresses).includes(lost));
    losses.unless(false, `${lost}: ${writeScene(least)}`);
  };
  // The shortest first, so that a longer one is kept for what it has beyond.
  for (const scene of [...kept()].sort((a, b) => a.acts.length - b.acts.length)) tryOut(scene);
  const known = { scenes: scenes.length, blocks: seen.size };
  const total = count ?? scenesDefault;
  for (let i = 0; i < total && losses.found.length < lossesMax; i += 1)
    tryOut(
      changed(scenes[random.below(scenes.length)] ?? blank, {
        scenes,
        frames,
        random,
        states: states.length,
      }),
    );
  coverage.close();
  if (keep) writeFileSync(corpus, scenes.map((scene) => `${writeScene(scene)}\n`).join(""));
  return {
    tried: `${total.toLocaleString("en")} scenes, made of the ${known.scenes} of the corpus`,
    figures: {
      "blocks of code that ran": seen.size,
      "of them not by the corpus": seen.size - known.blocks,
      "scenes that led further": scenes.length - known.scenes,
    },
    lost: losses.found,
  };
}

const blank: Scene = { state: 0, acts: [] };
const livedOn: Act = { what: honest, which: 0, frame: new Uint8Array(0) };

/** What changes are drawn from. */
interface Sources {
  readonly scenes: ReadonlyArray<Scene>;
  readonly frames: HostileFrames;
  readonly random: Dice;
  /** How many states there are to begin with. */
  readonly states: number;
}

/** One to four changes. */
function changed(scene: Scene, { scenes, frames, random, states }: Sources): Scene {
  let { state } = scene;
  const acts = [...scene.acts];
  for (let i = random.below(4); i >= 0; i -= 1) {
    const at = random.below(acts.length + 1);
    const act = acts[at];
    switch (random.below(10)) {
      case 0:
        state = random.below(states);
        break;
      case 1:
        acts.splice(at, 1);
        break;
      case 2: {
        const other = scenes[random.below(scenes.length)] ?? blank;
        acts.splice(at, 0, ...other.acts.slice(random.below(other.acts.length + 1)));
        break;
      }
      case 3:
        if (act !== undefined) acts[at] = { ...act, which: random.below(256) };
        break;
      case 4:
        if (act !== undefined) acts[at] = { ...act, what: random.below(things) };
        break;
      case 5:
        acts.splice(at, 0, ...Array.from({ length: random.below(honestMax) }, () => livedOn));
        break;
      case 6:
        if (act !== undefined) acts[at] = { ...act, frame: bent(act.frame, random) };
        break;
      default:
        acts.splice(at, 0, drawn(frames, random));
    }
  }
  return { state, acts: acts.slice(0, actsMax) };
}

function drawn(frames: HostileFrames, random: Dice): Act {
  return { what: random.below(things), which: random.below(256), frame: frames.next() };
}

function bent(frame: Uint8Array, random: Dice): Uint8Array {
  const bytes = frame.slice();
  if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

class Dice {
  #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    const [value, random] = below(this.#random, Math.max(1, limit));
    this.#random = random;
    return value;
  }
}

const scenesDefault = 5_000;
const actsMax = 48;
const honestMax = 24;
const lossesMax = 10;
