import type { Address, PresentFailure } from "@chordnet/core";
import { configure, defaultRing, messageLimits } from "@chordnet/core";
import { defaultLimits } from "@chordnet/transport";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Body } from "../../src/api.js";
import { collect, part, windowBytes } from "../../src/exchange/body.js";
import { clientsShare, Exchanges, servedBytesMax, servedMax } from "../../src/exchange/exchanges.js";
import { Inbound } from "../../src/exchange/inbound.js";
import type { ExchangeMessage, FaultCode, Open } from "../../src/exchange/message.js";
import { partBytesMost } from "../../src/exchange/parts.js";
import type { Serving } from "../../src/exchange/serving.js";
import { frameCodec } from "../../src/exchange/wire.js";
import type { Ending } from "../../src/waiting/ending.js";
import { FakeClock, settled } from "../fake-clock.js";

const asked = {
  id: "00112233445566778899aabb",
  subject: { _tag: "Text", key: "k" },
  timeoutMs: 5_000,
  relayed: false,
} as const;

/** Two sides, and what is on its way between them: delivered when told to. */
function sides(serve: (serving: Serving, open: Open) => void, frameBytesMax = defaultLimits.frameBytesMax) {
  const full = new Set<Address>();
  const clock = new FakeClock();
  const onWay: { readonly from: Address; readonly message: ExchangeMessage }[] = [];
  let rid = 0;
  const side = (self: Address): Exchanges =>
    new Exchanges({
      clock,
      frameBytesMax,
      keepAliveMs: 15_000,
      send: (to, message) => {
        if ("bytes" in message) part(message.bytes);
        if (full.has(to)) return false;
        onWay.push({ from: self, message });
        return true;
      },
      randomRid: () => {
        rid += 1;
        return rid;
      },
      serve: (serving, _from, _client, open) => serve(serving, open),
    });
  const a = side("memory://a");
  const b = side("memory://b");
  const deliver = ({ from, message }: (typeof onWay)[number]): void =>
    (from === "memory://a" ? b : a).receive(from, false, message);
  return {
    a,
    b,
    clock,
    onWay,
    /** Whose queue has no room. */
    full,
    /** All have room again. */
    drain(): void {
      full.clear();
      a.drained();
      b.drained();
    },
    deliver,
    /** Delivers all there is, the next one chosen by `pick`, until nothing moves any more. */
    async run(pick: (length: number) => number = () => 0): Promise<void> {
      for (let idle = 0; idle < 3; ) {
        await settled();
        if (onWay.length === 0) idle += 1;
        for (let i = onWay.length; i > 0; i -= 1) {
          idle = 0;
          deliver(onWay.splice(pick(onWay.length), 1)[0] as (typeof onWay)[number]);
        }
      }
    },
  };
}

const echo = (serving: Serving): void => {
  serving.respond(serving.incoming()).catch(() => undefined);
};

/** Gives the bytes away. */
const transfer = (bytes: Uint8Array): void =>
  void structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] });

/** The reason of the trouble that something ends with. */
async function trouble(task: Promise<unknown>): Promise<unknown> {
  return task.then(
    () => "none",
    (error: { readonly reason?: unknown }) => error.reason ?? error,
  );
}

describe("an exchange", () => {
  it("takes what a program gives that has its parts all at once", async () => {
    const parts = [new Uint8Array([1]), new Uint8Array([2])];
    const on = sides((serving) => void serving.respond(parts as unknown as Body));
    const asking = on.a.ask("memory://b", asked, new Uint8Array(0));
    await on.run();
    expect(await collect(await asking.begun, 2)).toEqual(new Uint8Array([1, 2]));
  });

  it("ends at once where what it is to send was given away meanwhile", async () => {
    const response = new Uint8Array(10);
    const on = sides((serving) => void serving.respond(response).catch(() => undefined));
    const asking = on.a.ask("memory://b", asked, new Uint8Array(0));
    on.full.add("memory://a");
    await on.run();
    transfer(response);
    on.drain();
    await on.run();
    expect(await trouble(asking.begun)).toBe("handler-failed");
    const again = on.a.ask("memory://b", asked, new Uint8Array(0));
    await on.run();
    expect(await trouble(again.begun)).toBe("handler-failed");
  });

  it("brings a body there and back, in whatever order its frames arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 * windowBytes }),
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        async (length, order, streamed) => {
          const on = sides(echo);
          const body = new Uint8Array(length).map((_, i) => (i * 31) >> 3);
          const source: Body = streamed ? new Blob([body]).stream() : body;
          const asking = on.a.ask("memory://b", asked, source);
          const whole = asking.begun.then((response) => collect(response, length));
          await on.run((waiting) => (order.next().value as number) % waiting);
          expect(Buffer.compare((await whole) as Uint8Array, body)).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("never has more on its way than the window, nor a part longer than a frame holds", async () => {
    const on = sides(() => undefined);
    const big = new Uint8Array(4 * windowBytes);
    const asking = on.a.ask("memory://b", asked, big);
    expect(on.onWay[0]?.message).toMatchObject({ _tag: "Open", last: false });
    await settled();
    expect(on.onWay.length).toBe(1);
    asking.room.raise(messageLimits.chunkBytesMax + windowBytes);
    await settled();
    const sent = on.onWay.slice(1).map(({ message }) => (message as { bytes: Uint8Array }).bytes.length);
    expect(sent.reduce((sum, n) => sum + n, 0)).toBe(windowBytes);
    expect(Math.max(...sent)).toBe(partBytesMost);
  });

  it("is served as long as there is room for another", async () => {
    let served = 0;
    const on = sides(() => {
      served += 1;
    });
    const all = Array.from({ length: servedMax + 1 }, () => on.a.ask("memory://b", asked, new Uint8Array(0)));
    const last = trouble((all[servedMax] as (typeof all)[number]).begun);
    await on.run();
    expect(served).toBe(servedMax);
    expect(await last).toBe("overloaded");
    all[0]?.cancel();
    const next = on.a.ask("memory://b", asked, new Uint8Array(0));
    await on.run();
    expect(served).toBe(servedMax + 1);
    next.cancel();
  });

  it("leaves room for nodes, whatever clients ask for: themselves, or by a member", async () => {
    let served = 0;
    const on = sides(() => {
      served += 1;
    });
    for (let i = 0; i <= servedMax; i += 1)
      on.a.ask("memory://b", { ...asked, relayed: i % 2 === 0 }, new Uint8Array(0));
    // Every other of them comes from a client itself.
    for (const { message } of on.onWay.splice(0))
      on.b.receive("memory://a", !("relayed" in message && message.relayed), message);
    expect(served).toBe(servedMax * clientsShare);
    on.onWay.length = 0;
    const nodes = Array.from({ length: servedMax * (1 - clientsShare) }, () =>
      on.a.ask("memory://b", asked, new Uint8Array(0)),
    );
    await on.run();
    expect(served).toBe(servedMax);
    for (const each of nodes) each.cancel();
  });

  it("leaves half of the bytes for nodes", async () => {
    const held: Uint8Array[] = [];
    const on = sides((serving) => {
      collect(serving.incoming(), bodyBytes).then(
        (bytes) => void held.push(bytes as Uint8Array),
        (error: { readonly reason: FaultCode }) => serving.fault(error.reason),
      );
    });
    const bodyBytes = (servedBytesMax * clientsShare) / 4;
    const ask = (relayed: boolean) =>
      on.a.ask("memory://b", { ...asked, relayed }, new Uint8Array(bodyBytes));
    for (let i = 0; i < 3; i += 1) ask(true);
    await on.run();
    expect(held).toHaveLength(3);
    // There is no room for its window besides.
    const fourth = trouble(ask(true).begun);
    await on.run();
    expect([await fourth, held.length]).toEqual(["overloaded", 3]);
    ask(false);
    await on.run();
    expect(held).toHaveLength(4);
  });

  it("is refused where those that are served hold as many bytes as they may, until one of them is over", async () => {
    const held: Uint8Array[] = [];
    const on = sides((serving) => {
      collect(serving.incoming(), bodyBytes).then(
        (bytes) => void held.push(bytes as Uint8Array),
        (error: { readonly reason: FaultCode }) => serving.fault(error.reason),
      );
    });
    const bodyBytes = servedBytesMax / 16;
    const ask = () => on.a.ask("memory://b", asked, new Uint8Array(bodyBytes));
    // Beside what it holds each has its beginning, and a window for the rest.
    const room = Math.floor(servedBytesMax / (bodyBytes + windowBytes + messageLimits.chunkBytesMax));
    const first = Array.from({ length: room }, ask);
    await on.run();
    expect(held).toHaveLength(room);
    const refused = trouble(ask().begun);
    await on.run();
    expect([await refused, held.length]).toEqual(["overloaded", room]);
    first[0]?.cancel();
    ask();
    await on.run();
    expect(held).toHaveLength(room + 1);
  });

  it("is answered as long as there is room for its response", async () => {
    const on = sides((serving) => {
      serving.respond(new Uint8Array(servedBytesMax / 2)).catch((error: { readonly reason: FaultCode }) => {
        serving.fault(error.reason);
      });
    });
    const [one, other] = [1, 2].map(() => on.a.ask("memory://b", asked, new Uint8Array(0)));
    const third = trouble(on.a.ask("memory://b", asked, new Uint8Array(0)).begun);
    await on.run();
    expect(await third).toBe("overloaded");
    await Promise.all([one?.begun, other?.begun]);
    one?.cancel();
    other?.cancel();
  });

  it("waits with each part for room in the queue, but for its beginning", async () => {
    const on = sides(echo);
    const body = new Uint8Array(3 * windowBytes).map((_, i) => (i * 31) >> 3);
    const asking = on.a.ask("memory://b", asked, body);
    const whole = asking.begun.then((response) => collect(response, body.length));
    for (let round = 0; round < 200; round += 1) {
      // Room for one message at a time, in either direction.
      for (const to of ["memory://a", "memory://b"]) on.full.add(to);
      await on.run();
      on.drain();
    }
    await on.run();
    expect(Buffer.compare((await whole) as Uint8Array, body)).toBe(0);
    on.full.add("memory://b");
    expect(await trouble(on.a.ask("memory://b", asked, new Uint8Array(0)).begun)).toBe("overloaded");
    // What looks after connections that may be idle, at each end.
    expect(on.clock.pending).toBe(2);
  });

  it("says its end, too, when there is room: a response in one part, a fault, that it is not wanted", async () => {
    const on = sides((serving, { bytes }) => {
      if (bytes.length === 0) serving.fault("handler-failed");
      else void serving.respond(bytes);
    });
    const answered = on.a.ask("memory://b", asked, new Uint8Array([1]));
    const failed = on.a.ask("memory://b", asked, new Uint8Array(0));
    on.full.add("memory://a");
    await on.run();
    await on.clock.advance(5_000);
    expect(on.onWay).toEqual([]);
    on.drain();
    await on.run();
    expect(await collect(await answered.begun, 1)).toEqual(new Uint8Array([1]));
    expect(await trouble(failed.begun)).toBe("handler-failed");
  });

  it("counts as served until its fault has left, or its peer has gone", async () => {
    let served = 0;
    const on = sides((serving) => {
      served += 1;
      serving.fault("handler-failed");
    });
    on.full.add("memory://a");
    for (let i = 0; i <= servedMax; i += 1) on.a.ask("memory://b", asked, new Uint8Array(0));
    await on.run();
    expect(served).toBe(servedMax);
    on.b.disconnected("memory://a", "reset");
    await settled();
    on.a.ask("memory://b", asked, new Uint8Array(0));
    await on.run();
    expect(served).toBe(servedMax + 1);
    on.b.close();
    on.a.close();
    await on.clock.advance(15_000);
    expect(on.clock.pending).toBe(0);
  });

  it("counts as served until its last part has left, also where nobody wants it any more", async () => {
    let served = 0;
    const on = sides((serving) => {
      served += 1;
      void serving.respond(new Uint8Array(1)).catch(() => undefined);
    });
    const ask = () => on.a.ask("memory://b", asked, new Uint8Array(0));
    on.full.add("memory://a");
    const all = Array.from({ length: servedMax }, ask);
    await on.run();
    for (const each of all) each.cancel();
    ask();
    await on.run();
    expect(served).toBe(servedMax);
    on.drain();
    await on.run();
    ask();
    await on.run();
    expect(served).toBe(servedMax + 1);
  });

  it("cuts its bodies so that they fit into the shortest frames", async () => {
    const config = configure(defaultRing);
    const codec = frameCodec(config);
    const frameBytesMax = 2_048;
    const on = sides((serving) => {
      void collect(serving.incoming(), 40_000).then((bytes) => serving.respond(bytes as Uint8Array));
    }, frameBytesMax);
    const whole = on.a
      .ask(
        "memory://b",
        { ...asked, subject: { _tag: "Text", key: "k\u{1f40c}".repeat(100) } },
        new Uint8Array(40_000),
      )
      .begun.then((response) => collect(response, 40_000));
    const sizes: number[] = [];
    await on.run((waiting) => {
      sizes.push(...on.onWay.map(({ message }) => codec.encode({ from: 0, to: 0, message }).length));
      return waiting - 1;
    });
    expect((await whole)?.length).toBe(40_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(frameBytesMax);
    expect(Math.max(...sizes)).toBeGreaterThan(frameBytesMax - 128);
  });

  it.each([
    ["overloaded", "overloaded"],
    ["oversized", "protocol"],
  ] as const)("ends when a frame comes back as %s: it is not sent again", async (reason, told) => {
    const on = sides(echo);
    const asking = on.a.ask("memory://b", asked, new Uint8Array([1, 2, 3]));
    const [open] = on.onWay.splice(0);
    on.a.sendFailed("memory://b", (open as NonNullable<typeof open>).message, reason);
    expect(await trouble(asking.begun)).toBe(told);
    await on.clock.advance(15_000);
    expect([on.onWay, on.clock.pending]).toEqual([[], 0]);
  });

  it.each<PresentFailure>(["refused", "unreachable", "rejected"])(
    "ends when a frame is %s",
    async (reason) => {
      let gone: Ending | null = null;
      const on = sides((serving) => {
        gone = serving.gone;
      });
      const asking = on.a.ask("memory://b", asked, new Uint8Array(0));
      const { message } = on.onWay[0] as (typeof on.onWay)[number];
      await on.run();
      on.b.sendFailed("memory://a", { _tag: "Credit", rid: message.rid, response: false, limit: 1 }, reason);
      expect(gone).toMatchObject({ over: true });
      on.a.sendFailed("memory://b", message, reason);
      expect(await trouble(asking.begun)).toBe("unreachable");
    },
  );

  it("ends with the connection, or with a node that knows no exchanges", async () => {
    const on = sides(() => undefined);
    const first = on.a.ask("memory://b", asked, new Uint8Array(0));
    const second = on.a.ask("memory://b", asked, new Uint8Array(0));
    const { rid } = (on.onWay[0] as (typeof on.onWay)[number]).message;
    on.a.unsupported("memory://c", rid);
    on.a.unsupported("memory://b", rid);
    on.a.disconnected("memory://c", "reset");
    on.a.disconnected("memory://b", "reset");
    expect(await trouble(first.begun)).toBe("unsupported");
    expect(await trouble(second.begun)).toBe("interrupted");
  });

  it("hears only whom it asked", async () => {
    const on = sides(() => undefined);
    const asking = on.a.ask("memory://b", asked, new Uint8Array(0));
    const { rid } = (on.onWay[0] as (typeof on.onWay)[number]).message;
    const answer = { _tag: "Chunk", rid, response: true, offset: 0, last: true } as const;
    on.a.receive("memory://c", false, { ...answer, bytes: new Uint8Array([6]) });
    on.a.receive("memory://b", false, { ...answer, rid: rid + 1, bytes: new Uint8Array([7]) });
    on.a.receive("memory://b", false, { ...answer, bytes: new Uint8Array([8]) });
    expect(await collect(await asking.begun, 1)).toEqual(new Uint8Array([8]));
  });

  it("ends where a part cannot be", async () => {
    const parts = [
      { offset: windowBytes, bytes: new Uint8Array(1), last: false },
      { offset: 0, bytes: new Uint8Array(0), last: false },
    ];
    for (const part of parts) {
      const on = sides(() => undefined);
      const asking = on.a.ask("memory://b", asked, new Uint8Array(0));
      const { rid } = (on.onWay[0] as (typeof on.onWay)[number]).message;
      on.a.receive("memory://b", false, { _tag: "Chunk", rid, response: true, ...part });
      expect(await trouble(asking.begun)).toBe("protocol");
    }
  });

  it("says so no more than once where nothing leaves", async () => {
    const on = sides(() => undefined);
    for (let i = 0; i < 10; i += 1) on.a.ask("memory://b", asked, new Uint8Array(0));
    await on.run();
    on.full.add("memory://a").add("memory://b");
    await on.clock.advance(20 * 15_000);
    on.drain();
    expect(on.onWay.map(({ message }) => message._tag)).toEqual(["Credit", "Credit"]);
  });

  it("keeps its connection from being idle, and nothing armed when it is over", async () => {
    const on = sides(() => undefined);
    const asking = on.a.ask("memory://b", asked, new Uint8Array(0));
    await on.run();
    await on.clock.advance(15_000);
    // Either end might take it for idle.
    expect(on.onWay.map(({ from, message }) => [from, message._tag])).toEqual([
      ["memory://a", "Credit"],
      ["memory://b", "Credit"],
    ]);
    asking.cancel();
    await on.run();
    await on.clock.advance(15_000);
    expect(on.clock.pending).toBe(0);
  });
});

describe("a body that arrives", () => {
  const ports = { grant: () => undefined, complete: () => undefined, unwanted: () => undefined };
  const part = (offset: number, length: number, last = false) => ({
    offset,
    bytes: Uint8Array.from({ length }, (_, i) => (offset + i) % 251),
    last,
  });

  it("is what was sent, in whatever order its parts come, and however many wait", async () => {
    const pieces = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 6_000 })), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(pieces, fc.array(fc.nat(3), { maxLength: 40 }), async (lengths, delays) => {
        let at = 0;
        const parts = lengths.map((length) => {
          at += length;
          return part(at - length, length);
        });
        const body = new Inbound(at, ports);
        const order = parts
          .map((each, i) => ({ each, turn: i + (delays[i] ?? 0) }))
          .sort((a, b) => a.turn - b.turn);
        for (const { each } of order) expect(body.take(each)).toBe(true);
        // None of them is taken twice.
        for (const each of parts) expect(body.take(each)).toBe(false);
        expect(body.take(part(at, 0, true))).toBe(true);
        expect(await collect(body, at)).toEqual(part(0, at).bytes);
      }),
    );
  });

  it("keeps short parts joined while nobody reads, and few behind a gap", async () => {
    const body = new Inbound(200_000, ports);
    for (let at = 0; at < 100_000; at += 1) expect(body.take(part(at, 1))).toBe(true);
    const waiting: number[] = [];
    for (let taken = 0; taken < 100_000; taken += waiting.at(-1) ?? 0)
      waiting.push(((await body.next()).value as Uint8Array).length);
    expect(waiting).toHaveLength(Math.ceil(100_000 / 4_096));
    const outcomes = Array.from({ length: 1_025 }, (_, i) => body.take(part(100_001 + 2 * i, 1)));
    expect(outcomes.indexOf(false)).toBe(1_024);
  });

  it("has its last byte at the limit, and none past it", () => {
    expect(new Inbound(10, ports).take(part(0, 10))).toBe(true);
    expect(new Inbound(10, ports).take(part(0, 11))).toBe(false);
    expect(new Inbound(10, ports).take(part(9, 2))).toBe(false);
    const twice = new Inbound(10, ports);
    expect([twice.take(part(0, 2)), twice.take(part(0, 2))]).toEqual([true, false]);
    const ended = new Inbound(10, ports);
    expect([ended.take(part(4, 4, true)), ended.take(part(8, 1)), ended.take(part(0, 4))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(ended.whole).toBe(true);
  });

  it("of parts that overlap is never whole, and takes no more memory than its window", async () => {
    const body = new Inbound(60, ports);
    for (const each of [part(20, 10), part(25, 10), part(0, 20), part(40, 0, true)])
      expect(body.take(each)).toBe(true);
    expect([body.whole, body.take(part(30, 10))]).toEqual([false, false]);
    expect((await body.next()).value).toHaveLength(30);
    const next = body.next();
    body.fail(new Error("late"));
    await expect(next).rejects.toThrow("late");

    const wide = new Inbound(windowBytes, ports);
    const outcomes = Array.from({ length: 5 }, (_, i) => wide.take(part(1 + i, windowBytes / 4)));
    expect(outcomes).toEqual([true, true, true, true, false]);
  });

  it("is read in order by who reads ahead, as of a generator", async () => {
    const body = new Inbound(10, ports);
    const reads = Array.from({ length: 4 }, () => body.next());
    body.take(part(0, 1));
    await settled();
    body.take(part(1, 1));
    body.take(part(2, 0, true));
    expect((await Promise.all(reads)).map(({ value }) => value?.[0])).toEqual([0, 1, undefined, undefined]);
    const failed = new Inbound(10, ports);
    const left = [failed.next(), failed.next()];
    failed.fail(new Error("late"));
    expect((await Promise.allSettled(left)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
