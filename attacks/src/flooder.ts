import { connect } from "node:net";
import { codec, configure, defaultRing } from "@chordnet/core";
import { frame, hello, kinds } from "./stranger.js";

/** A program of its own: floods the node named with lookups, as fast as it takes them. */
const [address = ""] = process.argv.slice(2);
const { hostname, port } = new URL(address.replace(/^tcp:/, "http:"));
const config = configure(defaultRing);
const speaks = codec({ space: config.space, naming: config.naming });
let asked = 0;

const batch = (): Uint8Array => {
  const frames: Uint8Array[] = [];
  for (let i = 0; i < perBatch; i += 1) {
    asked += 1;
    const target = config.naming(`flood ${asked}`);
    const message = { _tag: "Query", rid: asked, target, timeoutMs: 1_000, trace: false } as const;
    frames.push(frame(kinds.data, speaks.encode({ from: 0, to: 0, message })));
  }
  return Buffer.concat(frames);
};

const perBatch = 2_000;
const ready = batch();

const socket = connect({ host: hostname, port: Number(port) }, () => {
  socket.write(hello());
  socket.write(frame(kinds.accept, new Uint8Array(0)));
  const pour = (): void => {
    while (socket.write(ready));
  };
  socket.on("drain", pour);
  setTimeout(pour, 200);
});
socket.on("data", () => undefined);
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(0));
