import { codec, seedRandom } from "@chordnet/core";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import type { Lived } from "../fuzz/lives.js";
import { addresses, livedStates } from "../fuzz/states.js";
import { HostileFrames } from "../hostile-frames.js";
import { Victim } from "../victim.js";

/** Frames against the decoder, and what it lets through against the state machine, in states of all kinds. */
export const frames: Attack = {
  name: "frames",
  must: "no exception, no hang, no growth; no claim changed by a client; every refusal typed",
  run: async (settings) => attack(settings),
};

function attack({ seed, count }: Settings): Outcome {
  const total = count ?? framesDefault;
  const states = livedStates();
  const { config } = (states[0] as Lived).node;
  const speaks = codec({ space: config.space, naming: config.naming });
  const hostile = new HostileFrames(speaks, config, addresses, seed, seedRandom([1, 2, 3, seed]));
  const losses = new Losses();
  const refused: Record<string, number> = {};
  let reached = 0;
  let slowestMs = 0;
  let cpu = process.cpuUsage();
  let framesPerHonest = 1;
  let victim = new Victim(states[0] as Lived, losses);
  for (let i = 0; i < total; i += 1) {
    if (i % framesPerState === 0) {
      framesPerHonest = 1 + ((i / framesPerState) % framesPerHonestMax);
      victim = new Victim(states[(i / framesPerState) % states.length] as Lived, losses);
    }
    const bytes = hostile.next();
    try {
      if (i % framesPerHonest === 0) victim.livesOn();
      const decoded = speaks.decode(bytes);
      if (decoded._tag === "Left") {
        const tag: string = decoded.left._tag;
        refused[tag] = (refused[tag] ?? 0) + 1;
      } else {
        reached += 1;
        const from = addresses[i % addresses.length] ?? "memory://n0";
        const { message } = decoded.right;
        const life = i % 3 === 0 ? i % 2 : null;
        if (i % 4 === 2) victim.isAnswered(message, i % 5, life);
        else victim.hears({ from, message, client: i % 4 === 0, incarnation: life });
        if (i % framesPerTick === 0) victim.tick();
      }
    } catch (error) {
      losses.unless(
        false,
        `an exception at frame ${i} (${Buffer.from(bytes).toString("hex")}): ${String(error)}`,
      );
    }
    if (i % framesPerLook === framesPerLook - 1) {
      // Of the processor: what others on this machine do is no hang.
      const { user } = process.cpuUsage(cpu);
      cpu = process.cpuUsage();
      slowestMs = Math.max(slowestMs, user / 1_000);
    }
    if (losses.found.length >= lossesMax) break;
  }
  losses.unless(slowestMs < slowMs, `${framesPerLook} frames took ${slowestMs.toFixed(0)} ms`);
  losses.unless(reached >= total / 2 || losses.found.length > 0, `only ${reached} frames were well-formed`);
  return {
    tried: `${total.toLocaleString("en")} frames against the decoder, ${reached.toLocaleString("en")} reached step in ${states.length} states`,
    figures: {
      ...Object.fromEntries(Object.entries(refused).map(([tag, times]) => [`refused: ${tag}`, times])),
      [`slowest ${framesPerLook} frames, ms of a processor`]: slowestMs.toFixed(0),
    },
    lost: losses.found,
  };
}

const framesDefault = 200_000;
const framesPerState = 500;
const framesPerTick = 20;
const framesPerHonestMax = 50;
const lossesMax = 10;

const framesPerLook = 100;

/** Whatever takes so long is a hang: a pause of the collector is shorter. */
const slowMs = 2_000;
