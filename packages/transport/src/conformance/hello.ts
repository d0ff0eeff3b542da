import type { Context } from "./context.js";
import { bytesOf, type Station, textOf } from "./station.js";

export const helloSuite = (context: Context): void => {
  introduction(context);
  refusals(context);
  ownHello(context);
};

/** What each learns of the other. */
const introduction = (context: Context): void => {
  context.it("tells both sides of each other before the first frame", async () => {
    const a = await context.node({ incarnation: 11, describe: () => bytesOf("I am a") });
    const b = await context.node({ incarnation: 22, versions: [1, 3], describe: () => bytesOf("I am b") });
    a.send(b, "hi");
    const atB = await b.event("Connected");
    const atA = await a.event("Connected");
    await b.event("Frame");
    context.expect(atB.hello).toEqual({
      versions: [1, 1],
      address: a.address,
      incarnation: 11,
      payload: bytesOf("I am a"),
    });
    context.expect(atA.hello).toEqual({
      versions: [1, 3],
      address: b.address,
      incarnation: 22,
      payload: bytesOf("I am b"),
    });
    context.expect([atA.peer, atB.peer]).toEqual([b.address, a.address]);
    context.expect(b.events.map(({ _tag }) => _tag)).toEqual(["Connected", "Frame"]);
    context
      .expect(b.events[1])
      .toEqual({ _tag: "Frame", peer: a.address, incarnation: 11, client: false, frame: bytesOf("hi") });
  });

  context.it("reads the payload anew for each connection", async () => {
    let count = 0;
    const describe = (): Uint8Array => {
      count += 1;
      return bytesOf(`${count}`);
    };
    const a = await context.client({ describe });
    const opening = count;
    const b = await context.node();
    const c = await context.node();
    context.expect(textOf(await payloadAt(b, a))).toEqual(`${opening + 1}`);
    context.expect(textOf(await payloadAt(c, a))).toEqual(`${opening + 2}`);
  });
};

/** Who judges the other, and says no. */
const refusals = (context: Context): void => {
  context.it("refuses at the side that was dialled: no frame is lost unnoticed", async () => {
    const refusal = { code: "other-ring", detail: "this is blue" };
    const a = await context.node();
    const b = await context.node({ judge: () => refusal });
    a.send(b, "one");
    a.send(b, "two");
    const failed = await a.event("SendFailed");
    await b.event("Rejected");
    context.expect(failed).toEqual({
      _tag: "SendFailed",
      peer: b.address,
      frames: ["one", "two"].map(bytesOf),
      reason: "rejected",
      refusal,
    });
    context.expect(rejections(a)).toEqual([{ by: "them", peer: b.address, refusal }]);
    context.expect(rejections(b)).toEqual([{ by: "us", peer: a.address, refusal }]);
    context.expect([...a.of("Connected"), ...b.of("Connected"), ...b.of("Frame")]).toEqual([]);
  });

  context.it("refuses at the side that dialled", async () => {
    const refusal = { code: "other-ring", detail: "this is blue" };
    const a = await context.node({ judge: () => refusal });
    const b = await context.node();
    a.send(b, "one");
    const failed = await a.event("SendFailed");
    await b.event("Rejected");
    context.expect([failed.reason, failed.refusal]).toEqual(["rejected", refusal]);
    context.expect(rejections(a)).toEqual([{ by: "us", peer: b.address, refusal }]);
    context.expect(rejections(b)).toEqual([{ by: "them", peer: a.address, refusal }]);
  });

  context.it("refuses who speaks no common version", async () => {
    const a = await context.node({ versions: [1, 2] });
    const b = await context.node({ versions: [3, 4] });
    a.send(b, "hi");
    context.expect((await a.event("SendFailed")).refusal?.code).toEqual("version-unsupported");
  });
};

/** A hello of its own that can't be sent. */
const ownHello = (context: Context): void => {
  context.it("refuses where its own hello can't be made, and lives on", async () => {
    let broken = false;
    const describe = (): Uint8Array => {
      if (broken) throw new Error("not today");
      return bytesOf("well");
    };
    const a = await context.node({ describe });
    const b = await context.node();
    broken = true;
    b.send(a, "hi");
    const { refusal } = await b.event("SendFailed");
    context.expect([refusal?.code, refusal?.detail.includes("not today")]).toEqual(["hello-failed", true]);
    a.send(b, "hi");
    context.expect((await a.event("SendFailed")).refusal?.code).toEqual("hello-failed");
    broken = false;
    const c = await context.node();
    c.send(a, "still there?");
    context.expect(textOf((await a.event("Frame")).frame)).toEqual("still there?");
  });

  context.it("does not open with a hello that is too long", async () => {
    const { runner, subject } = context;
    const code = await subject
      .place()
      .then((place) => context.open(place.listening(), { describe: () => new Uint8Array(2_048) }))
      .then(() => "opened", codeOf);
    runner.expect(code).toEqual("bad-options");
  });
};

/** A station's rejections without the network's name of the remote. */
export const rejections = (station: Station): ReadonlyArray<object> =>
  station.of("Rejected").map(({ by, peer, refusal }) => ({ by, peer, refusal }));

/** Of an error that has one. */
export const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : String(error);

const payloadAt = async (station: Station, from: Station): Promise<Uint8Array> => {
  from.send(station, "hi");
  return (await station.event("Connected")).hello.payload;
};
