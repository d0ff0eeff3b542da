import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Fleet } from "../fleet.js";
import { JobLedger } from "../job-ledger.js";
import { jobStore } from "../job-store.js";
import { jobNames, workMs } from "../jobs.js";
import { quantile, worst } from "../quantiles.js";
import type { Scene, Stage } from "../stage.js";
import { found, rejoin, reserveMany, settle } from "./ring.js";

const jobber = fileURLToPath(new URL("../../dist/workers/jobber.js", import.meta.url));
const nodes = 8;
const usualMinutes = 1;
const pauseIntervalsMax = 10;
/** Trouble comes to so many nodes at once, at most. */
const troublemakers = 2;
const restMsMax = 2_000;
/** After this long whoever owns a job has made up for what was left undone. */
const lateMs = 10_000;

export const jobs: Scene = {
  name: "jobs",
  must: `${jobNames.length} jobs, each due once a second on its owner, while ${nodes} nodes are killed, restarted and stopped for up to ${pauseIntervalsMax} intervals at random: with the epoch checked none is done twice, and <= 1 % are missed`,
  play,
};

async function play(stage: Stage): Promise<void> {
  const { book, wish } = stage;
  const ledger = new JobLedger(Math.ceil(Date.now() / 1000));
  const store = await jobStore(ledger);
  try {
    const fleet = new Fleet({ ...stage, program: [jobber, "--store", store.url] });
    await found(stage, fleet, await reserveMany(fleet, nodes));
    const from = Math.ceil(Date.now() / 1000) + 1;
    const acts = await trouble(stage, fleet, 60_000 * (wish.minutes ?? usualMinutes));
    const to = Math.floor(Date.now() / 1000);
    await settle(stage, fleet);
    await delay(lateMs + workMs);
    const dues = Array.from({ length: to - from }, (_, i) => from + i);
    const figures = ledger.figures(jobNames, dues);
    for (const [act, count] of Object.entries(acts)) book.figure(act, count);
    book.figure("runs", figures.runs);
    book.figure("refusedForTheirEpoch", figures.refused);
    const [p50, p99] = [0.5, 0.99].map((share) => quantile(figures.doneAfterMs, share)) as [number, number];
    book.figure("doneAfterMsP50", p50);
    book.figure("doneAfterMsP99", p99);
    book.figure("doneAfterMsWorst", worst(figures.doneAfterMs));
    book.say(
      `done after they were due: p50 ${(p50 / 1_000).toFixed(1)} s, p99 ${(p99 / 1_000).toFixed(1)} s`,
    );
    for (const world of ["checked", "unchecked"] as const) {
      book.figure(`${world}Missed`, figures.missed[world]);
      book.figure(`${world}Doubled`, figures.doubled[world]);
      book.say(
        `epochs ${world}: of ${figures.runs} runs ${figures.missed[world]} missed, ${figures.doubled[world]} done twice`,
      );
    }
    for (const { address, message } of complaints(fleet))
      book.evidence("a run threw", `${address}: ${message}`);
    book.exactly("runs done twice, epochs checked", figures.doubled.checked, 0);
    book.atMost("runs missed, epochs checked", (100 * figures.missed.checked) / figures.runs, 1, " %");
  } finally {
    store.close();
  }
}

type Act = "killed" | "restarted" | "stopped";

/** Until the time is over; every node is a member again then. */
async function trouble(stage: Stage, fleet: Fleet, ms: number): Promise<Readonly<Record<Act, number>>> {
  const { random, intervalMs } = stage;
  const until = performance.now() + ms;
  const counts = { killed: 0, restarted: 0, stopped: 0 };
  const busy = new Set<string>();
  const acts: Readonly<Record<Act, (victim: string) => Promise<void>>> = {
    killed: async (victim) => {
      await fleet.kill(victim);
      await delay(random.below(restMsMax));
      await rejoin(stage, fleet, victim, busy).ready;
    },
    restarted: async (victim) => {
      await fleet.leave(victim);
      await rejoin(stage, fleet, victim, busy).ready;
    },
    stopped: async (victim) => {
      fleet.pause(victim);
      await delay(random.next() * pauseIntervalsMax * intervalMs);
      fleet.resume(victim);
    },
  };
  const maker = async (): Promise<void> => {
    while (performance.now() < until) {
      const victim = random.pick(fleet.alive.filter((address) => !busy.has(address)));
      const act = random.pick(Object.keys(acts) as Act[]);
      busy.add(victim);
      counts[act] += 1;
      await acts[act](victim);
      busy.delete(victim);
      await delay(random.below(restMsMax));
    }
  };
  await Promise.all(Array.from({ length: troublemakers }, maker));
  return counts;
}

function complaints(fleet: Fleet): ReadonlyArray<{ readonly address: string; readonly message: string }> {
  return fleet.lives.flatMap(({ events }) =>
    events
      .filter(({ event }) => event === "trouble")
      .map((event) => {
        const { job, message } = event as { readonly job?: string; readonly message?: string };
        return { address: String(job), message: String(message) };
      }),
  );
}
