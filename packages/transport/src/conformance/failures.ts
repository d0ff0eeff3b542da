import { Kind } from "../link/framing.js";
import type { Context } from "./context.js";
import type { RawPeer } from "./raw-peer.js";
import { bytesOf } from "./station.js";

export const failuresSuite = (context: Context): void => {
  nobodyThere(context);
  tryingAgain(context);
  silence(context);
  fullQueues(context);
};

/** Where nothing can be sent. */
const nobodyThere = (context: Context): void => {
  context.it("reports as refused where nobody listens, once and with the frames", async () => {
    const a = await context.node();
    const { address } = await context.subject.place();
    a.send(address, "one");
    a.send(address, "two", "bulk");
    context.expect(await a.event("SendFailed")).toEqual({
      _tag: "SendFailed",
      peer: address,
      frames: [bytesOf("one"), bytesOf("two")],
      reason: "refused",
    });
    context.expect(a.events.length).toEqual(1);
  });

  context.it("fails at addresses that are none, and at clients that never were", async () => {
    const a = await context.node();
    for (const to of ["nonsense", "gopher://example.org:70", "client:7"]) a.send(to, "hi");
    await a.until(() => a.of("SendFailed").length === 3);
    context.expect(a.of("SendFailed").map(({ peer, reason }) => [peer, reason])).toEqual([
      ["nonsense", "bad-address"],
      ["gopher://example.org:70", "bad-address"],
      ["client:7", "unknown-peer"],
    ]);
  });
};

/** When it is tried again where that failed. */
const tryingAgain = (context: Context): void => {
  context.it("does not try again at once", async () => {
    const a = await context.node({ limits: { backoffMinMs: 60_000, backoffMaxMs: 60_000 } });
    const { address } = await context.subject.place();
    a.send(address, "one");
    await a.event("SendFailed");
    a.send(address, "two");
    a.send(address, "three");
    await a.until(() => a.of("SendFailed").length === 2);
    context.expect(a.of("SendFailed").map(({ reason }) => reason)).toEqual(["refused", "backoff"]);
    context.expect(a.of("SendFailed")[1]?.cause?.reason).toEqual("refused");
    context.expect(a.of("SendFailed")[1]?.frames).toEqual([bytesOf("two"), bytesOf("three")]);
  });

  context.it("tries again when some time has passed", async () => {
    const a = await context.node({ limits: { backoffMinMs: 5, backoffMaxMs: 20 } });
    const place = await context.subject.place();
    const refusals = (): number => a.of("SendFailed").filter(({ reason }) => reason === "refused").length;
    while (refusals() < 3) {
      const failures = a.of("SendFailed").length;
      a.send(place.address, "anybody?");
      await a.until(() => a.of("SendFailed").length > failures);
    }
    const b = await context.node({}, place);
    while (b.of("Frame").length === 0) {
      const events = a.events.length;
      a.send(b, "anybody?");
      await Promise.race([a.until(() => a.events.length > events), b.event("Frame")]);
    }
  });

  context.it("tries again at once when the peer came by itself", async () => {
    const a = await context.node({ limits: { backoffMinMs: 60_000, backoffMaxMs: 60_000 } });
    const place = await context.subject.place();
    a.send(place.address, "anybody?");
    await a.event("SendFailed");
    const b = await context.node({}, place);
    b.send(a, "here I am");
    await a.event("Frame");
    await b.endpoint.close();
    await a.event("Disconnected");
    const again = await context.node({ incarnation: 2 }, place);
    a.send(again, "welcome");
    await again.event("Frame");
    context.expect(a.of("SendFailed").length).toEqual(1);
  });
};

/** Who ends, or says or reads nothing. */
const silence = (context: Context): void => {
  context.it("reports a peer that closes, and one that ends without goodbye", async () => {
    const a = await context.node();
    const b = await context.node();
    b.send(a, "hi");
    await a.event("Frame");
    const peer = await context.dial(a);
    peer.hello();
    peer.frame(Kind.accept);
    const { peer: name } = await a.event("Connected", (event) => event.hello.address === null);
    await Promise.all([b.endpoint.close(), peer.close()]);
    const closed = await a.event("Disconnected", (event) => event.peer === b.address);
    const reset = await a.event("Disconnected", (event) => event.peer === name);
    context.expect([closed.reason, reset.reason]).toEqual(["closed", "reset"]);
  });

  context.it("gives up who does not say hello, whoever dialled", async () => {
    const limits = { helloTimeoutMs: 50 };
    const place = await context.subject.place();
    await context.listen(place, () => undefined);
    const a = await context.node({ limits });
    a.send(place.address, "anybody?");
    const silent = await context.dial(a);
    context.expect((await a.event("SendFailed")).reason).toEqual("timeout");
    context.expect((await silent.refused()).code).toEqual("hello-timeout");
    await silent.ends();
  });

  context.it("gives up who does not accept", async () => {
    const limits = { helloTimeoutMs: 20, dialTimeoutMs: 20 };
    const place = await context.subject.place();
    await context.listen(place, (peer) => peer.hello({ address: place.address }));
    const a = await context.node({ limits });
    a.send(place.address, "anybody?");
    context.expect((await a.event("SendFailed")).reason).toEqual("timeout");
  });

  context.it("cuts who does not drain, and gives back what was not written", async () => {
    const place = await context.subject.place();
    const deaf = (peer: RawPeer): void => {
      peer.hello({ address: place.address });
      peer.frame(Kind.accept);
      peer.pause();
    };
    await context.listen(place, deaf);
    const bytesMax = 128 * 1024 * 1024;
    const limits = { drainTimeoutMs: 100, queuedBytesPerPeerMax: bytesMax, queuedBytesMax: bytesMax };
    const a = await context.node({ limits });
    const frame = new Uint8Array(60_000);
    a.send(place.address, "hi");
    await a.event("Connected");
    for (let i = 0; i < 600; i += 1) a.send(place.address, frame, "bulk");
    const ended = await a.event("Disconnected");
    const failed = await a.event("SendFailed");
    context.expect([ended.reason, failed.reason]).toEqual(["timeout", "timeout"]);
    context.expect(failed.frames.every(({ length }) => length === frame.length)).toEqual(true);
    context.expect(failed.frames.length > 0).toEqual(true);
  });
};

/** What waits to be sent is bounded. */
const fullQueues = (context: Context): void => {
  context.it("refuses to queue more than allowed, and delivers what it took", async () => {
    const limits = { queuedBytesPerPeerMax: 10 * 105 };
    const a = await context.node({ limits });
    const b = await context.node();
    for (let i = 0; i < 11; i += 1) a.send(b, new Uint8Array(100).fill(i));
    const failed = await a.event("SendFailed");
    await b.until(() => b.of("Frame").length === 10);
    context.expect([failed.reason, failed.peer]).toEqual(["overloaded", b.address]);
    context.expect(failed.frames).toEqual([new Uint8Array(100).fill(10)]);
    context.expect(b.of("Frame").map(({ frame }) => frame[0])).toEqual([...Array(10).keys()]);
  });

  context.it("bounds the queues of all peers together", async () => {
    const a = await context.node({ limits: { queuedBytesMax: 105 } });
    const [b, c] = [await context.node(), await context.node()];
    a.send(b, new Uint8Array(100));
    a.send(c, new Uint8Array(0));
    context.expect((await a.event("SendFailed")).reason).toEqual("overloaded");
    await b.event("Frame");
    a.send(c, new Uint8Array(0));
    await c.event("Frame");
  });

  context.it("keeps half of it for nodes, however many clients do not read", async () => {
    const frame = new Uint8Array(100);
    const a = await context.node({ limits: { queuedBytesMax: 470 } });
    const b = await context.node();
    a.send(b, "hi");
    await b.event("Frame");
    const clients = [await context.client(), await context.client(), await context.client()];
    for (const client of clients) client.send(a, "hi");
    await a.until(() => a.of("Frame").length === clients.length);
    const names = a.of("Frame").map(({ peer }) => peer);
    // In one tick, so that nobody can have read anything; its first frame may have been written.
    a.send(b, "first");
    for (const name of names) a.send(name, frame);
    for (let i = 0; i < 3; i += 1) a.send(b, frame);
    await a.until(() => a.of("SendFailed").length === 2);
    const failed = a.of("SendFailed").map(({ peer, reason }) => [peer, reason]);
    context.expect(failed).toEqual([
      [names[2], "overloaded"],
      [b.address, "overloaded"],
    ]);
    await b.until(() => b.of("Frame").length === 4);
    // Where there are no clients nodes have all of it.
    for (let i = 0; i < 4; i += 1) a.send(b, frame);
    await b.until(() => b.of("Frame").length === 8);
    context.expect(a.of("SendFailed").length).toEqual(2);
  });
};
