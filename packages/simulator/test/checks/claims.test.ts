import type { Config, NodeState } from "@chordnet/core";
import { configure, defaultRing, id, initialProcess, inRange } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Claims } from "../../src/checks/claims.js";
import { Epochs } from "../../src/checks/epochs.js";
import type { Broken } from "../../src/checks/violation.js";
import { Host } from "../../src/simulation/host.js";

const config: Config = configure({ ...defaultRing, bits: 6 });
const points = Array.from({ length: 64 }, (_, i) => id(config.space, BigInt(i)));

function hostAt(point: number): Host {
  const birth = { url: `memory://${point}`, incarnation: 1, virtualNodes: 1, seed: [1, 2, 3, 4] } as const;
  const state = initialProcess(config, { ...birth, at: 0, wall: 0 });
  const [node] = state.nodes as [NodeState];
  const self = { ...node.self, id: id(config.space, BigInt(point)) };
  return new Host({ ...state, nodes: [{ ...node, self }] }, 0, 1, point);
}

/** From now on the node claims that much, until then. */
function claiming(host: Host, length: number, leaseUntil: number): void {
  const [node] = host.state.nodes as [NodeState];
  const token = { epoch: 1, length: BigInt(length) };
  const ownership = { ...node.ownership, token, acknowledged: token, leaseUntil };
  host.state = { ...host.state, nodes: [{ ...node, ownership }] };
}

function holds(host: Host, point: number, now: number): boolean {
  const [{ self, ownership }] = host.state.nodes as [NodeState];
  const length = ownership.token?.length ?? 0n;
  return (
    now < ownership.leaseUntil && inRange(config.space, id(config.space, BigInt(point)), self.id, length)
  );
}

/** Who claims, with how long a range, for how long, and how much later than what came before. */
const claimed = fc.record({
  who: fc.nat(4),
  length: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 15 }) },
    fc.integer({ min: 16, max: 64 }),
  ),
  leaseMs: fc.integer({ min: 0, max: 30 }),
  after: fc.nat(10),
});

describe("claims that are looked at as they change", () => {
  it("overlap just when some point has two claimers", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(63), { minLength: 5, maxLength: 5 }),
        fc.array(claimed),
        (places, acts) => {
          const hosts = places.map(hostAt);
          const claims = new Claims(config);
          const overlaps: Broken[] = [];
          let now = 0;
          for (const { who, length, leaseMs, after } of acts) {
            now += after;
            const host = hosts[who] as Host;
            claiming(host, length, now + leaseMs);
            claims.observe(now, host, 0, (broken) => {
              if (broken._tag === "Overlap") overlaps.push(broken);
            });
            const twice = points.some(
              (_, point) => hosts.filter((each) => holds(each, point, now)).length > 1,
            );
            expect(overlaps.length > 0).toBe(twice);
            if (twice) return;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("epochs of the points of the circle", () => {
  const painted = fc.record({
    end: fc.nat(63),
    length: fc.integer({ min: 1, max: 64 }),
    epoch: fc.nat(12),
    owner: fc.constantFrom("a", "b", "c"),
  });

  it("fall or are shared just when they do at some point", () => {
    fc.assert(
      fc.property(fc.array(painted), (acts) => {
        const epochs = new Epochs(config.space);
        const model = points.map(() => ({ epoch: 0, owner: "" }));
        for (const { end, length, epoch, owner } of acts) {
          const covered = points.filter((point) =>
            inRange(config.space, point, points[end] as never, BigInt(length)),
          );
          const wrong = covered.filter((point) => {
            const last = model[Number(point)] as { epoch: number; owner: string };
            return epoch < last.epoch || (epoch === last.epoch && owner !== last.owner);
          });
          const found = epochs.paint(points[end] as never, BigInt(length), epoch, owner);
          if (wrong.length === 0) expect(found).toBe(null);
          else expect(wrong).toContain((found as { key?: bigint }).key);
          for (const point of covered) model[Number(point)] = { epoch, owner };
        }
      }),
      { numRuns: 500 },
    );
  });
});
