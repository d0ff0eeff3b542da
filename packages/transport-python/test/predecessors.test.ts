import { distance } from "@chordnet/core";
import { ChordNet } from "chordnet";
import { describe, expect, it } from "vitest";
import { pythonChordnet } from "../src/index.js";
import { circle, named } from "../src/space.js";
import { exchange, served } from "./raw.js";

const wired = (url: string): string => `${named(url)}:${url.slice("chordnet-py://".length)}`;

/** A node of the library that says who comes before it and who behind it. */
async function fake() {
  const says = { predecessor: "nil", successor: "" };
  const { url, server } = await served((socket, request) => {
    if (request.startsWith("PING")) socket.end("ALIVE");
    else if (request.startsWith("GET_PREDECESSOR")) socket.end(says.predecessor);
    else if (request.startsWith("NOTIFY")) socket.end("IGNORED");
    else socket.end(says.successor);
  });
  return { url, server, says };
}

describe("a node's predecessor", () => {
  it("that follows a nearer one now, which says nothing itself, gives way to that one", async () => {
    const node = new ChordNet({
      transport: pythonChordnet({ host: "127.0.0.1", port: 0 }),
      intervalMs: 200,
    });
    await node.create();
    const self = named(node.address);
    const away = ({ url }: { readonly url: string }): bigint => distance(circle, named(url), self);
    const [near, far] = [await fake(), await fake()].sort((a, b) => Number(away(a) - away(b)));
    if (near === undefined || far === undefined) throw new Error("there are two");
    const followed: Array<string | undefined> = [];
    const gaveWay = new Promise<void>((resolve) => {
      node.on("predecessorChanged", ({ to }) => {
        if (followed.push(to?.address) === 2) resolve();
      });
    });
    // As if the nearer one had been silent: the farther one goes round it, and comes back to it.
    near.says.successor = far.says.successor = wired(node.address);
    near.says.predecessor = wired(far.url);
    await exchange(node.address, `NOTIFY:${wired(far.url)}`);
    far.says.successor = wired(near.url);
    await gaveWay;
    expect(followed).toEqual([far.url, near.url]);
    await node.close();
    near.server.close();
    far.server.close();
  });
});
