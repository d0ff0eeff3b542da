import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import { served } from "../load.js";
import { Ring } from "../ring.js";

/** Connections that cost the attacker nothing: silent ones, slow ones, and such as never finish their handshake. */
export const idle: Attack = {
  name: "idle",
  must: "idle, slow and unfinished connections: lookups' p99 within twice the normal, memory bounded",
  run: async ({ count }: Settings): Promise<Outcome> => {
    const ring = await Ring.of(3);
    try {
      return await attack(ring, count ?? 5_000);
    } finally {
      ring.close();
    }
  },
};

const manners = { idle: "silent", slow: "a byte a second", unfinished: "a hello, and no accept" } as const;

async function attack(ring: Ring, total: number): Promise<Outcome> {
  const losses = new Losses();
  const addresses = ring.members.map(({ address }) => address);
  const victim = ring.members[0];
  if (victim === undefined) throw new RangeError("no member");
  await served(addresses, servedMs, inFlight);
  const normal = await served(addresses, servedMs, inFlight);
  const figures: Record<string, number | string> = { "p99 without attack, ms": normal.p99Ms };
  for (const [manner, what] of Object.entries(manners)) {
    const before = victim.memoryMib();
    const crowd = crowdOf(victim.address, total, manner);
    const { wrong, failed, p99Ms } = await served(addresses, servedMs, inFlight);
    const grown = victim.memoryMib() - before;
    const [made, most] = await crowd.end();
    figures[`${what}: made, most at once`] = `${made}, ${most}`;
    figures[`${what}: p99, ms`] = p99Ms;
    figures[`${what}: memory grown by, MiB`] = grown.toFixed(0);
    losses.unless(Number(made) > 0, `${what}: nothing was tried: ${made}`);
    losses.unless(wrong + failed === 0, `${what}: ${wrong} lookups wrong, ${failed} failed`);
    losses.unless(p99Ms < 2 * normal.p99Ms, `${what}: p99 ${p99Ms} ms, ${normal.p99Ms} without`);
    losses.unless(grown < grownMibMax, `${what}: the member grew by ${grown.toFixed(0)} MiB`);
  }
  return {
    tried: `${total.toLocaleString("en")} connections of each kind, kept up`,
    figures,
    lost: losses.found,
  };
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

const servedMs = 8_000;
const inFlight = 6;
const grownMibMax = 64;
