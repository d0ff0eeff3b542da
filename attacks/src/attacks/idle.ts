import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses, median } from "../attack.js";
import { served } from "../load.js";
import { Ring } from "../ring.js";

/** Connections that cost the attacker nothing: silent ones, slow ones, and such as never finish their handshake. */
export const idle: Attack = {
  name: "idle",
  must: "lookups' p99 within twice of what it is while the same crowd besets a process outside the ring; memory bounded",
  run: async ({ count }: Settings): Promise<Outcome> => {
    const ring = await Ring.of(3);
    const bystander = await Ring.of(1);
    try {
      return await attack(ring, bystander.members[0]?.address ?? "", count ?? 5_000);
    } finally {
      ring.close();
      bystander.close();
    }
  },
};

const manners = { idle: "silent", slow: "a byte a second", unfinished: "a hello, and no accept" } as const;

async function attack(ring: Ring, bystander: string, total: number): Promise<Outcome> {
  const losses = new Losses();
  const addresses = ring.members.map(({ address }) => address);
  const victim = ring.members[0];
  if (victim === undefined) throw new RangeError("no member");
  await served(addresses, servedMs, inFlight);
  // The crowd takes its own share of the machine: that is no fault of the ring's.
  const normal = await served(addresses, servedMs, inFlight);
  const figures: Record<string, number | string> = { "p99 without attack, ms": normal.p99Ms };
  for (const [manner, what] of Object.entries(manners)) {
    const before = victim.memoryMib();
    const here: number[] = [];
    const elsewhere: number[] = [];
    let most = 0;
    for (let round = 0; round < rounds; round += 1) {
      elsewhere.push((await beset(bystander, addresses, total, manner, losses)).p99Ms);
      const attacked = await beset(victim.address, addresses, total, manner, losses);
      here.push(attacked.p99Ms);
      most = Math.max(most, attacked.most);
    }
    const grown = victim.memoryMib() - before;
    figures[`${what}: most open at once`] = most;
    figures[`${what}: p99 here, ms`] = here.join(", ");
    figures[`${what}: p99 there, ms`] = elsewhere.join(", ");
    figures[`${what}: memory grown by, MiB`] = grown.toFixed(0);
    losses.unless(median(here) < 2 * median(elsewhere), `${what}: p99 ${median(here)} ms`);
    losses.unless(grown < grownMibMax, `${what}: the member grew by ${grown.toFixed(0)} MiB`);
  }
  return {
    tried: `${total.toLocaleString("en")} connections of each kind, kept up`,
    figures,
    lost: losses.found,
  };
}

/** What others are served while a crowd besets one process. */
async function beset(
  besieged: string,
  addresses: ReadonlyArray<string>,
  total: number,
  manner: string,
  losses: Losses,
): Promise<{ readonly p99Ms: number; readonly most: number }> {
  const crowd = crowdOf(besieged, total, manner);
  const { wrong, failed, p99Ms } = await served(addresses, servedMs, inFlight);
  const [made, most] = await crowd.end();
  losses.unless(Number(made) > 0, `${manner}: nothing was tried: ${made}`);
  losses.unless(wrong + failed === 0, `${manner}: ${wrong} lookups wrong, ${failed} failed`);
  return { p99Ms, most: Number(most) };
}

interface Crowd {
  /** How many connections it made, and how many it had at once. */
  end(): Promise<ReadonlyArray<string>>;
}

function crowdOf(address: string, count: number, manner: string): Crowd {
  let told: (words: ReadonlyArray<string>) => void = () => undefined;
  const ended = new Promise<ReadonlyArray<string>>((resolve) => {
    told = resolve;
  });
  const child = execFile(process.execPath, [program, address, String(count), manner], (error, stdout) =>
    told(stdout.trim() === "" ? [`failed: ${error?.message ?? "no words"}`, "0"] : stdout.trim().split(" ")),
  );
  return {
    end: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}

const program = fileURLToPath(new URL("../crowd.js", import.meta.url));

const rounds = 3;
const servedMs = 3_000;
const inFlight = 6;
const grownMibMax = 64;
