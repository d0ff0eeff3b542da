import { createServer } from "node:net";
import { performance } from "node:perf_hooks";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";

/**
 * A program of its own: brings one ChordNet into the state named on the command line, ends it, tells how long that
 * took, and then has nothing more to do. If it does not end by itself, a handle was left open.
 */
const [, , state = ""] = process.argv;

const listen = { host: "127.0.0.1", port: 0 };
const fresh = (): ChordNet => new ChordNet({ transport: tcp(listen), intervalMs: 500 });

async function timed(what: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await what();
  return performance.now() - from;
}

async function alone(): Promise<ChordNet> {
  const node = fresh();
  await node.create();
  return node;
}

/** Accepts and says nothing: a seed that hangs. */
async function joiningForEver(): Promise<{ readonly node: ChordNet; readonly stop: () => void }> {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const place = silent.address();
  const port = typeof place === "object" && place !== null ? place.port : 0;
  const node = fresh();
  node.join(`tcp://127.0.0.1:${port}`).catch(() => undefined);
  await new Promise((resolve) => silent.once("connection", resolve));
  return { node, stop: () => silent.close() };
}

const states: Readonly<Record<string, () => Promise<number>>> = {
  "leave-alone": async () => {
    const node = await alone();
    return timed(() => node.leave());
  },
  "dispose-alone": async () => {
    const node = await alone();
    return timed(() => node[Symbol.asyncDispose]());
  },
  "close-idle": () => timed(() => fresh().close()),
  "close-member": async () => {
    const node = await alone();
    return timed(() => node.close());
  },
  "close-joining": async () => {
    const { node, stop } = await joiningForEver();
    stop();
    return timed(() => node.close());
  },
  "close-leaving": async () => {
    const founder = await alone();
    const node = fresh();
    await node.join(founder.address);
    node.leave().catch(() => undefined);
    const ms = await timed(() => node.close());
    return Math.max(ms, await timed(() => founder.close()));
  },
  "close-of-two": async () => {
    const founder = await alone();
    const node = fresh();
    await node.join(founder.address);
    return Math.max(await timed(() => founder.close()), await timed(() => node.close()));
  },
  "close-closed": async () => {
    const node = await alone();
    await node.close();
    return timed(() => node.close());
  },
};

const bring = states[state];
if (bring === undefined) {
  process.stdout.write(`${JSON.stringify(Object.keys(states))}\n`);
} else {
  const ms = await bring();
  process.stdout.write(`${JSON.stringify({ state, ms })}\n`);
}
