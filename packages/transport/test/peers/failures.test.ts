import { describe, expect, it } from "vitest";
import { Failures } from "../../src/peers/failures.js";

const frame = (bytes: number): Uint8Array => new Uint8Array(bytes);

describe("Failures", () => {
  it("keeps copies while there is room, then counts", () => {
    const failures = new Failures(10_000);
    const reused = frame(4_000).fill(1);
    for (let i = 0; i < 5; i += 1) failures.refuse("memory://b", reused, "overloaded");
    reused.fill(2);
    const [told] = failures.take();
    expect(told).toMatchObject({ peer: "memory://b", reason: "overloaded", dropped: 3 });
    expect(told?.frames.map((kept) => kept[0])).toEqual([1, 1]);
    expect(failures.take()).toEqual([]);
    failures.refuse("memory://b", reused, "overloaded");
    expect(failures.take()[0]?.frames).toHaveLength(1);
  });

  it("keeps nothing for clients that do not read, however many frames", () => {
    const failures = new Failures(1_000_000);
    for (let i = 0; i < 1_000; i += 1) failures.refuse("client:1", frame(100), "overloaded");
    expect(failures.take()).toEqual([
      { _tag: "SendFailed", peer: "client:1", frames: [], reason: "overloaded", dropped: 1_000 },
    ]);
  });

  it("tells of each peer and reason apart", () => {
    const failures = new Failures(1_000);
    failures.refuse("memory://b", frame(1), "oversized");
    failures.give("memory://b", [frame(2)], "backoff");
    failures.refuse("memory://c", frame(3), "oversized");
    expect(failures.take().map(({ peer, reason, frames }) => [peer, reason, frames[0]?.length])).toEqual([
      ["memory://b", "oversized", 1],
      ["memory://b", "backoff", 2],
      ["memory://c", "oversized", 3],
    ]);
  });
});
