import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveLimits } from "../../src/limits.js";
import { encodeFrame, Kind } from "../../src/link/framing.js";
import type { Link } from "../../src/link/link.js";
import { type Chunk, ChunkPool } from "../../src/peers/outbox.js";
import { Peers } from "../../src/peers/peers.js";

/** An open connection that keeps what is written to it. */
class Written {
  readonly phase = "open";
  readonly writing = { blocked: false, takesAtOnce: true };
  writes = 0;
  readonly bytes: number[] = [];

  write(batch: ReadonlyArray<Chunk>): void {
    this.writes += 1;
    for (const { bytes, used } of batch) this.bytes.push(...bytes.subarray(0, used));
  }

  resumeReading(): void {}
}

/** Three peers, each with a connection. */
function traffic() {
  const peers = new Peers({
    limits: resolveLimits(),
    pool: new ChunkPool(),
    address: "memory://us",
    emit: () => undefined,
    dial: () => "closed",
    cause: () => null,
  });
  const places = ["a", "b", "c"].map((name) => {
    const peer = peers.admit(`memory://${name}`);
    const link = new Written();
    peer.links = peer.links.concat(link as unknown as Link);
    return { peer, link, sent: [] as number[] };
  });
  const at = (place: number) => places[place] as (typeof places)[number];
  return {
    places,
    send(place: number, byte: number): void {
      const frame = Uint8Array.of(byte);
      at(place).sent.push(...encodeFrame(Kind.data, frame));
      peers.enqueue(at(place).peer, frame, "ring");
    },
    read(place: number, handle: () => void): void {
      peers.hear(at(place).peer);
      handle();
      peers.answer(at(place).peer);
    },
    drain(place: number): void {
      at(place).link.writing.blocked = false;
      peers.pump(at(place).peer);
    },
    turnEnds: () => peers.flush(),
    writes: () => places.map(({ link }) => link.writes),
  };
}

const place = fc.nat(2);
const sends = fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 4 });
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ what: fc.constant("read" as const), place, during: sends, after: sends }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("turnEnds" as const) }) },
  fc.record({ what: fc.constantFrom("block" as const, "drain" as const), place }),
);

describe("the traffic", () => {
  it("reaches each peer whole and in order, whether written at once, gathered or held up", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
        const { places, send, read, drain, turnEnds } = traffic();
        const sendAll = (all: ReadonlyArray<readonly [number, number]>): void => {
          for (const [to, byte] of all) send(to, byte);
        };
        for (const each of happenings) {
          if (each.what === "read") {
            read(each.place, () => sendAll(each.during));
            sendAll(each.after);
          } else if (each.what === "turnEnds") turnEnds();
          else if (each.what === "drain") drain(each.place);
          else (places[each.place] as (typeof places)[number]).link.writing.blocked = true;
        }
        for (const i of places.keys()) drain(i);
        turnEnds();
        for (const { link, sent } of places) expect(link.bytes).toEqual(sent);
      }),
      { numRuns: 2000 },
    );
  });

  it("is written at once where one frame follows what was read", () => {
    const { send, read, writes } = traffic();
    for (let n = 1; n <= 3; n += 1) {
      read(0, () => undefined);
      send(1, n);
      expect(writes()).toEqual([0, n, 0]);
    }
  });

  it("is gathered while turns have more than one frame, and no longer", () => {
    const { send, read, turnEnds, writes } = traffic();
    const turn = (...to: number[]): void => {
      read(0, () => undefined);
      for (const each of to) send(each, 7);
    };
    turn(0, 1, 2, 1);
    expect(writes()).toEqual([1, 0, 0]);
    turnEnds();
    expect(writes()).toEqual([1, 1, 1]);
    turn(0);
    expect(writes()).toEqual([1, 1, 1]);
    turnEnds();
    turn(2);
    expect(writes()).toEqual([2, 1, 2]);
  });

  it("is gathered where a write lasts, so that no frame waits behind the first of its turn", () => {
    const { places, send, read, turnEnds, writes } = traffic();
    for (const { link } of places) link.writing.takesAtOnce = false;
    read(0, () => undefined);
    send(1, 1);
    send(1, 2);
    expect(writes()).toEqual([0, 0, 0]);
    turnEnds();
    expect(writes()).toEqual([0, 1, 0]);
  });

  it("answers what was read at once, in one write", () => {
    const { send, read, writes } = traffic();
    read(0, () => {
      send(0, 1);
      send(0, 2);
      expect(writes()).toEqual([0, 0, 0]);
    });
    expect(writes()).toEqual([1, 0, 0]);
  });
});
