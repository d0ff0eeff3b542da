import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "@chordnet/scenes/quantiles";
import type { Attack, Outcome } from "../attack.js";
import { Losses } from "../attack.js";
import { served } from "../load.js";
import { Ring } from "../ring.js";

/** One client asks at full speed, on a processor of its own; the ring is on the other. */
export const flood: Attack = {
  name: "flood",
  must: "others keep 70 % of the lookups a second that they have while the same flood goes to a process outside the ring",
  run: async (): Promise<Outcome> => {
    const pinned = ["taskset", "-c", "0"];
    const ring = await Ring.of(3, { enter: pinned });
    const bystander = await Ring.of(1, { enter: pinned });
    try {
      return await attack(ring, bystander.members[0]?.address ?? "");
    } finally {
      ring.close();
      bystander.close();
    }
  },
};

async function attack(ring: Ring, bystander: string): Promise<Outcome> {
  const losses = new Losses();
  const addresses = ring.members.map(({ address }) => address);
  const victim = addresses[0] ?? "";
  await served(addresses, warmMs, inFlight);
  const quiet: number[] = [];
  const elsewhere: number[] = [];
  const attacked: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    quiet.push((await served(addresses, servedMs, inFlight)).perSecond);
    elsewhere.push(await during(bystander, addresses, losses));
    attacked.push(await during(victim, addresses, losses));
  }
  const kept = median(attacked) / median(elsewhere);
  losses.unless(kept >= 0.7, `others kept ${(kept * 100).toFixed(0)} %`);
  return {
    tried: `one client, as many lookups as a member takes, ${rounds} times ${servedMs / 1_000} s, in turns`,
    figures: {
      "lookups a second without a flood": quiet.join(", "),
      "while it goes to a process outside": elsewhere.join(", "),
      "while it goes to a member": attacked.join(", "),
      kept: `${(kept * 100).toFixed(0)} %`,
    },
    lost: losses.found,
  };
}

async function during(flooded: string, addresses: ReadonlyArray<string>, losses: Losses): Promise<number> {
  const flooder: ChildProcess = spawn("taskset", ["-c", "1", process.execPath, program, flooded], {
    stdio: "ignore",
  });
  const { perSecond, wrong, failed } = await served(addresses, servedMs, inFlight);
  losses.unless(wrong + failed === 0, `${wrong} lookups of others wrong, ${failed} failed`);
  losses.unless(flooder.exitCode === null, "the flood ended early: nothing was tried");
  const ended = new Promise((resolve) => flooder.once("exit", resolve));
  flooder.kill("SIGKILL");
  await ended;
  return perSecond;
}

const program = fileURLToPath(new URL("../flooder.js", import.meta.url));

const warmMs = 3_000;
const servedMs = 4_000;
const rounds = 3;
const inFlight = 12;
