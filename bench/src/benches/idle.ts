import { getuid } from "node:process";
import type { Aim, Figure, Unit } from "../figures/figure.js";
import { workerScript } from "../fleet/fleet.js";
import { pythonPeer } from "../fleet/peers.js";
import { pythonNode } from "../fleet/python.js";
import { WorkerProcess } from "../fleet/worker-process.js";
import type { QuietSetting, Spent } from "../workers/quiet.js";

/**
 * What a ring costs that nobody asks for anything; and at the same time, as its limit, as many processes that only ask
 * each other something once an interval, and a ring of the Python library. Each in a network of its own: on Linux, as
 * root or where users may make namespaces.
 */
export async function idle(setting: QuietSetting): Promise<Figure[]> {
  const command = pythonNode();
  const workers = [quiet(), quiet(), quiet()] as const;
  try {
    const [ours, least, python] = await Promise.all([
      workers[0].ask<Spent>("ring", setting),
      workers[1].ask<Spent>("questions", setting),
      command === null ? null : workers[2].ask<Spent>("others", { ...setting, command }),
    ]);
    const beside = (what: string, unit: Unit, of: (spent: Spent) => number, aim: Aim | null): Figure[] => {
      const value = of(ours);
      const held = (against: string, spent: Spent): Figure => ({
        what,
        value,
        unit,
        beside: { what: against, value: of(spent) },
        ratio: value / of(spent),
        aim,
      });
      const figure = held("a question and its answer", least);
      return python === null ? [figure] : [figure, { ...held(pythonPeer, python), aim: null }];
    };
    return [
      ...beside("an idle node on the wire", "B/s", ({ bytes }) => bytes, { of: "value", most: 500 }),
      ...beside("of these, IP's and TCP's headers", "B/s", ({ segments }) => segments * headerBytes, null),
      ...beside("processor time of a second", "ms", ({ cpuMs }) => cpuMs, { of: "value", most: 1 }),
    ];
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}

/** Of IPv4, and of TCP with timestamps as Linux sends them. */
const headerBytes = 20 + 32;

function quiet(): WorkerProcess {
  const asRoot = getuid?.() === 0 ? [] : ["--map-root-user"];
  return new WorkerProcess(["unshare", ...asRoot, "--net", ...workerScript("quiet")]);
}
