import { addressBytesMax, formatAddress, parseAddress } from "../address.js";
import { Kind } from "../link/framing.js";
import type { Context } from "./context.js";
import { codeOf, rejections } from "./hello.js";
import type { RawPeer } from "./raw-peer.js";
import { bytesOf, type Station } from "./station.js";

export const verifiedSuite = (context: Context): void => {
  falseClaims(context);
  manyClaims(context);
  tickets(context);
  lives(context);
  otherNames(context);
};

/** Who claims an address that is not theirs, or is none. */
const falseClaims = (context: Context): void => {
  /** What becomes of who claims this address. */
  const claim = async (at: Station, address: string, incarnation = 1): Promise<unknown> => {
    const peer = await context.dial(at);
    peer.hello({ address, incarnation });
    return peer.refused();
  };

  context.it("refuses who claims an address where nobody listens", async () => {
    const a = await context.node();
    const { address } = await context.subject.place();
    const peer = await context.dial(a);
    peer.hello({ address });
    const refusal = await peer.refused();
    await peer.ends();
    context.expect(refusal.code).toEqual("address-unreachable");
    context.expect(refusal.detail.startsWith("refused")).toEqual(true);
    context.expect(rejections(a)).toEqual([{ by: "us", peer: address, refusal }]);
  });

  context.it("refuses who claims the address of another, who is not disturbed", async () => {
    const a = await context.node();
    const b = await context.node({ incarnation: 5 });
    b.send(a, "first");
    await a.event("Frame");
    const refusals = [await claim(a, b.address, 6), await claim(a, a.address, 2)];
    context
      .expect(refusals.map((refusal) => Object(refusal).code))
      .toEqual(["address-taken", "address-taken"]);
    b.send(a, "second");
    await a.event("Frame", ({ frame }) => frame.length === "second".length);
    context.expect([a.of("Disconnected"), b.of("Disconnected")]).toEqual([[], []]);
  });

  context.it("refuses addresses of another scheme, and such as are not canonical", async () => {
    const a = await context.node();
    const claimed = ["gopher://example.org:70", "nonsense", a.address.toUpperCase()];
    const codes: unknown[] = [];
    for (const address of claimed) codes.push(Object(await claim(a, address)).code);
    context.expect(codes).toEqual(["scheme-mismatch", "bad-address", "bad-address"]);
  });

  context.it("refuses an address one byte longer than the longest, and dials the longest", async () => {
    const a = await context.node();
    const { address } = await context.subject.place();
    const codes: unknown[] = [];
    for (const bytes of [addressBytesMax, addressBytesMax + 1]) {
      codes.push(Object(await claim(a, paddedTo(bytes, address))).code);
    }
    context.expect(codes).toEqual(["address-unreachable", "bad-address"]);
  });

  context.it("delivers nothing of who is not verified", async () => {
    const a = await context.node();
    const { address } = await context.subject.place();
    const peer = await context.dial(a);
    peer.hello({ address });
    peer.frame(Kind.accept);
    peer.frame(Kind.data, bytesOf("trust me"));
    await peer.ends();
    context.expect([a.of("Frame"), a.of("Connected")]).toEqual([[], []]);
  });
};

/** A claim costs little while it hangs, and nothing once it was verified. */
const manyClaims = (context: Context): void => {
  context.it("lets the oldest claim give way where many hang: who answers comes in", async () => {
    const a = await context.node({ limits: { claimsMax: 2 } });
    const dialled: RawPeer[] = [];
    const claimants: RawPeer[] = [];
    for (let i = 0; i < 3; i += 1) {
      const place = await context.subject.place();
      // It accepts the connection and says nothing.
      const silent = new Promise<void>((resolve) => {
        void context.listen(place, (peer) => {
          dialled.push(peer);
          resolve();
        });
      });
      const peer = await context.dial(a);
      claimants.push(peer);
      peer.hello({ address: place.address });
      await silent;
    }
    context.expect((await claimants[0]?.refused())?.code).toEqual("overloaded");
    await dialled[0]?.ends();
    const b = await context.node();
    b.send(a, "here I am");
    await a.event("Frame");
    context.expect((await claimants[1]?.refused())?.code).toEqual("overloaded");
    context.expect(claimants[2]?.count(Kind.refusal)).toEqual(0);
  });

  context.it("remembers whom it verified", async () => {
    const place = await context.subject.place();
    const probes: RawPeer[] = [];
    await context.listen(place, (peer) => {
      probes.push(peer);
      peer.hello({ address: place.address, incarnation: 3 });
      void peer.given().then((ticket) => claimant?.frame(Kind.ticket, ticket));
    });
    const a = await context.node();
    let claimant: RawPeer | null = await context.dial(a);
    claimant.hello({ address: place.address, incarnation: 3 });
    await claimant.receives(Kind.accept);
    await claimant.close();
    claimant = null;
    const shows = (await probes[0]?.given()) ?? new Uint8Array(0);
    for (let i = 0; i < 3; i += 1) {
      const peer = await context.dial(a);
      peer.hello({ address: place.address, incarnation: 3, shows });
      await peer.receives(Kind.accept);
      await peer.close();
    }
    context.expect(probes.length).toEqual(1);
  });
};

/** What proves who somebody is, and who would steal or forge it. */
const tickets = (context: Context): void => {
  context.it("refuses who repeats the hello of a live node, before and after that was verified", async () => {
    const limits = { helloTimeoutMs: 800 };
    const a = await context.node({ limits });
    const b = await context.node({ incarnation: 5 });
    const forge = async (shows: Uint8Array): Promise<unknown> => {
      const peer = await context.dial(a);
      peer.hello({ address: b.address, incarnation: 5, shows });
      peer.frame(Kind.accept);
      peer.frame(Kind.ticket, shows);
      const refusal = await peer.refused();
      await peer.ends();
      return refusal.code;
    };
    const guessed = new Uint8Array(16);
    context.expect(await forge(new Uint8Array(0))).toEqual("address-taken");
    b.send(a, "first");
    await a.event("Frame");
    context
      .expect([await forge(new Uint8Array(0)), await forge(guessed)])
      .toEqual(Array(2).fill("address-taken"));
    b.send(a, "second");
    await a.until(() => a.of("Frame").length === 2);
    context.expect([a.texts(), a.of("Disconnected")]).toEqual([["first", "second"], []]);
  });

  context.it("shows a ticket to whom it dialled, and to nobody who claims to be them", async () => {
    const place = await context.subject.place();
    const dialled: RawPeer[] = [];
    await context.listen(place, (peer) => dialled.push(peer));
    const a = await context.node();
    const victim = await context.node();
    a.send(place.address, "hi");
    while (dialled.length === 0) await context.settled();
    // A relay: it answers as the victim, whose tickets for us it would like to see.
    dialled[0]?.hello({ address: victim.address });
    const probe = await context.dial(a);
    probe.hello({ address: victim.address, probe: true, gives: bytesOf("for who answers at a") });
    await probe.receives(Kind.hello);
    await context.settled();
    context.expect(dialled[0]?.count(Kind.ticket)).toEqual(0);
    // And what was meant for who answered goes to that one itself.
    await victim.event("Frame");
    context.expect(victim.texts()).toEqual(["hi"]);
  });

  context.it("takes a wrong ticket, as anybody can send it one in another's name, for none", async () => {
    const a = await context.node();
    const b = await context.node();
    const liar = await context.dial(a);
    liar.hello({ address: b.address, probe: true, gives: bytesOf("nonsense") });
    await liar.receives(Kind.hello);
    a.send(b, "all the same");
    await b.event("Frame");
    context.expect(b.of("Rejected")).toEqual([]);
  });
};

/** One address, one life after another. */
const lives = (context: Context): void => {
  context.it("asks again where an answer is older than the claim", async () => {
    const place = await context.subject.place();
    const answers: RawPeer[] = [];
    let answered: () => void = () => undefined;
    await context.listen(place, (peer) => {
      answers.push(peer);
      answered();
    });
    const next = (): Promise<void> =>
      new Promise((resolve) => {
        answered = resolve;
      });
    const a = await context.node();
    const dialled = next();
    a.send(place.address, "hi");
    await dialled;
    const peer = await context.dial(a);
    peer.hello({ address: place.address, incarnation: 2 });
    await peer.receives(Kind.hello);
    const again = next();
    // The life that answers ended thereafter: the claimant is the next one.
    answers[0]?.hello({ address: place.address, incarnation: 1 });
    await again;
    answers[1]?.hello({ address: place.address, incarnation: 2 });
    peer.frame(Kind.ticket, (await answers[1]?.given()) ?? new Uint8Array(0));
    await peer.receives(Kind.accept);
    context.expect(answers.length).toEqual(2);
  });

  context.it("tells who restarted with a lower incarnation of the higher one", async () => {
    const place = await context.subject.place();
    const a = await context.node();
    const first = await context.node({ incarnation: 50 }, place);
    first.send(a, "hi");
    await a.event("Frame");
    await first.endpoint.close();
    await a.event("Disconnected");
    const second = await context.node({ incarnation: 49 }, place);
    const refusal = { code: "stale-incarnation", detail: "50" };
    second.send(a, "dialled by it");
    context.expect((await second.event("SendFailed")).refusal).toEqual(refusal);
    a.send(second, "dialled by us");
    context.expect((await a.event("SendFailed")).refusal).toEqual(refusal);
  });

  context.it("takes a restarted node for the same peer, in another incarnation", async () => {
    const place = await context.subject.place();
    const a = await context.node();
    // The first life's connection stays open: nobody told us that it died.
    const former = await context.dial(a);
    const listener = await context.listen(place, (peer) => {
      peer.hello({ address: place.address, incarnation: 1 });
      void peer.given().then((ticket) => former.frame(Kind.ticket, ticket));
      void peer.receives(Kind.bye).then(() => peer.close());
    });
    former.hello({ address: place.address, incarnation: 1 });
    former.frame(Kind.accept);
    await a.event("Connected");
    await listener.close();
    const later = await context.node({ incarnation: 2 }, place);
    later.send(a, "back");
    const frame = await a.event("Frame");
    context.expect([frame.peer, frame.incarnation]).toEqual([place.address, 2]);
    context
      .expect(a.of("Disconnected"))
      .toEqual([{ _tag: "Disconnected", peer: place.address, reason: "replaced" }]);
    context.expect(a.of("Connected").map(({ hello }) => hello.incarnation)).toEqual([1, 2]);
  });
};

/** Who has no address, and who has one that is taken. */
const otherNames = (context: Context): void => {
  context.it("answers clients on their own connection, and only there", async () => {
    const a = await context.node();
    const client = await context.client({ incarnation: 9 });
    client.send(a, "question");
    const { peer, client: isClient, incarnation } = await a.event("Frame");
    context.expect([peer, isClient, incarnation]).toEqual(["client:1", true, 9]);
    a.send(peer, "answer");
    const answer = await client.event("Frame");
    context.expect([answer.peer, answer.client]).toEqual([a.address, false]);
    await client.endpoint.close();
    await a.event("Disconnected");
    a.send(peer, "too late");
    context
      .expect(await a.event("SendFailed"))
      .toEqual({ _tag: "SendFailed", peer, frames: [bytesOf("too late")], reason: "unknown-peer" });
  });

  context.it("does not open where another one listens", async () => {
    const place = await context.subject.place();
    await context.node({}, place);
    context.expect(await context.node({}, place).then(() => "opened", codeOf)).toEqual("address-in-use");
  });
};

/** The address with a longer name as its host, at which nobody listens. */
const paddedTo = (bytes: number, address: string): string => {
  const parsed = parseAddress(address);
  if (parsed._tag === "Left") throw new Error(`${address} is no address`);
  const bare = formatAddress({ ...parsed.right, host: "" });
  return formatAddress({ ...parsed.right, host: "a".repeat(bytes - bare.length) });
};
