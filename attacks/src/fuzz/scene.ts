import type { Codec, Happening, Space } from "@chordnet/core";
import { codec, id } from "@chordnet/core";
import { Losses } from "../attack.js";
import { Victim } from "../victim.js";
import type { Lived } from "./lives.js";

/** What is done to a node, one thing after another: numbers, so that they can be changed blindly. */
export interface Scene {
  /** In which state the node is at first. */
  readonly state: number;
  readonly acts: ReadonlyArray<Act>;
}

export interface Act {
  /** Which of the things that can be done. */
  readonly what: number;
  /** To whom, by whom, which one. */
  readonly which: number;
  /** What is said. */
  readonly frame: Uint8Array;
}

/** One line of the corpus. */
export const writeScene = ({ state, acts }: Scene): string =>
  [
    state,
    ...acts.map(({ what, which, frame }) => `${what},${which},${Buffer.from(frame).toString("hex")}`),
  ].join(" ");

/** The scene in a line of the corpus. */
export const readScene = (line: string): Scene => {
  const [state = "0", ...acts] = line.split(" ");
  return {
    state: Number(state),
    acts: acts.map((text) => {
      const [what = "", which = "", hex = ""] = text.split(",");
      return { what: Number(what), which: Number(which), frame: new Uint8Array(Buffer.from(hex, "hex")) };
    }),
  };
};

/** Plays it: what was lost. */
export const play = (
  scene: Scene,
  states: ReadonlyArray<Lived>,
  addresses: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  const losses = new Losses();
  try {
    const reached = states[scene.state % states.length] as Lived;
    const { config } = reached.node;
    const victim = new Victim(reached, losses);
    const speaks = codec({ space: config.space, naming: config.naming });
    for (const act of scene.acts) perform(act, victim, { speaks, addresses, circle: config.space });
  } catch (error) {
    losses.unless(false, `an exception: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return losses.found;
};

/** What is left of a scene when all acts are left out without which it is as bad. */
export const shrunk = (scene: Scene, isBad: (scene: Scene) => boolean): Scene => {
  for (let at = scene.acts.length - 1; at >= 0; at -= 1) {
    const shorter = { ...scene, acts: scene.acts.filter((_act, i) => i !== at) };
    if (isBad(shorter)) return shrunk(shorter, isBad);
  }
  return scene;
};

interface Stage {
  readonly speaks: Codec;
  readonly addresses: ReadonlyArray<string>;
  readonly circle: Space;
}

const reasons = ["refused", "unreachable", "rejected", "overloaded"] as const;

/** Of the things that can be done, frames come most often; then what comes in the node's honest life. */
export const things = 20;
/** From here on they are the honest ones. */
export const honest = 16;

function perform({ what, which, frame }: Act, victim: Victim, { speaks, addresses, circle }: Stage): void {
  const someone = addresses[which % addresses.length] ?? "";
  switch (what % things) {
    case 0:
      return victim.tick();
    case 1:
      return victim.isUnheard(which >> 2, reasons[which % reasons.length] ?? "refused");
    case 2:
      return victim.happens({ _tag: "Disconnected", process: someone });
    case 3:
      return victim.happens(wish(which, someone, victim, circle));
    case 16:
    case 17:
    case 18:
    case 19:
      return victim.livesOn();
    default: {
      const decoded = speaks.decode(frame);
      if (decoded._tag === "Left") return;
      const { message } = decoded.right;
      const incarnation = which % 4 === 0 ? which % 3 : null;
      if (what % 3 === 0) victim.isAnswered(message, which, incarnation);
      else victim.hears({ from: someone, message, client: what % 5 === 0, incarnation });
    }
  }
}

/** What the application wants. */
function wish(which: number, address: string, victim: Victim, circle: Space): Happening {
  const operation = which;
  const deadline = victim.deadline(5_000);
  switch (which % 7) {
    case 0:
      return { _tag: "LeaveRequested", operation, deadline };
    case 1:
      return { _tag: "Cancelled", operation: which >> 3 };
    case 2:
      return { _tag: "InspectRequested", operation, address, deadline };
    case 3:
      return {
        _tag: "JoinRequested",
        operation,
        seeds: (which & 16) === 0 ? [address] : [address, victim.address],
        orCreate: (which & 8) !== 0,
      };
    case 4:
      return { _tag: "CreateRequested", operation };
    default: {
      const mode = (which & 8) === 0 ? "iterative" : "recursive";
      const target = id(circle, BigInt(which) << BigInt(circle.bits - 8));
      return { _tag: "LookupRequested", operation, target, deadline, mode };
    }
  }
}
