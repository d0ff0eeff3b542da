import { ids, messages } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Id } from "../../src/identifier.js";
import { space } from "../../src/identifier.js";
import type { Find, Message, Ping } from "../../src/message.js";
import { naming } from "../../src/peer.js";
import { codec, codecOf } from "../../src/wire/codec.js";
import { kinds } from "../../src/wire/kinds.js";
import { kinds2, type Message2, startedAtTag } from "./version2.js";

const ring = space(160);
const options = { space: ring, naming: naming(ring, "sha256") };
const one = codec(options);
const two = codecOf<Message2>(kinds2, () => true, options);
const { envelope, byTag } = messages(ring, options.naming);
const ping: Ping = { _tag: "Ping", rid: 1 };

describe("versions 1 and 2 in one ring", () => {
  it("what version 1 says, version 2 reads", () => {
    fc.assert(
      fc.property(envelope, (sent) => {
        expect(two.decode(one.encode(sent))).toEqual({ _tag: "Right", right: sent });
      }),
    );
  });

  it("what version 2 says in the words of version 1, version 1 reads; a new field is skipped", () => {
    fc.assert(
      fc.property(byTag.Find, ids(ring), (find, startedAt) => {
        const frame = two.encode({ from: 1, to: 2, message: { ...find, startedAt } });
        expect(one.decode(frame)).toEqual({ _tag: "Right", right: { from: 1, to: 2, message: find } });
        expect(two.decode(frame)).toEqual({
          _tag: "Right",
          right: { from: 1, to: 2, message: { ...find, startedAt } },
        });
      }),
    );
  });

  it("a new request is refused by number, and the refusal is understood", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), ids(ring), (rid, target) => {
        const unread = one.decode(two.encode({ from: 1, to: 2, message: { _tag: "Sample", rid, target } }));
        expect(unread).toEqual({
          _tag: "Left",
          left: { _tag: "UnknownKind", kind: 0x20, rid, from: 1, to: 2 },
        });
        const refusal: Message = { _tag: "Refused", rid, code: "unsupported", detail: "" };
        const told = two.decode(one.encode({ from: 2, to: 1, message: refusal }));
        expect(told).toEqual({ _tag: "Right", right: { from: 2, to: 1, message: refusal } });
      }),
    );
  });

  it("a later version's longer field is longer than this one knows: malformed, not misread", () => {
    const target = byTag.Find.map((find) => [...two.encode({ from: 0, to: 0, message: find })]);
    fc.assert(
      fc.property(target, (bytes) => {
        const tooLong = Uint8Array.from([...bytes, startedAtTag, 21, ...new Array(21).fill(1)]);
        const tooShort = Uint8Array.from([...bytes, startedAtTag, 19, ...new Array(19).fill(1)]);
        const cut = Uint8Array.from([...bytes, startedAtTag, 20, 1]);
        expect(two.decode(tooLong)).toMatchObject({ left: { _tag: "Malformed", part: "extension" } });
        expect(two.decode(tooShort)).toMatchObject({ left: { _tag: "Truncated" } });
        expect(two.decode(cut)).toMatchObject({ left: { _tag: "Truncated" } });
        expect(one.decode(tooLong)._tag).toBe("Right");
      }),
    );
  });

  it("fields before and after one that is known are skipped", () => {
    const id20 = new Array(20).fill(7);
    const find: Find = { _tag: "Find", rid: 1, target: 0n as Id, origin: origin(), hops: 0 };
    const plain = [...two.encode({ from: 0, to: 0, message: find })];
    const after = two.decode(Uint8Array.from([...plain, 1, 20, ...id20, 2, 1, 0, 9, 0]));
    expect(after).toMatchObject({ right: { message: { startedAt: BigInt(`0x${"07".repeat(20)}`) } } });
    const without = two.decode(Uint8Array.from([...plain, 2, 1, 0]));
    expect(without).toEqual({ _tag: "Right", right: { from: 0, to: 0, message: find } });
    const twice = two.decode(Uint8Array.from([...plain, 1, 20, ...id20, 1, 20, ...id20]));
    expect(twice).toMatchObject({ left: { _tag: "Malformed", part: "extension" } });
  });

  it("a message that the guard does not accept is malformed", () => {
    const strict = codecOf<Message>(kinds, (message) => message._tag !== "Ping", options);
    expect(strict.decode(one.encode({ from: 0, to: 0, message: ping }))).toEqual({
      _tag: "Left",
      left: { _tag: "Malformed", part: "message", offset: 0 },
    });
  });
});

function origin() {
  return { id: options.naming("memory://a"), address: "memory://a", incarnation: 1 };
}
