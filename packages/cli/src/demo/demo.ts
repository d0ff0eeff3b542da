import { basename } from "node:path";
import { space } from "@chordnet/core";
import { failed } from "../failure.js";
import { grouped } from "../numbers.js";
import type { Stops } from "../start/stopping.js";
import { stopping } from "../start/stopping.js";
import type { Terminal } from "../terminal.js";
import { Cluster } from "./cluster.js";
import { figures } from "./figures.js";
import { History } from "./history.js";
import type { Tally } from "./load.js";
import { Load } from "./load.js";
import { fileNames } from "./names.js";
import { Processes } from "./processes.js";
import type { Results } from "./report.js";
import { resultsJson, ringDrawing, sceneTable, summary } from "./report.js";
import { Stage } from "./stage.js";

export interface DemoOptions {
  readonly intervalMs: number;
  readonly files?: string;
  readonly json?: boolean;
}

const keysWanted = 10_000;
/** At least: a scene also lasts until the ring is whole again. With four of them, more than there are keys. */
const lookupsPerScene = 2600;
const bits = 160;
const letters = ["A", "B", "C", "D", "E", "F", "G", "H"];
const newcomer = "I";

/** Eight processes form a ring, are asked for keys without a pause, and lose, regain and gain nodes meanwhile. */
export async function demo(terminal: Terminal, options: DemoOptions, stops: Stops): Promise<number> {
  const stop = stopping(stops);
  const history = new History(space(bits));
  const processes = new Processes((address) => history.silent(address, performance.now()));
  const stage = new Stage(terminal, options.json === true);
  try {
    const shown = performed(terminal, options, processes, history, stage);
    shown.catch(() => undefined);
    const results = await Promise.race([shown, stop.requested]);
    if (typeof results === "string") throw failed(`stopped by ${results}: all nodes were killed`);
    return results.figures.wrong === 0 && results.figures.unanswered === 0 ? 0 : 1;
  } finally {
    stop.forget();
    stage.close();
    await processes.close();
  }
}

async function performed(
  terminal: Terminal,
  options: DemoOptions,
  processes: Processes,
  history: History,
  stage: Stage,
): Promise<Results> {
  const began = performance.now();
  const { names, root } = fileNames(options.files, process.cwd(), keysWanted);
  const load = new Load(names, bits);
  const cluster = new Cluster(processes, history, load, space(bits), options.intervalMs);
  stage.counts(() => load.all.lookups);
  try {
    stage.say(`Eight processes, TCP on loopback, neighbours speak every ${options.intervalMs} ms.`);
    stage.say(`Keys: the names of ${grouped(names.length)} files below ${basename(root)}.`);
    stage.say();
    await formed(cluster, stage);
    const scenes = await underLoad(cluster, load, stage);
    stage.next("every key once more, now that nothing changes");
    await cluster.healed();
    const owned = await load.census(() => stage.tick());
    const results = {
      members: cluster.members,
      owned,
      keys: names.length,
      bits,
      figures: figures(load.all, history),
      doubts: history.doubts,
      scenes: scenes.map(({ tally, ...scene }) => ({ ...scene, figures: figures(tally, history) })),
      seconds: (performance.now() - began) / 1000,
    };
    stage.close();
    report(terminal, options, results);
    return results;
  } finally {
    await load.close();
  }
}

async function formed(cluster: Cluster, stage: Stage): Promise<void> {
  const began = performance.now();
  stage.next("starting 8 processes");
  const [founder = "A", ...others] = letters;
  await cluster.start(founder);
  await Promise.all(others.map((letter) => cluster.start(letter)));
  const whole = await cluster.healed();
  stage.done("8 nodes formed a ring", whole - began);
}

interface Played {
  readonly event: string;
  readonly node: string;
  readonly healMs: number;
  readonly tally: Tally;
}

/** What is done to a node: `now` while it happens, `event` when it has. */
interface Act {
  readonly now: string;
  readonly event: string;
  readonly node: string;
  readonly act: (node: string) => Promise<void>;
}

/** The changes, one after the other, each when the ring has recovered from the one before; lookups never stop. */
async function underLoad(cluster: Cluster, load: Load, stage: Stage): Promise<Played[]> {
  const over = new AbortController();
  const running = load.run(over.signal, () => stage.tick());
  const acts: ReadonlyArray<Act> = [
    { now: "is killed", event: "killed", node: "C", act: (node) => cluster.kill(node) },
    { now: "leaves", event: "left", node: "E", act: (node) => cluster.leave(node) },
    {
      now: "is killed and started again",
      event: "restarted in place",
      node: "G",
      act: (node) => cluster.restart(node),
    },
    { now: "joins", event: "joined", node: newcomer, act: (node) => cluster.start(node) },
  ];
  const scenes: Played[] = [];
  try {
    for (const { now, event, node, act } of acts) {
      stage.next(`${node} ${now}`);
      const { tally, played } = load.scene(lookupsPerScene);
      const began = performance.now();
      await act(node);
      const healMs = (await cluster.healed()) - began;
      scenes.push({ event, node, healMs, tally });
      stage.done(`${node} ${event}, the ring is whole again`, healMs);
      await played;
    }
    return scenes;
  } finally {
    over.abort();
    await running;
  }
}

function report({ out }: Terminal, { json }: DemoOptions, results: Results): void {
  if (json === true) {
    out.json(resultsJson(results));
    return;
  }
  out.line();
  for (const line of ringDrawing(out, results)) out.line(line);
  out.line();
  for (const line of sceneTable(out, results.scenes).split("\n")) out.line(`  ${line}`);
  out.line();
  for (const line of summary(out, results)) out.line(line);
}
