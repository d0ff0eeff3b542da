import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const program = fileURLToPath(new URL("../cron/node.mjs", import.meta.url));
const jobs = ["mail", "bills", "backup", "report", "index", "sweep"];

interface Run {
  readonly by: ChildProcess;
  readonly job: string;
  readonly due: number;
  readonly epoch: number;
}

const nodes: ChildProcess[] = [];
const runs: Run[] = [];
let heard: () => void = () => undefined;
afterEach(() => {
  for (const node of nodes.splice(0)) node.kill("SIGKILL");
});

/** Starts a node; resolves with its address when it is a member. */
async function started(...seeds: ReadonlyArray<string>): Promise<string> {
  const by = spawn(process.execPath, [program, "tcp://127.0.0.1:0", ...seeds], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  nodes.push(by);
  const lines = createInterface(by.stdout);
  const [ready] = await once(lines, "line");
  expect(ready).toMatch(/^ready tcp:/);
  lines.on("line", (line: string) => {
    const [, job, due, epoch] = /^ran (\S+) (\S+) (\d+)$/.exec(line) ?? [];
    runs.push({ by, job: String(job), due: Date.parse(String(due)), epoch: Number(epoch) });
    heard();
  });
  return String(ready).slice("ready ".length);
}

/** The runs from now on, when there is enough of them. */
async function runsUntil(enough: (runs: ReadonlyArray<Run>) => boolean): Promise<ReadonlyArray<Run>> {
  const seen = runs.length;
  while (!enough(runs.slice(seen)))
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
  return runs.slice(seen);
}

/** Each job ran in `slots` different seconds at least. */
const eachRan =
  (slots: number) =>
  (runs: ReadonlyArray<Run>): boolean =>
    jobs.every((job) => new Set(runs.flatMap((run) => (run.job === job ? [run.due] : []))).size >= slots);

it("each job runs on one node, and on another when that one is killed, or leaves", async () => {
  const seed = await started();
  await started(seed);
  await started(seed);
  const before = await runsUntil(eachRan(2));

  const last = before.at(-1) as Run;
  last.by.kill("SIGKILL");
  const after = await runsUntil(
    (runs) => eachRan(2)(runs) && runs.some(({ job, by }) => job === last.job && by !== last.by),
  );
  const next = after.find(({ job, by }) => job === last.job && by !== last.by) as Run;
  expect(next.epoch).toBeGreaterThan(last.epoch);

  const leaver = next.by;
  const asked = Date.now();
  leaver.kill("SIGTERM");
  expect(await once(leaver, "close")).toEqual([0, null]);
  const alone = await runsUntil(eachRan(2));
  expect(new Set(alone.map(({ by }) => by)).size).toBe(1);

  // An epoch is one node's, and under it that one runs a job once each time it is due.
  const holders = new Map<string, ChildProcess>();
  const done = new Set<string>();
  for (const { by, job, due, epoch } of runs) {
    const claim = `${job} under ${epoch}`;
    expect(holders.get(claim) ?? by, claim).toBe(by);
    holders.set(claim, by);
    expect(done, claim).not.toContain(`${claim} at ${due}`);
    done.add(`${claim} at ${due}`);
  }

  // Whatever was due was run, but perhaps what was due in the very moment when the job changed hands.
  for (const job of jobs) {
    const due = new Set(runs.flatMap((run) => (run.job === job ? [run.due] : [])));
    const missed: number[] = [];
    for (let at = Math.min(...due); at < Math.max(...due); at += 1000) if (!due.has(at)) missed.push(at);
    expect(
      missed.filter((at) => [last.due, asked].every((moved) => Math.abs(at - moved) > 1000)),
      job,
    ).toEqual([]);
  }
});
