import type { Prometheus } from "@chordnet/metrics";
import type { Logger } from "chordnet";
import { ChordNet } from "chordnet";
import { failed } from "../failure.js";
import type { Terminal } from "../terminal.js";
import type { Admin, AdminAddress } from "./admin/admin.js";
import { measuring } from "./admin/measuring.js";
import type { Told } from "./events.js";
import { passedOn, tell } from "./events.js";
import { folderFailure } from "./folder.js";
import { logger } from "./log.js";
import type { Beginning, StartOptions } from "./plan.js";
import { beginning, nodeOptions } from "./plan.js";
import type { RecordingFile } from "./record.js";
import { recordTo } from "./record.js";
import type { Stopping, Stops } from "./stopping.js";
import { stopping } from "./stopping.js";

/** Runs one node until it is asked to stop; then it leaves the ring in peace. */
export async function start(terminal: Terminal, options: StartOptions, stops: Stops): Promise<number> {
  const begin = beginning(options);
  const stop = stopping(stops);
  let recording: RecordingFile | null = null;
  let desk: Admin | null = null;
  try {
    const log = await logger(terminal, options.logLevel);
    const settings = await nodeOptions(options, terminal.io.env, (message) => log.warn(message));
    recording =
      options.record === undefined
        ? null
        : recordTo(options.record, (trouble) => log.error(`${trouble}; the node lives on`));
    const metrics = options.admin === undefined ? null : await measuring();
    const node = new ChordNet({
      ...settings,
      logger: log,
      recorder: recording?.recorder,
      metrics: metrics ?? undefined,
    });
    if (options.admin !== undefined && metrics !== null)
      desk = await attended(options.admin, node, metrics, log);
    telling(terminal, node, options.json === true);
    tellSeeds(node, log);
    await lived(node, begin, stop, { ...options, log });
    const trouble = recording?.trouble() ?? null;
    if (trouble !== null) throw failed(trouble);
    return 0;
  } finally {
    recording?.close();
    stop.forget();
    await desk?.close();
  }
}

async function attended(at: AdminAddress, node: ChordNet, metrics: Prometheus, log: Logger): Promise<Admin> {
  metrics.watch(node);
  const { admin } = await import("./admin/admin.js");
  const desk = await admin(at, node, metrics);
  log.info(`operators are answered at ${desk.url}`, { admin: desk.url });
  return desk;
}

async function lived(
  node: ChordNet,
  begin: Beginning,
  stop: Stopping,
  options: StartOptions & { readonly log: Logger },
): Promise<void> {
  try {
    await become(node, begin, stop, options);
    await stop.requested;
    await left(node, options);
  } catch (caught) {
    if (!stop.signal.aborted) throw options.data === undefined ? caught : folderFailure(caught, options.data);
  } finally {
    await node.close();
  }
}

async function become(
  node: ChordNet,
  begin: Beginning,
  { signal }: Stopping,
  options: StartOptions,
): Promise<void> {
  const limits = { signal, timeoutMs: options.joinTimeoutMs ?? Number.POSITIVE_INFINITY };
  switch (begin._tag) {
    case "Create":
      return node.create({ signal });
    case "Join":
      return node.join(begin.seeds, limits);
    case "JoinOrCreate":
      return node.joinOrCreate(begin.seeds, limits);
  }
}

/** Leaves; and tells of values that nobody has any more. */
async function left(
  node: ChordNet,
  { leaveTimeoutMs, data, log }: StartOptions & { readonly log: Logger },
): Promise<void> {
  const { nodes, values } = node.status();
  const entries = values?.entries ?? 0;
  const isLast = nodes.every(({ successors }) => successors.length === 0);
  const { handedOver } = await node.leave({ timeoutMs: leaveTimeoutMs });
  if (handedOver || entries === 0 || data !== undefined) return;
  const what = isLast ? "the last member is gone, and with it" : "nobody took over what this node kept:";
  log.error(
    `${what} ${entries} ${entries === 1 ? "value" : "values"} in memory; --data FOLDER keeps them on disk`,
    { values: entries },
  );
}

/** Prints what happens to the node, `ready` first. */
function telling({ out, io }: Terminal, node: ChordNet, json: boolean): void {
  // A node lives on when nobody reads its events any more.
  io.stdout.on("error", () => undefined);
  node.on("joined", ({ id, address }) => tell(out, { event: "ready", id, address }, json));
  for (const event of passedOn) node.on(event, (data) => tell(out, { event, ...data } as Told, json));
}

/** Why a seed is of no use, each time that this changes. */
function tellSeeds(node: ChordNet, log: Logger): void {
  node.on("seedFailed", ({ seed, reason, detail }) => {
    const mayChange = reason !== "ring-mismatch" && reason !== "self";
    log.warn(`${seed} cannot be joined through: ${detail}${mayChange ? "; trying on" : ""}`, {
      seed,
      reason,
    });
  });
}
