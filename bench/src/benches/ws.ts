import { type Figure, held } from "../figures/figure.js";
import { turns } from "../figures/rounds.js";
import type { Cpus } from "../fleet/cpus.js";
import type { Weighed } from "../fleet/fleet.js";
import { Ring, warm } from "../fleet/ring.js";

export interface WsSetting {
  readonly nodes: number;
  readonly cpus: Cpus;
  readonly rounds: number;
  readonly count: number;
}

/** The same lookups over WebSocket and over TCP. */
export async function ws({ nodes, cpus, rounds, count }: WsSetting): Promise<Figure[]> {
  await using overTcp = await Ring.form(nodes, cpus, "tcp");
  await using overWs = await Ring.form(nodes, cpus, "ws");
  for (const ring of [overTcp, overWs]) {
    await ring.prepare();
    await warm(ring, ["lookup"], count);
  }
  const measured = await turns(
    {
      wsOne: () => overWs.stand("lookup", 1, count / 10),
      tcpOne: () => overTcp.stand("lookup", 1, count / 10),
      wsAt64: () => overWs.stand("lookup", 64, count),
      tcpAt64: () => overTcp.stand("lookup", 64, count),
    },
    rounds,
  );
  const { wsOne, tcpOne, wsAt64, tcpAt64 } = measured;
  const p50 = { unit: "µs", of: (each: Weighed) => each.p50Us } as const;
  const perCpu = { unit: "/s", of: (each: Weighed) => 1e6 / each.cpuUs } as const;
  return [
    held("one after another: half of them within", p50, wsOne, "over TCP", tcpOne, {
      of: "ratio",
      most: 1.15,
    }),
    held("64 at once: in a second of a processor", perCpu, wsAt64, "over TCP", tcpAt64, {
      of: "ratio",
      least: 0.85,
    }),
  ];
}
