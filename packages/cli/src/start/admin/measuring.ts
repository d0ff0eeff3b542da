import type { Prometheus } from "@chordnet/metrics";

/** What operators are told in numbers, of the node, its process and the event loop. Loaded where somebody looks. */
export async function measuring(): Promise<Prometheus> {
  const [{ prometheus }, { collectDefaultMetrics }] = await Promise.all([
    import("@chordnet/metrics"),
    import("prom-client"),
  ]);
  const metrics = prometheus();
  collectDefaultMetrics({ register: metrics.registry, eventLoopMonitoringPrecision: loopLookMs });
  return metrics;
}

/** How often the event loop is looked at. Each 10 ms, the default, takes more than a node at rest does. */
const loopLookMs = 50;
