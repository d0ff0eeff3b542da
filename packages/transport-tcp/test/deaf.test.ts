import { randomBytes } from "node:crypto";
import {
  type Driver,
  type Endpoint,
  type RawSocket,
  type TransportEvent,
  transportOf,
} from "@chordnet/transport";
import { expect, it } from "vitest";
import { tcpDriver } from "../src/tcp.js";

const common = {
  incarnation: 1,
  describe: () => new Uint8Array(0),
  versions: [1, 1] as const,
  judge: () => null,
};

it("does not serve a client that does not read, keeps nothing for it, and cuts it", async () => {
  const answer = new Uint8Array(60_000);
  let served = 0;
  let kept = 0;
  let onCut: (reason: string) => void = () => undefined;
  const cut = new Promise<string>((resolve) => {
    onCut = resolve;
  });
  const hold: { node: Endpoint | null } = { node: null };
  hold.node = await transportOf(tcpDriver({ host: "127.0.0.1", port: 0 })).open({
    ...common,
    limits: { drainTimeoutMs: 200, queuedBytesPerPeerMax: 1024 * 1024 },
    onEvent: (event) => {
      if (event._tag === "Disconnected") onCut(event.reason);
      if (event._tag === "SendFailed" && event.reason === "overloaded") kept += event.frames.length;
      if (event._tag !== "Frame") return;
      served += 1;
      for (let i = 0; i < 10; i += 1) hold.node?.send(event.peer, answer);
    },
  });
  let socket: RawSocket | null = null;
  const tcp = tcpDriver();
  const driver: Driver = {
    ...tcp,
    dial: async (address, options) => {
      const dialled = await tcp.dial(address, options);
      if (dialled._tag === "Right") socket = dialled.right;
      return dialled;
    },
  };
  let onConnected: () => void = () => undefined;
  const connected = new Promise<void>((resolve) => {
    onConnected = resolve;
  });
  const client = await transportOf(driver).open({
    ...common,
    limits: { queuedBytesPerPeerMax: 64 * 1024 * 1024 },
    onEvent: (event: TransportEvent) => {
      if (event._tag === "Connected") onConnected();
    },
  });
  const address = hold.node.address ?? "";
  client.send(address, new Uint8Array(10));
  await connected;
  (socket as RawSocket | null)?.pause();
  const requests = 20_000;
  // Each unlike the last: of frames that are alike only what changed travels, and then all of them are read at once.
  for (let i = 0; i < requests; i += 1) client.send(address, new Uint8Array(randomBytes(1_000)));
  expect(await cut).toBe("timeout");
  expect(served).toBeLessThan(requests / 20);
  expect(kept).toBe(0);
  await Promise.all([client.close(), hold.node.close()]);
});
