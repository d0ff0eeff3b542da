import type { ConnectionInfo } from "../transport.js";
import type { Context } from "./context.js";
import { rejections } from "./hello.js";
import { bytesOf, type Station, textOf } from "./station.js";

export const framesSuite = (context: Context): void => {
  lengths(context);
  queues(context);
  writes(context);
  variants(context);
};

/** Frames as long as they may be, and longer. */
const lengths = (context: Context): void => {
  context.it("delivers frames whole, from 0 bytes to the limit, in both lanes", async () => {
    const a = await context.node();
    const b = await context.node();
    const sizes = [0, 1, 4, 5, 6, 255, 256, 16_378, 16_379, 16_380, 16_384, 65_530, 65_531, 65_535, 65_536];
    const sent = sizes.map((bytes, i) => patterned(bytes, i));
    for (const [i, frame] of sent.entries()) a.send(b, frame, i % 2 === 0 ? "ring" : "bulk");
    await b.until(() => b.of("Frame").length === sizes.length);
    const received = b.of("Frame").map(({ frame }) => frame);
    received.sort((x, y) => x.length - y.length);
    context.expect(received.map((frame) => frame.length)).toEqual(sizes);
    context.expect(received.every((frame, i) => sameBytes(frame, sent[i]))).toEqual(true);
  });

  context.it("gives back a frame that is one byte too long, and the connection lives on", async () => {
    const a = await context.node();
    const b = await context.node();
    a.send(b, "before");
    await b.event("Frame");
    a.send(b, new Uint8Array(65_537));
    const failed = await a.event("SendFailed");
    context
      .expect([failed.reason, failed.frames.map((frame) => frame.length)])
      .toEqual(["oversized", [65_537]]);
    a.send(b, "after");
    await b.until(() => b.of("Frame").length === 2);
    context.expect([...a.of("Disconnected"), ...b.of("Disconnected")]).toEqual([]);
  });

  context.it("closes to who sends a frame one byte too long", async () => {
    const a = await context.node({ limits: { frameBytesMax: 4_097 } });
    const b = await context.node({ limits: { frameBytesMax: 4_096 } });
    a.send(b, new Uint8Array(4_096));
    await b.event("Frame");
    a.send(b, new Uint8Array(4_097));
    const refused = await a.event("Rejected");
    await a.event("Disconnected");
    await b.event("Disconnected");
    context.expect(refused.refusal.code).toEqual("oversized");
    context.expect(rejections(b)).toEqual([{ by: "us", peer: a.address, refusal: refused.refusal }]);
    context
      .expect([a, b].map((station) => station.of("Disconnected")[0]?.reason))
      .toEqual(["rejected", "protocol"]);
    context.expect(b.of("Frame").length).toEqual(1);
  });
};

/** What waits to be sent, and in which order. */
const queues = (context: Context): void => {
  context.it("says when a queue that was full has room again", async () => {
    const a = await context.node();
    const b = await context.node();
    const frame = new Uint8Array(60_000);
    const fill = (): number => {
      let sent = 0;
      for (; a.endpoint.hasRoom(b.address, frame.length, "bulk"); sent += 1) a.send(b, frame, "bulk");
      return sent;
    };
    const sent = fill();
    context.expect(a.of("Drained")).toEqual([]);
    await a.event("Drained");
    context.expect(a.endpoint.hasRoom(b.address, frame.length, "bulk")).toEqual(true);
    const more = fill();
    await a.until(() => a.of("Drained").length > 1);
    await b.until(() => b.of("Frame").length === sent + more);
    context.expect(a.of("SendFailed")).toEqual([]);
  });

  context.it("copies what it is given, so that the buffer can be used again", async () => {
    const a = await context.node();
    const b = await context.node();
    const buffer = new Uint8Array(1);
    for (let i = 0; i < 100; i += 1) {
      buffer[0] = i;
      a.send(b, buffer);
    }
    buffer[0] = 255;
    await b.until(() => b.of("Frame").length === 100);
    context.expect(b.of("Frame").map(({ frame }) => frame[0])).toEqual([...Array(100).keys()]);
  });

  context.it("lets ring frames overtake bulk frames", async () => {
    const a = await context.node();
    const b = await context.node();
    const bulk = new Uint8Array(10_000);
    for (let i = 0; i < 50; i += 1) a.send(b, bulk, "bulk");
    for (let i = 0; i < 50; i += 1) a.send(b, "ring", "ring");
    await b.until(() => b.of("Frame").length === 100);
    context.expect(b.texts().slice(0, 50)).toEqual(Array(50).fill("ring"));
  });
};

/** What is written of them, and how often. */
const writes = (context: Context): void => {
  context.it("says what is much like the last once, and the rest of it whole", async () => {
    const a = await context.node();
    const b = await context.node();
    const usual = patterned(300, 0);
    const frames = Array.from({ length: 100 }, (_, i) =>
      Uint8Array.from([...usual.subarray(0, 20), ...patterned(i % 7, i), ...usual.subarray(20)]),
    );
    for (const frame of frames) {
      const came = b.of("Frame").length;
      a.send(b, frame);
      await b.until(() => b.of("Frame").length > came);
    }
    const received = b.of("Frame").map(({ frame }) => frame);
    context.expect(received.every((frame, i) => sameBytes(frame, frames[i]))).toEqual(true);
    context.expect(connectionTo(a, b).bytesOut).toBeLessThan(100 * 30);
  });

  context.it("has written the answers to what came when the turn goes on, and all together", async () => {
    const a = await context.node();
    const written: Array<readonly [frames: number, writes: number]> = [];
    const b: Station = await context.node({
      onEvent: (event) => {
        if (event._tag !== "Frame" || textOf(event.frame) === "before") return;
        const before = connectionTo(b, a);
        for (let i = 0; i < 3; i += 1) b.send(a, "answer");
        queueMicrotask(() => {
          const after = connectionTo(b, a);
          written.push([after.framesOut - before.framesOut, after.writes - before.writes]);
        });
      },
    });
    a.send(b, "before");
    await b.event("Frame");
    a.send(b, "question");
    await a.until(() => a.of("Frame").length === 3);
    context.expect(written).toEqual([[3, 1]]);
  });

  context.it("lets the frames of a tick travel in few writes", async () => {
    const a = await context.node();
    const b = await context.node();
    a.send(b, "hi");
    await b.event("Frame");
    const before = connectionTo(a, b).writes;
    for (let i = 0; i < 1_000; i += 1) a.send(b, `frame ${i}`);
    await b.until(() => b.of("Frame").length === 1_001);
    context.expect(connectionTo(a, b).writes - before).toBeLessThan(5);
    context.expect(new Set(b.texts()).size).toEqual(1_001);
  });

  context.it("counts what travels", async () => {
    const a = await context.node();
    const b = await context.node();
    for (let i = 0; i < 3; i += 1) a.send(b, "question");
    await b.until(() => b.of("Frame").length === 3);
    b.send(a, "answer");
    await a.event("Frame");
    const { framesIn, framesOut, peer, direction, state, incarnation, queuedBytes } = connectionTo(a, b);
    context.expect([framesIn, framesOut, queuedBytes]).toEqual([1, 3, 0]);
    context.expect([peer, direction, state, incarnation]).toEqual([b.address, "dialled", "open", 1]);
  });
};

/** Places of every kind that the subject has. */
const variants = (context: Context): void => {
  for (const [name, place] of Object.entries(context.subject.variants ?? {})) {
    context.it(`works with ${name}`, async () => {
      const [atA, atB] = [await place(), await context.subject.place()];
      const a = await context.node({}, atA);
      const b = await context.node({}, atB);
      context.expect(a.address).toEqual(atA.address);
      b.send(atA.address, "question");
      const question = await a.event("Frame");
      a.send(question.peer, "answer");
      const answer = await b.event("Frame");
      context.expect([question.peer, answer.peer]).toEqual([b.address, atA.address]);
      context.expect([textOf(question.frame), answer.frame]).toEqual(["question", bytesOf("answer")]);
    });
  }
};

/** The open connection between the two. */
export const connectionTo = (from: Station, to: Station): ConnectionInfo => {
  const found = from.endpoint
    .connections()
    .find(({ peer, state }) => peer === to.address && state === "open");
  if (found === undefined) throw new Error(`no connection to ${to.address}`);
  return found;
};

const patterned = (bytes: number, salt: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => (i * 31 + salt) & 0xff);

const sameBytes = (one: Uint8Array, other: Uint8Array | undefined): boolean =>
  one.length === other?.length && one.every((byte, i) => byte === other[i]);
