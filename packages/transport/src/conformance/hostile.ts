import { headerBytes, Kind, writeHeader } from "../link/framing.js";
import type { Context } from "./context.js";
import { helloBytes, type RawPeer } from "./raw-peer.js";
import { bytesOf } from "./station.js";

export const hostileSuite = (context: Context): void => {
  badHellos(context);
  badFrames(context);
  cutOff(context);
};

/** Who does not begin with a hello. */
const badHellos = (context: Context): void => {
  const refuses = refusesIn(context);
  refuses("another protocol", "bad-hello", (peer) => peer.write(bytesOf("GET / HTTP/1.1\r\n\r\n")));
  refuses("bytes of no sense", "bad-hello", (peer) => peer.write(new Uint8Array(10_000).fill(255)));
  refuses("a hello with another magic", "bad-hello", (peer) => {
    const hello = helloBytes({});
    hello[0] = 0;
    peer.frame(Kind.hello, hello);
  });
  refuses("a hello that is cut off", "bad-hello", (peer) => {
    peer.frame(Kind.hello, helloBytes({ payload: bytesOf("longer") }).subarray(0, -1));
  });
  refuses("a hello of more than 2,048 bytes, before they came", "bad-hello", (peer) => {
    const header = new Uint8Array(headerBytes);
    writeHeader(header, 0, Kind.hello, 2_049);
    peer.write(header);
  });
  refuses("data before hello", "bad-hello", (peer) => peer.frame(Kind.data, bytesOf("hi")));

  context.it("is told what a hostile listener is, and tells it who dialled", async () => {
    const place = await context.subject.place();
    await context.listen(place, (peer) => peer.write(bytesOf("220 mail.example.org ESMTP\r\n")));
    const a = await context.node();
    a.send(place.address, "hi");
    const failed = await a.event("SendFailed");
    context.expect([failed.reason, failed.refusal?.code]).toEqual(["protocol", "bad-hello"]);
  });
};

/** Who goes on as nobody may. */
const badFrames = (context: Context): void => {
  const refuses = refusesIn(context);
  refuses("a second hello", "protocol", (peer) => {
    peer.hello();
    peer.hello();
  });
  refuses("a second accept", "protocol", (peer) => {
    peer.hello();
    peer.frame(Kind.accept);
    peer.frame(Kind.accept);
  });
  refuses("data without accept", "protocol", (peer) => {
    peer.hello();
    peer.frame(Kind.data, bytesOf("hi"));
  });
  refuses("kinds below 128 that it does not know", "protocol", (peer) => {
    peer.hello();
    peer.frame(Kind.accept);
    peer.frame(99, bytesOf("hi"));
  });
  refuses("a change of what was never sent", "protocol", (peer) => {
    peer.hello();
    peer.frame(Kind.accept);
    peer.frame(Kind.change, Uint8Array.of(0, 0, 100, 0, 100));
  });
  refuses("a frame longer than the limit, before it came", "oversized", (peer) => {
    peer.hello();
    peer.frame(Kind.accept);
    const header = new Uint8Array(headerBytes);
    writeHeader(header, 0, Kind.data, 65_537);
    peer.write(header);
  });

  context.it("skips kinds from 128 on", async () => {
    const a = await context.node();
    const peer = await context.dial(a);
    peer.hello();
    peer.frame(Kind.accept);
    peer.frame(128, bytesOf("from the future"));
    peer.frame(Kind.data, bytesOf("from today"));
    await a.event("Frame");
    context.expect(a.texts()).toEqual(["from today"]);
  });
};

/** Who is gone in the midst of it. */
const cutOff = (context: Context): void => {
  context.it("reports a connection that ends within its hello", async () => {
    const a = await context.node();
    const peer = await context.dial(a);
    peer.write(Uint8Array.of(0, 0, 0, 40, Kind.hello, 0x43));
    const refused = a.event("Rejected");
    await context.settled();
    await peer.close();
    context.expect((await refused).refusal.code).toEqual("bad-hello");
  });

  context.it("keeps what came whole before the connection ended within a frame", async () => {
    const a = await context.node();
    const peer = await context.dial(a);
    peer.hello();
    peer.frame(Kind.accept);
    peer.frame(Kind.data, bytesOf("whole"));
    peer.write(Uint8Array.of(0, 0, 0, 40, Kind.data, 1, 2, 3));
    await a.event("Frame");
    await peer.close();
    context.expect((await a.event("Disconnected")).reason).toEqual("reset");
    context.expect(a.texts()).toEqual(["whole"]);
  });
};

/** Each is refused with the code, reported, and leaves the endpoint able to serve others. */
const refusesIn =
  (context: Context) =>
  (what: string, code: string, misbehave: (peer: RawPeer) => void): void => {
    context.it(`refuses ${what}`, async () => {
      const a = await context.node();
      const peer = await context.dial(a);
      misbehave(peer);
      const refusal = await peer.refused();
      await peer.ends();
      context.expect(refusal.code).toEqual(code);
      context.expect(a.of("Rejected").map((event) => [event.by, event.refusal])).toEqual([["us", refusal]]);
      context.expect(a.of("Frame")).toEqual([]);
      const b = await context.node();
      b.send(a, "still there?");
      await a.event("Frame");
    });
  };
