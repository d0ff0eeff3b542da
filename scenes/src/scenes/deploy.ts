import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Fleet } from "../fleet.js";
import { forgotten, handled } from "../handled.js";
import type { NodeProcess } from "../node-process.js";
import type { Notebook } from "../notebook.js";
import { quantile, worst } from "../quantiles.js";
import type { Asked } from "../request-load.js";
import { RequestLoad } from "../request-load.js";
import type { Scene, Stage } from "../stage.js";
import { inIntervals } from "../stage.js";
import { found, rejoin, reserveMany } from "./ring.js";

const counter = fileURLToPath(new URL("../../dist/workers/counter.js", import.meta.url));
const keys = Array.from({ length: 2_000 }, (_, i) => `key ${i}`);
const usualRate = 1_000;
const quietMs = 5_000;
const warmBound = 85;
const failingBoundIntervals = 3;

/** Every node in turn is ended by SIGTERM, or killed, and started again; the next one when it is ready. */
export function deploy(how: "SIGTERM" | "SIGKILL", nodes = 16): Scene {
  const must =
    how === "SIGTERM"
      ? `0 failed, no count forgotten, >= ${warmBound} % of entries warm afterwards`
      : `0 lost that were acknowledged, failures only within ${failingBoundIntervals} intervals of a kill`;
  return {
    name: how === "SIGTERM" ? "deploy" : "deploy-kill",
    must: `${nodes} nodes restarted one after another (${how}) under ${usualRate} requests a second: ${must}`,
    play: (stage) => play({ ...stage, program: [counter] }, how, nodes),
  };
}

interface Restart {
  readonly address: string;
  readonly at: number;
  readonly awayMs: number;
  readonly status: number | null;
}

async function play(stage: Stage, how: "SIGTERM" | "SIGKILL", nodes: number): Promise<void> {
  const { book, wish } = stage;
  const ratePerSecond = wish.ratePerSecond ?? usualRate;
  const fleet = new Fleet(stage);
  const addresses = await reserveMany(fleet, nodes);
  await found(stage, fleet, addresses);
  const timeoutsMs = how === "SIGTERM" ? [5_000] : [5_000, 2 * stage.intervalMs];
  const load = await RequestLoad.open(addresses, { ratePerSecond, keys, timeoutsMs });
  await load.askAll();
  const begunAt = performance.now();
  load.start();
  await delay(quietMs);
  const restarts: Restart[] = [];
  for (const address of addresses) restarts.push(await restart(stage, fleet, how, address));
  const asked = await load.stop();
  const last = await load.askAll();
  await load.close();
  const firstAt = restarts[0]?.at ?? begunAt;
  const quiet = asked.filter(({ settledAt }) => settledAt < firstAt);
  const during = asked.filter(({ settledAt }) => settledAt >= firstAt);
  show(book, quiet, during, load.skipped);
  book.figure("awayIntervalsWorst", inIntervals(stage, worst(restarts.map(({ awayMs }) => awayMs))));
  judge(stage, how, { asked, last, restarts, lives: fleet.lives });
}

async function restart(
  stage: Stage,
  fleet: Fleet,
  how: "SIGTERM" | "SIGKILL",
  address: string,
): Promise<Restart> {
  const at = performance.now();
  let status: number | null = null;
  if (how === "SIGKILL") await fleet.kill(address);
  else status = (await fleet.leave(address))[0]?.code ?? null;
  const ready = await rejoin(stage, fleet, address).ready;
  return { address, at, awayMs: ready.at - at, status };
}

function show(
  book: Notebook,
  quiet: ReadonlyArray<Asked>,
  during: ReadonlyArray<Asked>,
  skipped: number,
): void {
  book.figure("requests", quiet.length + during.length);
  book.figure("failed", failures(during).length);
  book.figure("notSentSinceHarnessWasLate", skipped);
  for (const [when, asked] of [
    ["quiet", quiet],
    ["during", during],
  ] as const) {
    const took = asked.map(({ sentAt, settledAt }) => settledAt - sentAt);
    book.figure(`${when}MsP50`, quantile(took, 0.5));
    book.figure(`${when}MsP99`, quantile(took, 0.99));
    book.figure(`${when}MsWorst`, worst(took));
    const ms = [0.5, 0.99, 1].map((share) => quantile(took, share).toFixed(1));
    book.say(
      `${when}: ${asked.length} requests, ${failures(asked).length} failed; p50 ${ms[0]}, p99 ${ms[1]}, worst ${ms[2]} ms`,
    );
  }
}

interface Outcome {
  readonly asked: ReadonlyArray<Asked>;
  readonly last: ReadonlyArray<Asked>;
  readonly restarts: ReadonlyArray<Restart>;
  readonly lives: ReadonlyArray<NodeProcess>;
}

function judge(stage: Stage, how: "SIGTERM" | "SIGKILL", outcome: Outcome): void {
  const { book } = stage;
  const { asked, last, restarts, lives } = outcome;
  const { lost, twice, renamed } = handled(asked, lives);
  for (const { key, outcome: said, timeoutMs } of failures([...asked, ...last]))
    book.evidence("failed", `${key} (${timeoutMs} ms): ${JSON.stringify(said)}`);
  const warm = last.filter(({ outcome: said }) => said._tag === "Acknowledged" && said.warm).length;
  const warmPercent = (100 * warm) / last.length;
  book.figure("handledTwice", twice);
  book.figure("warmPercent", warmPercent);
  book.exactly("acknowledged, and handled by nobody", lost.length, 0);
  book.exactly("handled twice under two names", renamed, 0);
  if (how === "SIGTERM") {
    book.exactly("failed requests", failures([...asked, ...last]).length, 0);
    book.exactly("acknowledged counts that are forgotten", forgotten(asked, last), 0);
    book.atLeast("entries that are warm afterwards", warmPercent, warmBound, " %");
    const well = restarts.filter(({ status }) => status === 0).length;
    book.exactly("nodes that ended with status 0", well, restarts.length);
    return;
  }
  const after = failures(asked).map(({ sentAt }) => inIntervals(stage, sentAt - lastKill(restarts, sentAt)));
  book.atMost(
    "last failing request starts after its kill, intervals",
    Math.max(0, ...after),
    failingBoundIntervals,
  );
}

function failures(asked: ReadonlyArray<Asked>): ReadonlyArray<Asked> {
  return asked.filter(({ outcome }) => outcome._tag === "Failed");
}

/** A request that began before the kill may have met it all the same. */
function lastKill(restarts: ReadonlyArray<Restart>, at: number): number {
  const kill = restarts.filter((each) => each.at <= at).at(-1);
  return kill?.at ?? at;
}
