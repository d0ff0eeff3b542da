import { codec, configure, defaultRing, seedRandom } from "@chordnet/core";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import { HostileFrames } from "../hostile-frames.js";
import { served } from "../load.js";
import { Ring } from "../ring.js";
import { client, frame, kinds, type Stranger } from "../stranger.js";

/** Hostile frames over real connections, while others look keys up. */
export const sockets: Attack = {
  name: "sockets",
  must: "over TCP and WebSocket: all other peers' lookups right, memory flat",
  run: async ({ count, seed }: Settings): Promise<Outcome> => {
    const total = count ?? 100_000;
    const flags = ["--listen", "tcp://127.0.0.1:0", "--listen", "ws://127.0.0.1:0"];
    const ring = await Ring.of(3, { flags });
    try {
      return await attack(ring, total, seed);
    } finally {
      ring.close();
    }
  },
};

async function attack(ring: Ring, total: number, seed: number): Promise<Outcome> {
  const losses = new Losses();
  const addresses = ring.members.map(({ address }) => address);
  const config = configure(defaultRing);
  const hostile = new HostileFrames(
    codec({ space: config.space, naming: config.naming }),
    config,
    addresses,
    seed,
    seedRandom([4, 5, 6, seed]),
  );
  const doors = addresses.flatMap((address) => [address, ...webDoors(ring, address)]);
  await served(addresses, warmMs, inFlight);
  const before = ring.members.map((member) => member.memoryMib());
  const meanwhile = served(addresses, servedMs, inFlight);
  let cut = 0;
  const open = new Map<string, Stranger>();
  for (let sent = 0; sent < total; sent += 1) {
    const door = doors[sent % doors.length] ?? "";
    let stranger = open.get(door);
    if (stranger === undefined || !stranger.isOpen()) {
      if (stranger !== undefined) cut += 1;
      stranger = await client(door);
      open.set(door, stranger);
    }
    // Now and then the framing itself is damaged, which ends a connection.
    const bytes = hostile.next();
    stranger.write(sent % framingEvery === 0 ? bytes : frame(kinds.data, bytes));
    if (sent % batch === 0) await new Promise((resolve) => setTimeout(resolve, batchMs));
  }
  const { right, wrong, failed, p99Ms } = await meanwhile;
  for (const stranger of open.values()) stranger.close();
  const after = await served(addresses, warmMs, inFlight);
  const grown = ring.members.map((member, i) => member.memoryMib() - (before[i] ?? 0));
  losses.unless(
    wrong + failed + after.wrong + after.failed === 0,
    `${wrong} lookups wrong, ${failed} failed`,
  );
  losses.unless(
    ring.members.every((member) => member.isAlive()),
    "a member ended",
  );
  losses.unless(Math.max(...grown) < grownMibMax, `a member grew by ${Math.max(...grown).toFixed(0)} MiB`);
  return {
    tried: `${total.toLocaleString("en")} hostile frames by clients over ${doors.length} doors, TCP and WebSocket`,
    figures: {
      "connections cut for it": cut,
      "lookups of others meanwhile, right": right,
      "their p99, ms": p99Ms,
      "memory grown by, MiB": grown.map((mib) => mib.toFixed(0)).join(", "),
    },
    lost: losses.found,
  };
}

/** Where else the member listens: a port that is its own, and not the first. */
function webDoors(ring: Ring, address: string): ReadonlyArray<string> {
  const member = ring.members.find((each) => each.address === address);
  return (member?.ports() ?? [])
    .filter((port) => !address.endsWith(`:${port}`))
    .map((port) => `ws://127.0.0.1:${port}`);
}

const warmMs = 2_000;
const servedMs = 10_000;
const inFlight = 6;
const framingEvery = 500;
const batch = 64;
const batchMs = 5;
const grownMibMax = 64;
