import { connect, type Socket } from "node:net";
import type { Attack, Outcome } from "../attack.js";
import { Losses } from "../attack.js";
import { served } from "../load.js";
import { Ring } from "../ring.js";

/** A node that may open no further file or socket. */
export const descriptors: Attack = {
  name: "descriptors",
  must: "limited to 128 and filled: no spin, and it serves again when some are free",
  run: async (): Promise<Outcome> => {
    const ring = await Ring.of(1, { enter: ["prlimit", "--nofile=128:128"] });
    try {
      return await attack(ring);
    } finally {
      ring.close();
    }
  },
};

async function attack(ring: Ring): Promise<Outcome> {
  const losses = new Losses();
  const [victim] = ring.members;
  if (victim === undefined) throw new RangeError("no member");
  const before = victim.descriptors();
  const { hostname, port } = new URL(victim.address.replace(/^tcp:/, "http:"));
  const sockets: Socket[] = [];
  const busyBefore = victim.busyMs();
  let most = before;
  const until = performance.now() + fillMs;
  while (performance.now() < until) {
    for (let i = 0; i < perRound; i += 1) {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on("error", () => undefined);
      sockets.push(socket);
    }
    most = Math.max(most, victim.descriptors());
    await new Promise((resolve) => setTimeout(resolve, roundMs));
  }
  const busy = (victim.busyMs() - busyBefore) / fillMs;
  for (const socket of sockets) socket.destroy();
  const after = await served([victim.address], servedMs, 4);
  losses.unless(most >= 120, `only ${most} descriptors were in use: nothing was tried`);
  losses.unless(busy < 0.5, `it was busy for ${(busy * 100).toFixed(0)} % of the time`);
  losses.unless(victim.isAlive(), "it ended");
  losses.unless(
    after.failed === 0 && after.right > 0,
    `it did not serve again: ${after.failed} lookups failed`,
  );
  return {
    tried: `${sockets.length} silent connections to a node with 128 descriptors, for ${fillMs / 1_000} s`,
    figures: {
      "descriptors before, most, after": `${before}, ${most}, ${victim.descriptors()}`,
      "processor time meanwhile": `${(busy * 100).toFixed(0)} %`,
      "lookups right afterwards": after.right,
    },
    lost: losses.found,
  };
}

const fillMs = 5_000;
const perRound = 40;
const roundMs = 250;
const servedMs = 2_000;
