import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Fleet, workerScript } from "../fleet/fleet.js";
import { start } from "../fleet/peers.js";
import { Ring } from "../fleet/ring.js";
import { serve } from "./serve.js";

/**
 * A ring that nobody asks for anything, in a network namespace that nobody else uses: what goes over the wire there is
 * what its nodes say to each other.
 */

export interface QuietSetting {
  readonly nodes: number;
  readonly intervalMs: number;
  /** Until it has come to rest: fingers that stay are looked up ever more rarely. */
  readonly settleS: number;
  readonly measureS: number;
}

/** Of one node, in a second. */
export interface Spent {
  /** On the wire, all headers included, each byte counted once. */
  readonly bytes: number;
  readonly segments: number;
  readonly cpuMs: number;
}

await serve({
  ring: async (setting: QuietSetting): Promise<Spent> => {
    setUp();
    await using ring = await Ring.form(setting.nodes, 2);
    return await spent(ring, setting);
  },
  questions: async (setting: QuietSetting): Promise<Spent> => {
    setUp();
    await using fleet = new Fleet(setting.nodes, workerScript("question"), 2);
    const ports = await fleet.all<number>("listen");
    await Promise.all(
      fleet.workers.map((worker, i) => {
        const port = ports[(i + 1) % ports.length];
        return worker.ask("ask", { port, intervalMs: setting.intervalMs });
      }),
    );
    return await spent(fleet, setting);
  },
  /** Nodes of another hash table, as such a command runs them. */
  others: async ({ command, ...setting }: QuietSetting & { readonly command: ReadonlyArray<string> }) => {
    setUp();
    await using fleet = new Fleet(setting.nodes, command, 2);
    await start(fleet);
    return await spent(fleet, setting);
  },
});

function setUp(): void {
  execFileSync("ip", ["link", "set", "lo", "up"]);
}

async function spent(fleet: Fleet, { nodes, settleS, measureS }: QuietSetting): Promise<Spent> {
  await pause(1000 * settleS);
  const before = { ...carried(), cpuUs: await fleet.cpuUs() };
  await pause(1000 * measureS);
  const after = { ...carried(), cpuUs: await fleet.cpuUs() };
  const nodeSeconds = nodes * measureS;
  return {
    bytes: (after.bytes - before.bytes) / nodeSeconds,
    segments: (after.segments - before.segments) / nodeSeconds,
    cpuMs: (after.cpuUs - before.cpuUs) / 1000 / nodeSeconds,
  };
}

/** What has gone over this namespace's loopback: Linux counts packets with their IP headers. */
function carried(): { readonly bytes: number; readonly segments: number } {
  const counts = readFileSync("/proc/net/dev", "utf8").split("lo:")[1]?.trim().split(/\s+/).map(Number);
  const [bytes = Number.NaN, segments = Number.NaN] = counts ?? [];
  return { bytes, segments };
}
