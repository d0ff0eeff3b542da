import { randomBytes } from "node:crypto";
import { encodeFrame, Kind } from "../link/framing.js";
import type { Context } from "./context.js";
import { connectionTo } from "./frames.js";
import type { RawPeer } from "./raw-peer.js";
import { type Station, textOf } from "./station.js";
import type { Place } from "./subject.js";

export const connectionsSuite = (context: Context): void => {
  oneForBothWays(context);
  idleOnes(context);
  renewal(context);
  crowds(context);
  paceOfClients(context);
  paceOfPeers(context);
};

/** One connection between two, whoever dials. */
const oneForBothWays = (context: Context): void => {
  context.it("uses one connection for both directions, again and again", async () => {
    const a = await context.node();
    const b = await context.node();
    for (let i = 1; i <= 5; i += 1) {
      a.send(b, `${i}`);
      await b.until(() => b.of("Frame").length === i);
      b.send(a, `${i}`);
      await a.until(() => a.of("Frame").length === i);
    }
    context.expect([a.of("Connected").length, b.of("Connected").length]).toEqual([1, 1]);
    context.expect([openPeers(a), openPeers(b)]).toEqual([[b.address], [a.address]]);
  });

  context.it("keeps the one dialled by the lower URL if both dial at once, and loses nothing", async () => {
    for (let round = 0; round < 10; round += 1) {
      const a = await context.node();
      const b = await context.node();
      const [lower, higher] = a.address < b.address ? [a, b] : [b, a];
      await exchange(a, b, 20 + round);
      await exchange(a, b, 20 + round);
      await Promise.all(
        [a, b].map((station) => station.until(() => station.of("Frame").length >= 40 + 2 * round)),
      );
      await only(lower);
      await only(higher);
      context.expect(connectionTo(lower, higher).direction).toEqual("dialled");
      context.expect(connectionTo(higher, lower).direction).toEqual("accepted");
      context.expect([...a.events, ...b.events].filter(isTrouble)).toEqual([]);
      context.expect([a.of("Connected").length, b.of("Connected").length]).toEqual([1, 1]);
    }
  });

  context.it("keeps the later of two if the remote dials long after it was dialled", async () => {
    // Long enough for a machine that is held up, and together as short as the test is to be.
    const limits = { dialTimeoutMs: 400, helloTimeoutMs: 400, drainTimeoutMs: 400 };
    const a = await context.node({ limits });
    let place = await context.subject.place();
    while (place.address < a.address) place = await context.subject.place();
    const answers = await answering(context, place);
    a.send(place.address, "one");
    await a.event("Connected");
    const shows = await (answers[0] as RawPeer).given();
    const first = (answers[0] as RawPeer).receives(Kind.bye).then(() => "first");
    for (;;) {
      const again = await context.dial(a);
      again.hello({ address: place.address, shows });
      again.frame(Kind.accept);
      // However it ends: on a machine that is held up its hello may come too late.
      const loser = await Promise.race([first, again.ends().then(() => "again")]);
      if (loser === "first") break;
      await again.close();
      // Until it is old enough: of that there is no event.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const kept = a.endpoint.connections().filter(({ state }) => state === "open");
    context.expect(kept.map(({ direction }) => direction)).toEqual(["accepted"]);
  });
};

/** What is idle is closed, and nothing else. */
const idleOnes = (context: Context): void => {
  context.it("closes what is idle, and connects again when there is something to send", async () => {
    const limits = { idleMs: 40 };
    const a = await context.node({ limits });
    const b = await context.node();
    a.send(b, "one");
    const [ended] = await Promise.all([a.event("Disconnected"), b.event("Disconnected")]);
    context.expect(ended.reason).toEqual("idle");
    context.expect(b.of("Disconnected")[0]?.reason).toEqual("idle");
    b.send(a, "two");
    a.send(b, "three");
    await Promise.all([a.event("Frame"), b.until(() => b.of("Frame").length === 2)]);
    context.expect([...a.of("SendFailed"), ...b.of("SendFailed")]).toEqual([]);
  });

  context.it("does not take for idle what is used", async () => {
    const limits = { idleMs: 80 };
    const a = await context.node({ limits });
    const b = await context.node({ limits });
    const until = performance.now() + 400;
    for (let count = 1; performance.now() < until; count += 1) {
      a.send(b, `${count}`);
      await b.until(() => b.of("Frame").length === count);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    context.expect([a.of("Disconnected"), b.of("Disconnected")]).toEqual([[], []]);
  });
};

/** A connection that no longer carries anything is made anew, and no other. */
const renewal = (context: Context): void => {
  context.it("makes a connection anew over which nothing comes any more", async () => {
    const place = await context.subject.place();
    const answers = await answering(context, place);
    const a = await context.node();
    a.send(place.address, "lost");
    await a.event("Connected");
    while (a.of("Disconnected").length === 0) {
      a.endpoint.renew(place.address);
      await context.settled();
    }
    context.expect(a.of("Disconnected")[0]?.reason).toEqual("timeout");
    a.send(place.address, "found");
    await a.until(() => a.of("Connected").length === 2);
    context.expect(textOf(await (answers[1] as RawPeer).receives(Kind.data))).toEqual("found");
  });

  context.it("leaves a connection alone over which something came just now", async () => {
    const a = await context.node();
    const b = await context.node();
    b.send(a, "one");
    await a.event("Frame");
    a.endpoint.renew(b.address);
    a.endpoint.renew("memory://nobody");
    b.send(a, "two");
    await a.until(() => a.of("Frame").length === 2);
    context.expect([a.of("Disconnected"), b.of("Disconnected")]).toEqual([[], []]);
  });
};

/** No more connections than are allowed, and who comes in then. */
const crowds = (context: Context): void => {
  context.it("accepts as many connections as allowed, and not one more", async () => {
    const a = await context.node({ limits: { connectionsMax: 2 } });
    const clients = [await context.client(), await context.client(), await context.client()];
    for (const client of clients) {
      client.send(a, "hi");
      await client.until(() => client.events.length > 0);
    }
    context
      .expect(clients.map((client) => client.events[0]?._tag))
      .toEqual(["Connected", "Connected", "Rejected"]);
    context.expect(clients[2]?.of("SendFailed")[0]?.refusal?.code).toEqual("overloaded");
    await clients[0]?.endpoint.close();
    await a.event("Disconnected");
    const b = await context.node();
    b.send(a, "room again");
    await a.event("Frame", ({ peer }) => peer === b.address);
  });

  context.it(
    "tells those who come when it is full of silent ones, and has room when they are gone",
    async () => {
      const a = await context.node({ limits: { connectionsMax: 1, helloTimeoutMs: 60_000 } });
      const silent = await dialMany(context, a, 1 + 64);
      const refused = await dialMany(context, a, 64);
      for (const peer of refused) context.expect((await peer.refused()).code).toEqual("overloaded");
      // From here on nobody is waited for, so that those refused do not pile up.
      const cut = await dialMany(context, a, 64, true);
      await Promise.all([...refused, ...cut].map((peer) => peer.ends()));
      context.expect(a.of("Rejected").length).toEqual(128);
      await Promise.all(silent.map((peer) => peer.close()));
      while (a.endpoint.connections().length > 0) await context.settled();
      const b = await context.node();
      b.send(a, "room again");
      await a.event("Frame");
    },
  );

  context.it("lets the oldest that says nothing give way where there are many of them", async () => {
    const a = await context.node({ limits: { strangersMax: 2, helloTimeoutMs: 60_000 } });
    const [first, second, third] = await dialMany(context, a, 3);
    context.expect((await first?.refused())?.code).toEqual("overloaded");
    second?.hello();
    await second?.receives(Kind.accept);
    const fourth = await context.dial(a);
    fourth.hello();
    await fourth.receives(Kind.accept);
    context.expect(third?.count(Kind.refusal)).toEqual(0);
  });

  context.it("keeps room for nodes when it is full of clients", async () => {
    const a = await context.node({ limits: { connectionsMax: 2, clientsMax: 1 } });
    const [one, other] = [await context.client(), await context.client()];
    one.send(a, "hi");
    await one.event("Connected");
    other.send(a, "hi");
    context.expect((await other.event("SendFailed")).refusal?.code).toEqual("overloaded");
    const b = await context.node();
    b.send(a, "hi");
    await a.event("Frame", ({ peer }) => peer === b.address);
  });
};

/** Clients are read no faster than they may send. */
const paceOfClients = (context: Context): void => {
  context.it("reads a client no faster than it may send, and loses nothing", async () => {
    const a = await context.node({ limits: { clientFramesPerSecondMax: 100 } });
    const client = await context.client();
    const since = performance.now();
    for (let i = 0; i < 75; i += 1) {
      client.send(a, `${i}`);
      await context.settled();
    }
    await a.until(() => a.of("Frame").length === 75);
    // What is read in one go counts once it has been read: the next one waits for all of them.
    client.send(a, "75");
    await a.until(() => a.of("Frame").length === 76);
    // What a quarter of a second allows comes at once, the other 50 take half a second.
    context.expect(performance.now() - since < 400).toEqual(false);
    context.expect((await a.event("HeldBack")).peer).toEqual("client:1");
    context.expect(client.of("SendFailed")).toEqual([]);
  });

  context.it("loses nothing of a client's burst of tiny frames, and is told of it", async () => {
    const a = await context.node({ limits: { clientFramesPerSecondMax: 4_000 } });
    const client = await context.client();
    for (let i = 0; i < 2_000; i += 1) client.send(a, Uint8Array.of(i));
    await a.until(() => a.of("Frame").length === 2_000);
    context.expect((await a.event("HeldBack")).peer).toEqual("client:1");
    context.expect(client.of("SendFailed")).toEqual([]);
  });

  context.it("reads a client no faster that sends a byte at a time", async () => {
    const a = await context.node({ limits: { clientFramesPerSecondMax: 40 } });
    const client = await context.dial(a);
    client.hello();
    client.frame(Kind.accept);
    await client.receives(Kind.accept);
    for (const byte of encodeFrame(Kind.data, new Uint8Array(100))) {
      client.write(Uint8Array.of(byte));
      await context.settled();
    }
    context.expect((await a.event("HeldBack")).peer).toEqual("client:1");
    context.expect((await a.event("Frame")).frame.length).toEqual(100);
  });
};

/** Nor are nodes, of which each counts by its frames and by its bytes. */
const paceOfPeers = (context: Context): void => {
  context.it("reads a node that keeps to its frames a second, and one past it no faster", async () => {
    const a = await context.node({ limits: { framesPerSecondMax: 200 } });
    const b = await context.node();
    const burst = async (count: number, inAll: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) b.send(a, `${i}`);
      await a.until(() => a.of("Frame").length === inAll);
    };
    // What a quarter of a second allows may come at once, less what stands around the frames.
    await burst(45, 45);
    await context.settled();
    context.expect(a.of("HeldBack")).toEqual([]);
    const since = performance.now();
    await burst(155, 200);
    // What came in one piece was read in one. What comes now waits until that is paid for: half a second.
    await burst(1, 201);
    context.expect((await a.event("HeldBack")).peer).toEqual(b.address);
    context.expect(performance.now() - since < 250).toEqual(false);
    context.expect(b.of("SendFailed")).toEqual([]);
  });

  context.it("reads a peer that keeps to its bytes a second, and one past it no faster", async () => {
    const a = await context.node({ limits: { bytesPerSecondMax: 80_000 } });
    const b = await context.node();
    const burst = async (count: number, inAll: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) b.send(a, randomBytes(2_000));
      await a.until(() => a.of("Frame").length === inAll);
    };
    // A quarter of a second's worth, less what stands around the frames.
    await burst(9, 9);
    await context.settled();
    context.expect(a.of("HeldBack")).toEqual([]);
    const since = performance.now();
    await burst(30, 39);
    await burst(1, 40);
    context.expect((await a.event("HeldBack")).peer).toEqual(b.address);
    context.expect(performance.now() - since < 250).toEqual(false);
    context.expect(b.of("SendFailed")).toEqual([]);
  });
};

/** Whoever dials there is accepted, and hears nothing more. */
const answering = async (context: Context, place: Place): Promise<ReadonlyArray<RawPeer>> => {
  const answers: RawPeer[] = [];
  await context.listen(place, (peer) => {
    answers.push(peer);
    peer.hello({ address: place.address });
    peer.frame(Kind.accept);
  });
  return answers;
};

/** `cut`: with some transports a connection that is cut never comes about at all. */
const dialMany = async (
  context: Context,
  station: Station,
  count: number,
  cut = false,
): Promise<RawPeer[]> => {
  const peers: RawPeer[] = [];
  for (let i = 0; i < count; i += 1) {
    const peer = await context.dial(station).catch((error: unknown) => {
      if (cut) return null;
      throw error;
    });
    if (peer !== null) peers.push(peer);
  }
  return peers;
};

/** The names at the other ends of what is open. */
const openPeers = (station: Station): ReadonlyArray<string | null> =>
  station.endpoint
    .connections()
    .filter(({ state }) => state === "open")
    .map(({ peer }) => peer);

const exchange = async (a: Station, b: Station, frames: number): Promise<void> => {
  const [atA, atB] = [a.of("Frame").length, b.of("Frame").length];
  for (let i = 0; i < frames; i += 1) {
    a.send(b, `a ${i}`);
    b.send(a, `b ${i}`);
  }
  await a.until(() => a.of("Frame").length === atA + frames);
  await b.until(() => b.of("Frame").length === atB + frames);
};

const isTrouble = ({ _tag }: { readonly _tag: string }): boolean => _tag !== "Frame" && _tag !== "Connected";

/** Waits until the connection that did not survive is gone; there is no event that tells. */
const only = async (station: Station): Promise<void> => {
  while (station.endpoint.connections().length !== 1) await new Promise((resolve) => setTimeout(resolve, 1));
};
