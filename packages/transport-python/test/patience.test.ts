import { once } from "node:events";
import { ChordNet } from "chordnet";
import { describe, expect, it } from "vitest";
import { pythonChordnet } from "../src/index.js";
import { dialled, exchange, served } from "./raw.js";

describe("where nodes are slow", () => {
  it("what is asked while the same question is open is not asked again", async () => {
    let asked = 0;
    const { url, server } = await served((socket, request) => {
      if (request.startsWith("PING")) socket.end("ALIVE");
      else asked += 1;
    });
    const client = await ChordNet.connect({ transport: pythonChordnet(), via: url, timeoutMs: 300 });
    const lookups = Array.from({ length: 20 }, () => client.lookup({ id: 5n }).catch(() => null));
    expect(await Promise.all(lookups)).toEqual(Array(20).fill(null));
    expect(asked).toBe(1);
    await client.close();
    server.close();
  });

  it("who gives up before the request is read is not worked for, and others are", async () => {
    const node = new ChordNet({ transport: pythonChordnet({ host: "127.0.0.1", port: 0 }) });
    await node.create();
    const gone = Array.from({ length: 50 }, () => dialled(node.address));
    await Promise.all(gone.map((socket) => once(socket, "connect")));
    for (const socket of gone) {
      socket.write("FIND_SUCCESSOR:1");
      socket.resetAndDestroy();
    }
    expect(await exchange(node.address, "PING:")).toBe("ALIVE");
    await node.close();
  });
});
