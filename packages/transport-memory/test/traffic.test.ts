import { defer, type Endpoint, type TransportEvent } from "@chordnet/transport";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Network } from "../src/network.js";

const nodes = 4;

/** One thing that happens; between two of them some turns of the event loop pass. */
type Act =
  | {
      readonly _tag: "Send";
      readonly from: number;
      readonly to: number;
      readonly bytes: number;
      readonly bulk: boolean;
    }
  | { readonly _tag: "Crash"; readonly node: number }
  | { readonly _tag: "Close"; readonly node: number }
  | { readonly _tag: "Pass"; readonly turns: number };

const node = fc.nat(nodes - 1);

const send = fc.record({
  _tag: fc.constant("Send" as const),
  from: node,
  to: node,
  bytes: fc.integer({ min: 4, max: 3_000 }),
  bulk: fc.boolean(),
});

const pass = fc.record({ _tag: fc.constant("Pass" as const), turns: fc.integer({ min: 1, max: 6 }) });

const crash = fc.record({ _tag: fc.constant("Crash" as const), node });

const close = fc.record({ _tag: fc.constant("Close" as const), node });

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise<void>((resolve) => defer(resolve));
};

/** How often each frame arrived and came back, by its number. */
interface Tally {
  readonly sent: number;
  readonly arrived: ReadonlyMap<number, number>;
  readonly failed: ReadonlyMap<number, number>;
  readonly senders: ReadonlyArray<string>;
}

const numbered = (serial: number, bytes: number): Uint8Array => {
  const frame = new Uint8Array(bytes);
  new DataView(frame.buffer).setUint32(0, serial);
  return frame;
};

const serialOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint32(0);

const increment = (counts: Map<number, number>, serial: number): void => {
  counts.set(serial, (counts.get(serial) ?? 0) + 1);
};

const play = async (acts: ReadonlyArray<Act>, idleMs: number): Promise<Tally> => {
  const network = new Network();
  const [arrived, failed] = [new Map<number, number>(), new Map<number, number>()];
  const senders: string[] = [];
  const origin: string[] = [];
  const onEvent = (event: TransportEvent): void => {
    if (event._tag === "SendFailed") for (const frame of event.frames) increment(failed, serialOf(frame));
    if (event._tag !== "Frame") return;
    increment(arrived, serialOf(event.frame));
    if (event.peer !== origin[serialOf(event.frame)]) senders.push(event.peer);
  };
  const endpoints: Endpoint[] = [];
  for (let i = 0; i < nodes; i += 1) {
    const describePayload = (): Uint8Array => new Uint8Array(0);
    const limits = { idleMs };
    const options = {
      incarnation: 1,
      describe: describePayload,
      versions: [1, 1] as const,
      judge: () => null,
      onEvent,
      limits,
    };
    endpoints.push(await network.transport({ name: `node-${i}` }).open(options));
  }
  for (const act of acts) {
    if (act._tag === "Pass") await turns(act.turns);
    else if (act._tag === "Crash") network.crash(`node-${act.node}`);
    else if (act._tag === "Close") void endpoints[act.node]?.close();
    else {
      const frame = numbered(origin.length, act.bytes);
      origin.push(`memory://node-${act.from}`);
      endpoints[act.from]?.send(`memory://node-${act.to}`, frame, act.bulk ? "bulk" : "ring");
    }
  }
  await turns(60);
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  return { sent: origin.length, arrived, failed, senders };
};

const acts = (...kinds: ReadonlyArray<fc.Arbitrary<Act>>): fc.Arbitrary<ReadonlyArray<Act>> =>
  fc.array(fc.oneof(...kinds), { maxLength: 60 });

describe("traffic among nodes", () => {
  it("arrives, each frame once, or comes back, with both sides dialling and idle connections closing", async () => {
    await fc.assert(
      fc.asyncProperty(acts(send, send, pass), fc.constantFrom(1, 60_000), async (some, idleMs) => {
        const { sent, arrived, failed, senders } = await play(some, idleMs);
        expect(senders).toEqual([]);
        for (let serial = 0; serial < sent; serial += 1) {
          expect([serial, (arrived.get(serial) ?? 0) + (failed.get(serial) ?? 0)]).toEqual([serial, 1]);
        }
      }),
    );
  });

  it("arrives at most once, and never both arrives and comes back, while nodes crash and close", async () => {
    await fc.assert(
      fc.asyncProperty(acts(send, send, send, pass, crash, close), async (some) => {
        const { sent, arrived, failed, senders } = await play(some, 60_000);
        expect(senders).toEqual([]);
        for (let serial = 0; serial < sent; serial += 1) {
          const times = (arrived.get(serial) ?? 0) + (failed.get(serial) ?? 0);
          expect([serial, times <= 1]).toEqual([serial, true]);
        }
      }),
    );
  });
});

describe("an endpoint", () => {
  it("survives any bytes, delivers nothing of them, and serves others", async () => {
    const network = new Network();
    const frames: string[] = [];
    const onEvent = (event: TransportEvent): void => {
      if (event._tag === "Frame") frames.push(event.peer);
    };
    const options = {
      incarnation: 1,
      describe: () => new Uint8Array(0),
      versions: [1, 1] as const,
      judge: () => null,
    };
    const endpoint = await network.transport({ name: "a" }).open({ ...options, onEvent });
    const driver = network.driver();
    const dialOptions = { timeoutMs: 100, signal: new AbortController().signal };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }), async (chunks) => {
        const dialled = await driver.dial("memory://a", dialOptions);
        if (dialled._tag === "Left") throw new Error(dialled.left.detail);
        const ignore = (): void => undefined;
        dialled.right.attach({ onChunk: ignore, onDrained: ignore, onClosed: ignore });
        dialled.right.write(chunks);
        await turns(2);
        dialled.right.destroy();
        await turns(1);
        expect(frames).toEqual([]);
      }),
    );
    const client = await network.transport().open({ ...options, onEvent: () => undefined });
    client.send("memory://a", new Uint8Array(1));
    await turns(10);
    expect(frames).toEqual(["client:1"]);
    await Promise.all([client.close(), endpoint.close()]);
  });
});
