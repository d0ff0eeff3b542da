import { wireVersions } from "@chordnet/core";
import type { Hello, OpenOptions, Transport } from "@chordnet/transport";
import { describe, expect, it } from "vitest";
import { failure, ideal, rings } from "./rings.js";

/** This version's node, and one of the next: it says so in its hello, and puts an extension behind every message. */

const all = rings();
const [oldest, newest] = wireVersions;
const nextOnes = [oldest, newest + 1] as const;

/** Tag 1, two bytes: `docs/PROTOCOL.md`, Versions. */
const extension = Uint8Array.of(1, 2, 0xca, 0xfe);

describe("a ring whose nodes speak this version and the next by turns", () => {
  it("is one ring: each is told what the other speaks, and reads what it says", async () => {
    const seen = new Map<string, Hello["versions"]>();
    const names = ["a", "b", "c", "d"];
    const nodes = names.map((name, i) => {
      const transport = all.network.transport({ name });
      return all.node(name, { transport: i % 2 === 0 ? transport : speaking(transport, nextOnes, seen) });
    });
    const [a, b, ...others] = nodes as [(typeof nodes)[number], (typeof nodes)[number]];
    await a.create();
    for (const other of [b, ...others]) await other.join(a.address);
    for (const each of nodes) {
      for (let i = 0; i < 10; i += 1) {
        const key = `${each.address} ${i}`;
        expect((await each.lookup(key)).address).toBe(ideal(nodes, key));
      }
    }
    const isNext = (address: string): boolean => "bd".includes(address.slice(-1));
    for (const [address, versions] of seen)
      expect(versions).toEqual(isNext(address) ? nextOnes : wireVersions);
    expect(new Set([...seen.values()].map(String))).toEqual(new Set([wireVersions, nextOnes].map(String)));
    expect(nodes.map((each) => each.status().counters.undecodable)).toEqual([0, 0, 0, 0]);
  });

  it("does not let in who speaks later ones alone", async () => {
    const a = all.node("a");
    await a.create();
    const later = [newest + 1, newest + 1] as const;
    const stranger = all.node("b", { transport: speaking(all.network.transport({ name: "b" }), later) });
    expect(await failure(() => stranger.join(a.address, { timeoutMs: 1_000 }))).toMatchObject({
      code: "NO_SEED",
      data: { seeds: [{ reason: "version-unsupported" }] },
    });
  });
});

function speaking(
  transport: Transport,
  versions: OpenOptions["versions"],
  seen = new Map<string, Hello["versions"]>(),
): Transport {
  return {
    scheme: transport.scheme,
    open: async (options) => {
      const endpoint = await transport.open({
        ...options,
        versions,
        onEvent: (event) => {
          if (event._tag === "Connected") seen.set(event.peer, event.hello.versions);
          options.onEvent(event);
        },
      });
      return {
        address: endpoint.address,
        send: (peer, frame, lane) => endpoint.send(peer, Uint8Array.of(...frame, ...extension), lane),
        hasRoom: (...asked) => endpoint.hasRoom(...asked),
        renew: (peer) => endpoint.renew(peer),
        greet: (address) => endpoint.greet(address),
        connections: () => endpoint.connections(),
        close: () => endpoint.close(),
      };
    },
  };
}
