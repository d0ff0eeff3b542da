import { EventEmitter, once } from "node:events";
import type { OpenOptions } from "@chordnet/transport";
import { transportOf } from "@chordnet/transport";
import { it } from "vitest";
import { WebSocket } from "ws";
import { browserDriver } from "../src/browser.js";
import { ws } from "../src/ws.js";

const options: OpenOptions = {
  incarnation: 1,
  describe: () => new Uint8Array(0),
  versions: [1, 1],
  judge: () => null,
  onEvent: () => undefined,
};

const perSecond = 40;

it.each<[what: string, say: (socket: WebSocket) => void]>([
  ["empty messages", (socket) => socket.send(new Uint8Array(0))],
  ["pings", (socket) => socket.ping()],
  ["pongs that nobody asked for", (socket) => socket.pong()],
])("a client that sends %s is read no faster than it may send", async (_what, say) => {
  const happened = new EventEmitter();
  const [heard, heldBack] = [once(happened, "Frame"), once(happened, "HeldBack")];
  const node = await ws({ host: "127.0.0.1", port: 0 }).open({
    ...options,
    limits: { clientFramesPerSecondMax: perSecond },
    onEvent: (event) => happened.emit(event._tag),
  });
  const sockets: WebSocket[] = [];
  const driver = browserDriver("ws", () => Kept);
  class Kept extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      sockets.push(this);
    }
  }
  const client = await transportOf(driver).open(options);
  try {
    client.send(node.address ?? "", Uint8Array.of(1));
    await heard;
    for (let i = 0; i < 2 * perSecond; i += 1) say(sockets.at(-1) as WebSocket);
    await heldBack;
  } finally {
    await Promise.all([client.close(), node.close()]);
  }
});
