import type { Address, RingParameters } from "@chordnet/core";
import { flaw } from "./checks/ideal.js";
import { Simulation } from "./simulation/simulation.js";

const urls: Address[] = [];

/** The process that was started as the i-th. */
export function nodeUrl(i: number): Address {
  urls[i] ??= interned(`memory://n${i}`);
  return urls[i];
}

/** The same text, as V8 keeps the names of properties: each once, so that no two have to be read to tell them apart. */
function interned(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}

/**
 * An ideal ring of `nodes` processes that joined one after another. Throws if it did not become one.
 *
 * @example
 * const ring = grownRing(1, 5)
 * assert.strictEqual(flaw(ring), null)
 * ring.kill(nodeUrl(2))
 * assert.ok(flaw(ring) !== null)
 * assert.ok(heal(ring) < 10)
 */
export function grownRing(
  seed: number,
  nodes: number,
  options: { readonly virtualNodes?: number; readonly ring?: Partial<RingParameters> } = {},
): Simulation {
  const { virtualNodes = 1, ring = {} } = options;
  const simulation = new Simulation(seed, { intervalMs: 500, leaseMs: 1125, ...ring });
  for (let i = 0; i < nodes; i++) {
    simulation.start(nodeUrl(i), { virtualNodes });
    const entered = i === 0 ? simulation.create(nodeUrl(0)) : simulation.join(nodeUrl(i), [nodeUrl(i - 1)]);
    if (!simulation.run(20_000, () => simulation.settled.has(entered))) throw new Error(`${i} never joined`);
  }
  heal(simulation);
  return simulation;
}

/** Runs until the ring is ideal. Gives how many intervals it took; throws if it took more than so many. */
export function heal(simulation: Simulation, intervalsMax = 40): number {
  const { intervalMs } = simulation.config.ring;
  const from = simulation.now;
  const healed = simulation.run(intervalsMax * intervalMs, () => flaw(simulation) === null);
  if (!healed) throw new Error(`not ideal after ${intervalsMax} intervals: ${flaw(simulation)}`);
  return (simulation.now - from) / intervalMs;
}
