import type { Context } from "./context.js";
import { bytesOf } from "./station.js";

export const helloSuite = (context: Context): void => {
  context.it("both sides learn each other's hello before the first frame", async () => {
    const a = await context.node({ incarnation: 11, describe: () => bytesOf("I am a") });
    const b = await context.node({ incarnation: 22, versions: [1, 3], describe: () => bytesOf("I am b") });
    a.send(b, "hi");
    const atB = await b.event("Connected");
    const atA = await a.event("Connected");
    await b.event("Frame");
    context.expect(atB).toEqual({
      _tag: "Connected",
      peer: a.address,
      hello: { versions: [1, 1], address: a.address, incarnation: 11, payload: bytesOf("I am a") },
    });
    context.expect(atA).toEqual({
      _tag: "Connected",
      peer: b.address,
      hello: { versions: [1, 3], address: b.address, incarnation: 22, payload: bytesOf("I am b") },
    });
    context.expect(b.events.map(({ _tag }) => _tag)).toEqual(["Connected", "Frame"]);
    context.expect(b.events[1]).toEqual({
      _tag: "Frame",
      peer: a.address,
      incarnation: 11,
      client: false,
      frame: bytesOf("hi"),
    });
  });
};
