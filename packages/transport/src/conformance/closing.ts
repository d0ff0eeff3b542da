import type { Context } from "./context.js";
import type { Station } from "./station.js";

export const closingSuite = (context: Context): void => {
  goodbye(context);
  promptness(context);
};

/** What becomes of what was begun. */
const goodbye = (context: Context): void => {
  context.it("sends what is queued, says goodbye, and frees its place", async () => {
    const place = await context.subject.place();
    const a = await context.node({}, place);
    const b = await context.node();
    a.send(b, "hi");
    await b.event("Frame");
    for (let i = 0; i < 100; i += 1) a.send(b, `last ${i}`);
    await a.endpoint.close();
    context.expect((await b.event("Disconnected")).reason).toEqual("closed");
    context.expect(b.of("Frame").length).toEqual(101);
    await context.node({ incarnation: 2 }, place);
  });

  context.it("closes once, however often it is called, and nothing happens after", async () => {
    const a = await context.node();
    const b = await context.node();
    a.send(b, "hi");
    await b.event("Frame");
    await Promise.all([a.endpoint.close(), a.endpoint.close()]);
    await a.endpoint.close();
    const events = a.events.length;
    a.send(b, "too late");
    const greeted = await a.endpoint.greet(b.address);
    await context.settled();
    context.expect(greeted._tag === "Left" && greeted.left.reason).toEqual("closed");
    context.expect([a.events.length, a.endpoint.connections().length]).toEqual([events, 0]);
  });

  context.it("gives back what could not be sent", async () => {
    const place = await context.subject.place();
    await context.listen(place, () => undefined);
    const a = await context.node();
    a.send(place.address, "to a mute one");
    const greeting = a.endpoint.greet(place.address);
    await context.settled();
    a.send("gopher://example.org:70", "failing");
    const ms = await closeMs(a);
    const greeted = await greeting;
    context.expect(greeted._tag === "Left" && greeted.left.reason).toEqual("closed");
    context.expect(a.of("SendFailed").map(({ peer, reason }) => [peer, reason])).toEqual([
      [place.address, "closed"],
      ["gopher://example.org:70", "bad-address"],
    ]);
    context.expect(ms).toBeLessThan(1_000);
  });
};

/** How long it takes. */
const promptness = (context: Context): void => {
  context.it("takes under a second in any state", async () => {
    const place = await context.subject.place();
    await context.listen(place, () => undefined);
    const fresh = await context.node();
    const dialling = await context.node();
    const verifying = await context.node();
    dialling.send(place.address, "hi");
    const claimant = await context.dial(verifying);
    claimant.hello({ address: place.address });
    const silent = await context.node();
    await context.dial(silent);
    await context.settled();
    const times = await Promise.all([fresh, dialling, verifying, silent].map(closeMs));
    context.expect(Math.max(...times)).toBeLessThan(1_000);
  });

  context.it("does not wait for a peer that says nothing", async () => {
    const a = await context.node();
    const peer = await context.dial(a);
    peer.hello();
    peer.frame(2);
    await a.event("Connected");
    peer.pause();
    context.expect(await closeMs(a)).toBeLessThan(1_000);
  });
};

/** How long a close takes. */
const closeMs = async (station: Station): Promise<number> => {
  const since = performance.now();
  await station.endpoint.close();
  return performance.now() - since;
};
