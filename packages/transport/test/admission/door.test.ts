import { describe, expect, it } from "vitest";
import { atTheDoor } from "../../src/admission/door.js";
import { defaultLimits } from "../../src/limits.js";
import type { Link } from "../../src/link/link.js";

/** What is looked at of a connection that was accepted and is silent. */
const silent = (remoteHost: string | null): Link =>
  ({ dial: null, phase: "handshake", greeting: null, socket: { remoteHost } }) as unknown as Link;

const many = (count: number, host: (i: number) => string | null): Link[] =>
  Array.from({ length: count }, (_none, i) => silent(host(i)));

const judged = (earlier: Link[], newest: Link, limits = {}): ReturnType<typeof atTheDoor> =>
  atTheDoor(new Set([...earlier, newest]), { ...defaultLimits, ...limits }, newest);

describe("at the door", () => {
  it("one host may have so many that say nothing, and not one more", () => {
    const host = "192.0.2.1";
    const limits = { strangersPerHostMax: 3 };
    expect(
      judged(
        many(2, () => host),
        silent(host),
        limits,
      ),
    ).toMatchObject({ refusal: null, cut: false });
    expect(
      judged(
        many(3, () => host),
        silent(host),
        limits,
      ),
    ).toMatchObject({
      refusal: { code: "overloaded" },
      cut: true,
    });
    expect(
      judged(
        many(3, () => host),
        silent("192.0.2.2"),
        limits,
      ).refusal,
    ).toBeNull();
  });

  it.each(["127.0.0.1", "::1", "::ffff:127.0.0.1", null])("the loopback (%s) is not counted", (host) => {
    expect(
      judged(
        many(100, () => host),
        silent(host),
        { strangersPerHostMax: 1 },
      ).refusal,
    ).toBeNull();
  });

  it("the oldest gives way past the bound for all hosts", () => {
    const earlier = many(3, (i) => `192.0.2.${i}`);
    const newest = silent("192.0.2.9");
    expect(judged(earlier, newest, { strangersMax: 4 }).givesWay).toBeNull();
    expect(judged(earlier, newest, { strangersMax: 3 }).givesWay).toBe(earlier[0]);
  });
});
