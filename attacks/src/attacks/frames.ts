import type { Config, Happening, NodeState } from "@chordnet/core";
import { codec, nextDeadline, seedRandom, step } from "@chordnet/core";
import { lossy, mild, stopped } from "@chordnet/simulator";
import type { Reached } from "@chordnet/simulator/testing";
import { reachedStates } from "@chordnet/simulator/testing";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import { HostileFrames } from "../hostile-frames.js";

/** Frames against the decoder, and what it lets through against the state machine, in states of all kinds. */
export const frames: Attack = {
  name: "frames",
  must: "no exception, no hang, no growth; no claim changed by a client; every refusal typed",
  run: async (settings) => attack(settings),
};

function attack({ seed, count }: Settings): Outcome {
  const total = count ?? framesDefault;
  const states = [mild(3), lossy(6), stopped(2)].flatMap((scenario) => reachedStates(scenario, 37));
  const { config } = (states[0] as Reached).node;
  const speaks = codec({ space: config.space, naming: config.naming });
  const addresses = Array.from({ length: 17 }, (_none, i) => `memory://n${i}`);
  const hostile = new HostileFrames(speaks, config, addresses, seed, seedRandom([1, 2, 3, seed]));
  const losses = new Losses();
  const refused: Record<string, number> = {};
  let reached = 0;
  let slowestMs = 0;
  let cpu = process.cpuUsage();
  let victim = new Victim(states[0] as Reached);
  for (let i = 0; i < total; i += 1) {
    if (i % framesPerState === 0)
      victim = new Victim(states[(i / framesPerState) % states.length] as Reached);
    const bytes = hostile.next();
    try {
      const decoded = speaks.decode(bytes);
      if (decoded._tag === "Left") {
        const tag: string = decoded.left._tag;
        refused[tag] = (refused[tag] ?? 0) + 1;
      } else {
        reached += 1;
        const from = addresses[i % addresses.length] ?? "memory://n0";
        victim.hears(config, { from, message: decoded.right.message, client: i % 4 === 0, at: i }, losses);
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

interface Heard {
  readonly from: string;
  readonly message: Extract<Happening, { readonly _tag: "Received" }>["message"];
  readonly client: boolean;
  readonly at: number;
}

/** A node in the middle of its life, of which every message must leave something sane. */
class Victim {
  #state: NodeState;
  #at: number;
  #wall: number;

  constructor({ node, at, wall }: Reached) {
    this.#state = node;
    this.#at = at;
    this.#wall = wall;
  }

  hears(config: Config, { from, message, client, at }: Heard, losses: Losses): void {
    const before = this.#state;
    const sender = client ? "client:1" : from;
    this.#happens({ _tag: "Received", from: sender, incarnation: at % 3, client, message });
    const { ownership, pointers, pending, remembered } = this.#state;
    if (client) {
      const same = ownership.token === before.ownership.token && pointers === before.pointers;
      losses.unless(same, `a client's ${message._tag} changed what the node holds or whom it knows`);
    }
    losses.unless(pending.size <= config.limits.pendingMax, `${pending.size} requests pending`);
    losses.unless(remembered.length <= rememberedMost, `${remembered.length} peers remembered`);
    losses.unless(pointers.successors.length <= config.ring.successors, "a list that is too long");
    if (at % framesPerTick === 0) this.#tick(losses);
  }

  /** Time passes: every deadline that is due leads to a later one. */
  #tick(losses: Losses): void {
    const due = nextDeadline(this.#state) ?? this.#at;
    const passedMs = Math.max(0, due - this.#at);
    this.#at += passedMs;
    this.#wall += passedMs;
    this.#happens({ _tag: "Ticked" });
    const next = nextDeadline(this.#state);
    losses.unless(next === null || next > this.#at, "a deadline that stays due: a spin");
  }

  #happens(happening: Happening): void {
    [this.#state] = step(this.#state, { ...happening, at: this.#at, wall: this.#wall });
  }
}

const framesDefault = 200_000;
const framesPerState = 500;
const framesPerTick = 20;
const rememberedMost = 48;
const lossesMax = 10;

const framesPerLook = 100;

/** Whatever takes so long is a hang: a pause of the collector is shorter. */
const slowMs = 2_000;
