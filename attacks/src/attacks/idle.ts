import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "@chordnet/scenes/quantiles";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import { served } from "../load.js";
import { type Member, Ring } from "../ring.js";

/** Connections that cost the attacker nothing: silent ones, slow ones, and such as never finish their handshake. */
export const idle: Attack = {
  name: "idle",
  must: "lookups' p99 within twice of what it is while the same crowd besets a process outside the ring; memory bounded",
  run: async ({ count }: Settings): Promise<Outcome> => {
    const total = count ?? 5_000;
    const losses = new Losses();
    const figures: Record<string, number | string> = {};
    for (const siege of sieges) {
      const options = siege.program === null ? {} : { program: siege.program };
      const ring = await Ring.of(3, options);
      const bystander = await Ring.of(1, options);
      try {
        Object.assign(figures, await attack(ring, bystander, siege, total, losses));
      } finally {
        ring.close();
        bystander.close();
      }
    }
    return {
      tried: `${total.toLocaleString("en")} connections of each kind, kept up`,
      figures,
      lost: losses.found,
    };
  },
};

/** What the besieged do with a crowd: they let the oldest go, as they are made; or they hold them all. */
interface Siege {
  readonly what: string;
  readonly program: string | null;
  /** Which share of the crowd has to be open at once before anything is measured. */
  readonly share: number;
}

const sieges: ReadonlyArray<Siege> = [
  { what: "as it comes", program: null, share: 0.05 },
  { what: "told to hold them", program: fileURLToPath(new URL("../roomy.js", import.meta.url)), share: 1 },
];

const manners = { idle: "silent", slow: "a byte a second", unfinished: "a hello, and no accept" } as const;

async function attack(
  ring: Ring,
  bystander: Ring,
  { what: of, share }: Siege,
  total: number,
  losses: Losses,
): Promise<Record<string, number | string>> {
  const addresses = ring.members.map(({ address }) => address);
  const [victim, elsewhere] = [ring.members[0], bystander.members[0]];
  if (victim === undefined || elsewhere === undefined) throw new RangeError("no member");
  await served(addresses, servedMs, inFlight);
  const figures: Record<string, number | string> = {};
  for (const [manner, how] of Object.entries(manners)) {
    const before = victim.memoryMib();
    const [here, there, open]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      // The crowd takes its own share of the machine: that is no fault of the ring's.
      there.push((await beset(elsewhere, addresses, { total, share, manner }, losses)).p99Ms);
      const attacked = await beset(victim, addresses, { total, share, manner }, losses);
      here.push(attacked.p99Ms);
      open.push(attacked.open);
    }
    const grown = victim.memoryMib() - before;
    const name = `${of}, ${how}`;
    figures[`${name}: open at once`] = Math.max(...open);
    figures[`${name}: p99 here, ms`] = here.join(", ");
    figures[`${name}: p99 there, ms`] = there.join(", ");
    figures[`${name}: memory grown by, MiB`] = grown.toFixed(0);
    losses.unless(median(here) < 2 * median(there), `${name}: p99 ${median(here)} ms`);
    losses.unless(grown < grownMibMax, `${name}: the member grew by ${grown.toFixed(0)} MiB`);
  }
  return figures;
}

/** What others are served while a crowd besets one process, once so many of it are there; and how many those are. */
async function beset(
  besieged: Member,
  addresses: ReadonlyArray<string>,
  { total, share, manner }: { readonly total: number; readonly share: number; readonly manner: string },
  losses: Losses,
): Promise<{ readonly p99Ms: number; readonly open: number }> {
  const before = besieged.descriptors();
  const crowd = crowdOf(besieged.address, total, manner);
  const until = performance.now() + gatheredMs;
  while (besieged.descriptors() - before < share * total && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  const { wrong, failed, p99Ms } = await served(addresses, servedMs, inFlight);
  const open = besieged.descriptors() - before;
  const [made] = await crowd.end();
  losses.unless(open >= share * total, `${manner}: ${open} connections at once: ${made}`);
  losses.unless(wrong + failed === 0, `${manner}: ${wrong} lookups wrong, ${failed} failed`);
  return { p99Ms, open };
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
const servedMs = 2_000;
const gatheredMs = 20_000;
const lookMs = 50;
const inFlight = 6;
const grownMibMax = 128;
